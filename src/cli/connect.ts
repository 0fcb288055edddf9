import type { Command } from 'commander'
import type { CloudSelection, Resolution } from '../config/resolve.js'
import type { CloudSettings } from '../config/settings.js'
import { AbortedError, UsageError } from '../errors.js'
import type { Ask } from '../identity/secrets.js'
import type { Confirm } from '../session/exposed.js'
import type { Session, SessionOptions } from '../session/session.js'
import type { Tasks } from '../tasks/tasks.js'
import { VERSION } from '../version.js'
import type { Context } from './context.js'
import { cloudSelections } from './options/cloud-options.js'
import type { CommonOptions } from './options/common-options.js'
import { say, warning } from './terminal/say.js'
import { traceTo } from './terminal/trace.js'

// What logs in and asks is most of the program: it is loaded once the command line is known to be good.

/** One cloud, in one region, ready to be asked. */
export interface Connection {
  session: Session
  tasks: Tasks
}

/** The options of commands that ask several clouds at once. */
export interface SeveralOptions extends CommonOptions {
  osCloud?: string[]
  osRegionName?: string
  allRegions?: boolean
}

/** Adds what several clouds need besides --os-cloud, which may be repeated. */
export function addSeveralOptions(command: Command): void {
  command.option(
    '--all-regions',
    'ask every region that clouds.yaml lists for the cloud, else every one in its catalog',
  )
}

/** Whether the command line asks for several clouds or regions: each task then says where it comes from. */
export function asksSeveral({ osCloud = [], allRegions = false }: SeveralOptions): boolean {
  return allRegions || new Set(osCloud).size > 1
}

/** Runs `work` with the tasks of the one cloud that the options name, and closes its connections afterwards. */
export async function withTasks<T>(
  context: Context,
  options: CommonOptions,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const [selection, ...others] = cloudSelections({ ...options })
  if (selection === undefined || others.length > 0) {
    throw new UsageError('This command works on one cloud; --os-cloud was given more than once.')
  }
  const { resolveCloud } = await loadCloud(context)
  const resolution = await resolveCloud({ ...selection, choose: chooseIn(context) }, context)
  return withConnections(context, options, [resolution], ([connection]) => work(connection as Connection))
}

/** Runs `work` with all clouds and regions that the options name, in their order. */
export async function withClouds<T>(
  context: Context,
  options: SeveralOptions,
  work: (connections: Connection[]) => Promise<T>,
): Promise<T> {
  const { allRegions, osRegionName, osCloud } = options
  if (allRegions && osRegionName !== undefined) {
    throw new UsageError('--all-regions and --os-region-name exclude each other.')
  }
  const { resolveCloud, resolveRegions } = await loadCloud(context)
  const selections = cloudSelections({ ...options, osCloud: osCloud && [...new Set(osCloud)] })
  const resolutions = selections.map((each) => {
    const selection = { ...each, choose: chooseIn(context) }
    return allRegions
      ? resolveRegions(selection, context, (settings) => regionsOf(context, options, settings))
      : resolveCloud(selection, context)
  })
  return withConnections(context, options, (await Promise.all(resolutions)).flat(), work)
}

/** The regions of a cloud by its catalog. None where it cannot be asked: that is told when its tasks are asked for. */
async function regionsOf(context: Context, options: CommonOptions, settings: CloudSettings): Promise<string[]> {
  const [{ openSession }, { imageRegions }] = await Promise.all([
    import('../session/session.js'),
    import('../identity/catalog.js'),
  ])
  const session = await openSession(settings, { ...sessionOptions(context, options), warn: undefined })
  try {
    return imageRegions((await session.login(context.signal)).catalog, settings.image)
  } catch (error) {
    if (error instanceof AbortedError) throw error
    return []
  } finally {
    await session.close()
  }
}

/** Loads what finds a cloud, and in the same file what logs in and asks it: the process is made ready for both before. */
function loadCloud(context: Context) {
  context.beforeRequests?.()
  return import('../config/resolve.js')
}

/** Prepares sessions, of which none sends anything yet, and closes them in the end. */
async function withConnections<T>(
  context: Context,
  options: CommonOptions,
  resolutions: Resolution[],
  work: (connections: Connection[]) => Promise<T>,
): Promise<T> {
  for (const text of new Set(resolutions.flatMap(({ warnings }) => warnings))) warning(context, options, text)
  const [{ openSession }, { Tasks }] = await Promise.all([import('../session/session.js'), import('../tasks/tasks.js')])
  const shared = sessionOptions(context, options)
  const connections: Connection[] = []
  try {
    for (const { settings } of resolutions) {
      const session = await openSession(settings, shared)
      connections.push({ session, tasks: new Tasks(session, context) })
    }
    return await work(connections)
  } finally {
    await Promise.all(connections.map(({ session }) => session.close()))
  }
}

/** How the command line has requests made and secrets asked for. */
export function sessionOptions(context: Context, options: CommonOptions): SessionOptions {
  return {
    clock: context,
    environment: context,
    userAgent: `glance-tasks/${VERSION}`,
    observer: traceTo(
      (line) => say(context, line),
      (text) => warning(context, options, text),
      options,
    ),
    requestTimeout: options.requestTimeout,
    retries: options.retries,
    tokenCache: options.tokenCache,
    ask: askIn(context),
    confirm: confirmIn(context),
    warn: onceEach((text) => warning(context, options, text)),
    verbose: options.verbose ? (text) => say(context, text) : undefined,
  }
}

/** Tells each text once: several regions of a cloud have the same to tell. */
function onceEach(tell: (text: string) => void): (text: string) => void {
  const told = new Set<string>()
  return (text) => {
    if (!told.has(text)) tell(text)
    told.add(text)
  }
}

/** Asks for secrets, where somebody can be asked. */
function askIn(context: Context): Ask {
  return async (question) =>
    isInteractive(context) ? (await import('./terminal/ask.js')).askSecret(context, question) : undefined
}

/** Asks whether something shall be done, where somebody can be asked: once, however many regions it is about. */
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

/** Asks which of several clouds is meant, where somebody can be asked. */
export function chooseIn(context: Context): CloudSelection['choose'] {
  return async (names) =>
    isInteractive(context) ? (await import('./terminal/ask.js')).chooseName(context, names) : undefined
}

/** Whether somebody sits there who can be asked. Looked at only when there is something to ask: it opens the streams. */
function isInteractive(context: Context): boolean {
  // In this order: to open stdin takes time, which a script need not spend.
  return context.stderr.isTTY === true && context.stdin.isTTY === true
}
