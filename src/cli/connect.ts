import type { CloudSelection } from '../cloud/resolve.js'
import type { Session, SessionOptions } from '../cloud/session.js'
import type { CloudSettings } from '../cloud/settings.js'
import { UsageError } from '../errors.js'
import type { Tasks } from '../tasks/tasks.js'
import { VERSION } from '../version.js'
import { cloudSelections } from './cloud-options.js'
import type { CommonOptions } from './common-options.js'
import type { Context } from './context.js'
import { say } from './say.js'
import { traceTo } from './trace.js'

// What logs in and asks is most of the program: it is loaded once the command line is known to be good.

/** One cloud, in one region, ready to be asked. */
export interface Connection {
  session: Session
  tasks: Tasks
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
  const connection = await connect(context, options, selection)
  try {
    return await work(connection)
  } finally {
    await connection.session.close()
  }
}

/** Resolves a cloud and prepares a session; nothing is sent yet. */
async function connect(context: Context, options: CommonOptions, selection: CloudSelection): Promise<Connection> {
  const settings = await settingsFor(context, options, selection)
  const [{ openSession }, { Tasks }] = await Promise.all([import('../cloud/session.js'), import('../tasks/tasks.js')])
  const session = await openSession(settings, sessionOptions(context, options))
  return { session, tasks: new Tasks(session, context) }
}

/** The settings of the cloud that is meant; what is odd about them is said as a warning. */
async function settingsFor(
  context: Context,
  options: CommonOptions,
  selection: CloudSelection,
): Promise<CloudSettings> {
  const { resolveCloud } = await import('../cloud/resolve.js')
  const { settings, warnings } = await resolveCloud({ ...selection, choose: chooseIn(context) }, context)
  for (const text of warnings) warning(context, options, text)
  return settings
}

/** How the command line has requests made and secrets asked for. */
export function sessionOptions(context: Context, options: CommonOptions): SessionOptions {
  return {
    clock: context,
    environment: context,
    userAgent: `glance-tasks/${VERSION}`,
    observer: traceTo((line) => say(context, line), options),
    requestTimeout: options.requestTimeout,
    retries: options.retries,
    tokenCache: options.tokenCache,
    ask: isInteractive(context)
      ? async (question) => (await import('./ask.js')).askSecret(context, question)
      : undefined,
    warn: (text) => warning(context, options, text),
    verbose: options.verbose ? (text) => say(context, text) : undefined,
  }
}

/** Asks which of several clouds is meant, where somebody can be asked. */
export function chooseIn(context: Context): CloudSelection['choose'] {
  return isInteractive(context) ? async (names) => (await import('./ask.js')).chooseName(context, names) : undefined
}

/** Whether somebody sits there who can be asked. */
function isInteractive(context: Context): boolean {
  // In this order: to open stdin takes time, which a script need not spend.
  return context.stderr.isTTY === true && context.stdin.isTTY === true
}

/** A warning on stderr, unless the user wants none. */
export function warning(context: Context, options: Pick<CommonOptions, 'quiet'>, text: string): void {
  if (!options.quiet) say(context, `warning: ${text}`)
}
