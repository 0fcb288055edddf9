import type { CloudSelection } from '../cloud/resolve.js'
import { resolveCloud } from '../cloud/resolve.js'
import { openSession, type Session } from '../cloud/session.js'
import { UsageError } from '../errors.js'
import { Tasks } from '../tasks/tasks.js'
import { VERSION } from '../version.js'
import { askSecret } from './ask.js'
import { cloudSelections } from './cloud-options.js'
import type { CommonOptions } from './common-options.js'
import type { Context } from './context.js'
import { say } from './say.js'
import { traceTo } from './trace.js'

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
  const isInteractive = context.stdin.isTTY === true && context.stderr.isTTY === true
  const warn = (text: string) => warning(context, options, text)
  const { settings, warnings } = await resolveCloud({ ...selection, interactive: isInteractive }, context)
  for (const text of warnings) warn(text)
  const session = await openSession(settings, {
    clock: context,
    environment: context,
    userAgent: `glance-tasks/${VERSION}`,
    observer: traceTo((line) => say(context, line), options),
    requestTimeout: options.requestTimeout,
    retries: options.retries,
    ask: isInteractive ? (question) => askSecret(context, question) : undefined,
    warn,
    verbose: options.verbose ? (text) => say(context, text) : undefined,
  })
  return { session, tasks: new Tasks(session, context) }
}

/** A warning on stderr, unless the user wants none. */
export function warning(context: Context, options: Pick<CommonOptions, 'quiet'>, text: string): void {
  if (!options.quiet) say(context, `warning: ${text}`)
}
