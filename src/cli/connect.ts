import type { CloudSelection, Resolution } from '../config/resolve.js'
import type { CloudSettings } from '../config/settings.js'
import { AbortedError } from '../errors.js'
import type { HttpObserver } from '../http/client.js'
import type { Ask } from '../identity/secrets.js'
import type { Confirm } from '../session/exposed.js'
import type { SessionOptions } from '../session/session.js'
import { VERSION } from '../version.js'
import type { CloudConnection } from './cloud-connection.js'
import type { Context } from './context.js'
import type { CommonPlan } from './options/common-options.js'
import type { CloudsPlan } from './options/several-clouds.js'
import { withClockCheck } from './terminal/clock-check.js'
import { caution, inform, isHeld, say, warning } from './terminal/say.js'
import { traceTo, withRetryEvents } from './terminal/trace.js'

// Session and login code is most of the program. It is loaded only after the command line has been validated.

/** The plan of a command that connects to one cloud. */
export interface CloudPlan extends CommonPlan {
  cloud: CloudSelection
}

/** Connects to the one cloud of a plan, runs `work`, and closes the connection. */
export async function withCloud<T>(
  context: Context,
  plan: CloudPlan,
  work: (connection: CloudConnection) => Promise<T>,
): Promise<T> {
  const { resolveCloud } = await import('../config/resolve.js')
  const resolution = await resolveCloud({ ...plan.cloud, choose: chooseIn(context) }, context)
  const options = sessionOptions(context, plan)
  return withConnections(context, options, [resolution], ([connection]) => work(connection as CloudConnection))
}

/** Connects to all clouds and regions of a plan, in their order, and runs `work`. */
export async function withClouds<T>(
  context: Context,
  plan: CommonPlan & CloudsPlan,
  work: (connections: CloudConnection[]) => Promise<T>,
): Promise<T> {
  const { resolveCloud, resolveRegions } = await import('../config/resolve.js')
  const options = sessionOptions(context, plan)
  const resolutions = plan.clouds.map((each) => {
    const selection = { ...each, choose: chooseIn(context) }
    return plan.allRegions
      ? resolveRegions(selection, context, (settings) => regionsOf(context, options, settings))
      : resolveCloud(selection, context)
  })
  return withConnections(context, options, (await Promise.all(resolutions)).flat(), work)
}

/** The regions in the catalog of a cloud. Returns none if the login fails: the request for the tasks reports that. */
async function regionsOf(context: Context, options: SessionOptions, settings: CloudSettings): Promise<string[]> {
  const [{ openSession }, { imageRegions }] = await Promise.all([
    import('../session/session.js'),
    import('../identity/catalog.js'),
  ])
  const session = await openSession(settings, { ...options, warn: undefined })
  try {
    return imageRegions((await session.login(context.signal)).catalog, settings.image)
  } catch (error) {
    if (error instanceof AbortedError) throw error
    return []
  } finally {
    await session.close()
  }
}

/** Opens a session per cloud, runs `work`, and closes the sessions. Opening a session sends nothing. */
async function withConnections<T>(
  context: Context,
  options: SessionOptions,
  resolutions: Resolution[],
  work: (connections: CloudConnection[]) => Promise<T>,
): Promise<T> {
  for (const text of resolutions.flatMap(({ warnings }) => warnings)) options.warn?.(text)
  const [{ openSession }, { Tasks }] = await Promise.all([import('../session/session.js'), import('../tasks/tasks.js')])
  const connections: CloudConnection[] = []
  try {
    for (const { settings } of resolutions) {
      const session = await openSession(settings, options)
      connections.push({ session, tasks: new Tasks(session, context) })
    }
    return await work(connections)
  } finally {
    await Promise.all(connections.map(({ session }) => session.close()))
  }
}

/** Session options that follow from a plan: tracing, timeouts, prompts and warnings. */
export function sessionOptions(context: Context, plan: CommonPlan): SessionOptions {
  return {
    clock: context,
    environment: context,
    userAgent: `glance-tasks/${VERSION}`,
    observer: observerFor(context, plan),
    requestTimeout: plan.requestTimeout,
    retries: plan.retries,
    tokenCache: plan.tokenCache,
    ask: askIn(context),
    confirm: confirmIn(context),
    warn: withoutRepeats((text) => warning(context, plan, text)),
    caution: withoutRepeats((text) => caution(context, plan, text)),
    verbose: plan.verbose ? (text) => inform(context, plan, 'debug', text) : undefined,
  }
}

/** Traces requests, and reports what else the plan asks for. */
function observerFor(context: Context, plan: CommonPlan): HttpObserver {
  const warn = (text: string) => warning(context, plan, text)
  const trace = traceTo((line) => inform(context, plan, 'debug', line), warn, plan)
  const observer = withRetryEvents(context, plan, trace)
  return plan.comparesClocks ? withClockCheck(context, (text) => caution(context, plan, text), observer) : observer
}

/** Drops repeated texts: several regions of a cloud cause the same warnings. */
function withoutRepeats(print: (text: string) => void): (text: string) => void {
  const printed = new Set<string>()
  return (text) => {
    if (!printed.has(text)) print(text)
    printed.add(text)
  }
}

/** The maximum number of prompts for one secret: many servers lock an account after a few wrong passwords. */
const MAX_ANSWERS = 3

const answersOf = new WeakMap<Context, number>()

/** Prompts for secrets if the command runs in a terminal. After a refusal it prompts again, but not often. */
function askIn(context: Context): Ask {
  return async (secret, refusal) => {
    const answers = answersOf.get(context) ?? 0
    if (!isInteractive(context) || (refusal && answers >= MAX_ANSWERS)) return undefined
    if (refusal !== '') answersOf.set(context, answers + 1)
    return (await import('./terminal/ask.js')).askSecret(context, secret, refusal)
  }
}

/** Prompts for a confirmation if the command runs in a terminal. Each question is asked once, not once per region. */
function confirmIn(context: Context): Confirm {
  const answers = new Map<string, Promise<boolean>>()
  return async (statement, question) => {
    if (!isInteractive(context)) return undefined
    const answer = answers.get(statement) ?? ask()
    answers.set(statement, answer)
    return answer

    async function ask(): Promise<boolean> {
      const { askYesNo } = await import('./terminal/ask.js')
      say(context, statement)
      return askYesNo(context, question)
    }
  }
}

/** Prompts for one of several clouds if the command runs in a terminal. */
export function chooseIn(context: Context): CloudSelection['choose'] {
  return async (names) =>
    isInteractive(context) ? (await import('./terminal/ask.js')).chooseName(context, names) : undefined
}

/** Whether a person can answer a prompt. Called only before a prompt, because it opens the streams. */
function isInteractive(context: Context): boolean {
  // stderr first: opening stdin takes time, which scripts should not pay for.
  return context.stderr.isTTY === true && !isHeld(context.stderr) && context.stdin.isTTY === true
}
