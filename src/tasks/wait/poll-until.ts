import {
  AbortedError,
  ApiError,
  AuthenticationError,
  ConfigurationError,
  ConnectionError,
  TimeoutError,
  UnexpectedAnswerError,
} from '../../errors.js'
import type { Clock } from '../../http/clock.js'
import { withTimeout } from '../../http/deadline.js'
import { isNotExecuted } from '../../http/not-executed.js'
import { isPermanent } from '../../http/retry.js'
import { anySignal } from '../../http/signal.js'

/** How long and how often to poll. */
export interface PollOptions {
  /** The timeout, in milliseconds after `startedAt`; 0: none. */
  timeout: number
  /** When the timeout started, by the clock's `monotonic()`. Default: now. */
  startedAt?: number | undefined
  /** The time between polls, in milliseconds. Default: grows from 500 to 5000, with jitter. */
  pollInterval?: number | undefined
  signal?: AbortSignal | undefined
  /** Aborts when the connection is closed. */
  closed?: AbortSignal | undefined
  /** Called after each successful poll with undefined, and after each transient failure. */
  onFault?: ((fault: PollFault | undefined) => void) | undefined
}

/** A poll that failed, but will be repeated. */
export interface PollFault {
  /** Why it failed: usually a GlanceTasksError. */
  error: Error
  /** How many polls have failed in a row, with this one. */
  attempt: number
  /** Milliseconds until the next poll. */
  delay: number
}

/** The maximum time that a Retry-After header can delay the next poll, in milliseconds. */
const LONGEST_RETRY_AFTER = 60_000
/** How long to tolerate 401, in milliseconds. Glance considers every token invalid while it cannot reach Keystone. */
const LONGEST_LOCKOUT = 30_000
/** The timeout of the last poll, in milliseconds, which begins after the end of the timeout. */
const LAST_POLL_TIMEOUT = 1000

/**
 * Polls until there is a result. Continues after transient failures: lost connections, 429, 5xx, failed logins, and
 * responses of proxies.
 *
 * The timeout aborts a running poll. One last poll then begins, with a timeout of one second, so that a computer that was
 * suspended still gets the current state.
 *
 * @param poll resolves to the result, or to undefined to continue.
 * @returns the result; undefined after the timeout.
 * @throws a lasting failure of `poll`; AbortedError if the signal aborts or the connection is closed.
 */
export async function pollUntil<T>(
  clock: Clock,
  options: PollOptions,
  poll: (signal: AbortSignal) => Promise<T | undefined>,
): Promise<T | undefined> {
  const { timeout, startedAt = clock.monotonic(), signal, closed, onFault } = options
  const deadline = timeout === 0 ? Number.POSITIVE_INFINITY : startedAt + timeout
  const intervals = pollIntervals(options.pollInterval, clock)
  const ending = anySignal(signal, closed)
  const upToDeadline = (pause: number) => Math.min(pause, Math.max(0, deadline - clock.monotonic()))
  let hasAnswered = false
  let lockedOutSince: number | undefined
  let attempt = 0
  try {
    for (;;) {
      let pause = intervals.next().value
      const left = deadline - clock.monotonic()
      const isLast = left <= 0
      try {
        const result = await withTimeout(clock, isLast ? LAST_POLL_TIMEOUT : left, signal, poll)
        if (result !== undefined) return result
        hasAnswered = true
        lockedOutSince = undefined
        attempt = 0
        onFault?.(undefined)
      } catch (thrown) {
        if (signal?.aborted || closed?.aborted) throw thrown
        // Any other abort comes from the deadline.
        const isCutShort = thrown instanceof AbortedError
        const error = isCutShort ? new TimeoutError('The cloud did not respond in time.') : thrown
        // During a known outage, its failure says more.
        if (!isCutShort || (isLast && attempt === 0)) {
          if (hasAnswered && isTokenRejection(error)) lockedOutSince ??= clock.monotonic()
          else lockedOutSince = undefined
          const isLockedOut = lockedOutSince !== undefined && clock.monotonic() - lockedOutSince < LONGEST_LOCKOUT
          if (!isLockedOut && !isTransientWhileWaiting(error, hasAnswered)) throw error
          hasAnswered ||= error instanceof ApiError
          pause = Math.max(pause, retryAfter(error))
          onFault?.({ error: error as Error, attempt: ++attempt, delay: isLast ? 0 : upToDeadline(pause) })
        }
      }
      if (isLast) return undefined
      await clock.sleep(upToDeadline(pause), ending.signal).catch((error) => {
        // If the connection is closed, the next request throws a better error.
        if (signal?.aborted || !closed?.aborted) throw error
      })
    }
  } finally {
    ending.forget()
  }
}

/**
 * Whether a failure may disappear while the program waits. Failures that suggest a wrong setting (unknown host, no
 * Keystone at this URL) count as lasting until the cloud has responded once. After that, they count as an outage.
 */
export function isTransientWhileWaiting(error: unknown, hasAnswered: boolean): boolean {
  if (error instanceof ApiError) return error.status >= 500 || error.status === 429 || !error.isFromService
  if (error instanceof ConnectionError) return hasAnswered || !isPermanent(error)
  if (error instanceof ConfigurationError) return hasAnswered
  return error instanceof TimeoutError || (error instanceof UnexpectedAnswerError && !error.isLasting)
}

/** Whether the service rejects a token that it accepted before. */
function isTokenRejection(error: unknown): boolean {
  return error instanceof AuthenticationError && !isNotExecuted(error)
}

function retryAfter(error: unknown): number {
  return error instanceof ApiError ? Math.min((error.retryAfter ?? 0) * 1000, LONGEST_RETRY_AFTER) : 0
}

const FIRST_INTERVAL = 500
const LONGEST_INTERVAL = 5000
const GROWTH = 1.3

/** The pauses between polls, in milliseconds. They grow, with 10 % jitter so that many waits do not poll in step. */
export function* pollIntervals(fixed: number | undefined, clock: Pick<Clock, 'random'>): Generator<number, never> {
  for (let interval = fixed ?? FIRST_INTERVAL; ; ) {
    yield fixed ?? interval * (0.9 + 0.2 * clock.random())
    interval = Math.min(interval * GROWTH, LONGEST_INTERVAL)
  }
}
