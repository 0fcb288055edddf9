import { NotFoundError } from '../errors.js'
import { MISSING_HINT } from '../tasks/get.js'
import type { Context } from './context.js'
import { EXIT, ExitStatus, exitStatusOf } from './exit-status.js'
import type { CommonOptions } from './options/common-options.js'
import { report } from './terminal/report.js'

/** Something that went wrong beside others that went well. */
export interface Failure {
  error: unknown
  /** Of several clouds: which one. */
  where?: string | undefined
}

/** Which status is told when several would be right: what trying again does not fix comes before what may pass. */
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

/** Ends a command with what went wrong, if anything did: tells each failure, and throws what decides the exit status. */
export function endWith(context: Context, options: CommonOptions, failures: readonly Failure[]): void {
  const [first, ...others] = failures
  if (first === undefined) return
  if (others.length === 0 && first.where === undefined) throw first.error
  const statuses = failures.map(({ error, where }) => report(context, error, { ...options, where }))
  throw new ExitStatus(PRECEDENCE.find((status) => statuses.includes(status)) ?? exitStatusOf(first.error))
}

/** How many ids a message lists. */
const MOST_IDS = 10

/** Ids as a message lists them: the first ten, and how many more there are. */
export function shortened(ids: readonly string[]): string {
  const more = ids.length > MOST_IDS ? ` and ${ids.length - MOST_IDS} more` : ''
  return ids.slice(0, MOST_IDS).join(', ') + more
}

/** The error for tasks that are not there. */
export function missingError(ids: readonly string[], total: number): NotFoundError {
  return new NotFoundError(`${ids.length} of ${total} tasks could not be found: ${shortened(ids)}.`, {
    status: 404,
    hint: MISSING_HINT,
  })
}
