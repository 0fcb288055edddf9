import { NotFoundError } from '../errors.js'
import { MISSING } from '../tasks/get.js'
import type { Context } from './context.js'
import { EXIT, ExitStatus, exitStatusOf } from './exit-status.js'
import { type PrintErrorOptions, printError } from './terminal/print-error.js'

/** A failure that did not stop the rest of the command. */
export interface Failure {
  error: unknown
  /** The cloud or the tasks that failed, if there are several. */
  where?: string | undefined
  /** Replaces the hint of the error. */
  hint?: string | undefined
}

/** The exit status if several apply: failures that a retry does not fix come before transient ones. */
const PRECEDENCE: readonly number[] = [
  EXIT.interrupted,
  EXIT.taskFailed,
  EXIT.notAllowed,
  EXIT.notFound,
  EXIT.usage,
  EXIT.error,
  EXIT.unreachable,
  EXIT.waitTimeout,
]

/** Ends a command: reports all failures and throws the error or status to exit with. Does nothing without failures. */
export async function endWith(
  context: Context,
  options: PrintErrorOptions,
  failures: readonly Failure[],
): Promise<void> {
  const [first, ...others] = failures
  if (first === undefined) return
  if (others.length === 0 && first.where === undefined && first.hint === undefined) throw first.error
  const statuses: number[] = []
  for (const { error, where, hint } of failures)
    statuses.push(await printError(context, error, { ...options, where, hint }))
  throw new ExitStatus(PRECEDENCE.find((status) => statuses.includes(status)) ?? exitStatusOf(first.error))
}

/** Without the clouds that do not have the image that was asked for, if another cloud has it. */
export function unlessElsewhere(failures: readonly Failure[], image: string | undefined, clouds: number): Failure[] {
  const isElsewhere = image !== undefined && failures.length < clouds
  return failures.filter(({ error }) => !(isElsewhere && error instanceof NotFoundError && error.isFromService))
}

/** The maximum number of ids in a message. */
const MAX_IDS = 10

/** Formats ids for a message: the first ten, and the number of the others. */
export function shortened(ids: readonly string[]): string {
  const more = ids.length > MAX_IDS ? ` and ${ids.length - MAX_IDS} more` : ''
  return ids.slice(0, MAX_IDS).join(', ') + more
}

/** The error for tasks that do not exist. */
export function missingError(ids: readonly string[], total: number): NotFoundError {
  const message =
    total === 1
      ? `Could not find task ${ids[0]}.`
      : `${ids.length} of ${total} tasks could not be found: ${shortened(ids)}.`
  return new NotFoundError(message, {
    status: 404,
    ...MISSING,
  })
}
