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

/** How long and how often to look. */
export interface PollOptions {
  /** When to give up, in milliseconds after `startedAt`; 0: never. */
  timeout: number
  /** When the timeout began to run, by the clock's `monotonic()`. Default: now. */
  startedAt?: number | undefined
  /** Milliseconds between two looks. Default: 500 at first, growing to 5000, with jitter. */
  pollInterval?: number | undefined
  signal?: AbortSignal | undefined
  /** Aborts when the connection is closed. */
  closed?: AbortSignal | undefined
  /** Called with each failure that may pass, and with undefined after a look that worked. */
  onFault?: ((fault: Error | undefined) => void) | undefined
}

/** A Retry-After is honoured up to a minute. */
const LONGEST_RETRY_AFTER = 60_000
/** How long a 401 of the service itself may last: while it cannot reach Keystone, Glance takes every token for invalid. */
const LOCKED_OUT = 30_000
/** How long the last look may take, in milliseconds: it begins when the time is over. */
const LAST_LOOK = 1000

/**
 * Looks again and again until a look finds something. From the first look to the last it outlives every failure that
 * may pass: lost connections, 429, 5xx, failed logins, and what a proxy answers in the service's place.
 *
 * No look goes on beyond the timeout. One more begins then, so that a machine that slept through it still learns how
 * things stand; that one may take a second.
 *
 * @param look finds something, or undefined.
 * @returns what was found; undefined when the time is over.
 * @throws what `look` throws and does not pass; AbortedError when the signal aborts or the connection is closed.
 */
export async function pollUntil<T>(
  clock: Clock,
  options: PollOptions,
  look: (signal: AbortSignal) => Promise<T | undefined>,
): Promise<T | undefined> {
  const { timeout, startedAt = clock.monotonic(), signal, closed, onFault } = options
  const deadline = timeout === 0 ? Number.POSITIVE_INFINITY : startedAt + timeout
  const intervals = pollIntervals(options.pollInterval, clock.random)
  const ending = anySignal(signal, closed)
  let hasAnswered = false
  let lockedOutSince: number | undefined
  try {
    for (;;) {
      let pause = intervals.next().value
      const left = deadline - clock.monotonic()
      const isLast = left <= 0
      try {
        const found = await withTimeout(clock, isLast ? LAST_LOOK : left, signal, look)
        if (found !== undefined) return found
        hasAnswered = true
        lockedOutSince = undefined
        onFault?.(undefined)
      } catch (error) {
        if (signal?.aborted || closed?.aborted) throw error
        // Any other abort is the deadline's, which cut this look short.
        if (!(error instanceof AbortedError)) {
          if (hasAnswered && isLockOut(error)) lockedOutSince ??= clock.monotonic()
          else lockedOutSince = undefined
          const isLockedOut = lockedOutSince !== undefined && clock.monotonic() - lockedOutSince < LOCKED_OUT
          if (!isLockedOut && !isTransientWhileWaiting(error, hasAnswered)) throw error
          hasAnswered ||= error instanceof ApiError
          onFault?.(error as Error)
          pause = Math.max(pause, retryAfter(error))
        }
      }
      if (isLast) return undefined
      await clock.sleep(Math.min(pause, Math.max(0, deadline - clock.monotonic())), ending.signal).catch((error) => {
        // The next request on a closed connection says so by itself.
        if (signal?.aborted || !closed?.aborted) throw error
      })
    }
  } finally {
    ending.forget()
  }
}

/**
 * Whether a failure may pass while somebody waits. What looks like a wrong setting (no such host, no Keystone at this
 * URL) is one until the cloud has answered; after that it is an outage like any other.
 */
export function isTransientWhileWaiting(error: unknown, hasAnswered: boolean): boolean {
  if (error instanceof ApiError) return error.status >= 500 || error.status === 429 || !error.isFromService
  if (error instanceof ConnectionError) return hasAnswered || !isPermanent(error)
  if (error instanceof ConfigurationError) return hasAnswered
  return error instanceof TimeoutError || (error instanceof UnexpectedAnswerError && !error.isLasting)
}

/** Whether the service refuses the token of a login that has just worked. */
function isLockOut(error: unknown): boolean {
  return error instanceof AuthenticationError && !isNotExecuted(error)
}

function retryAfter(error: unknown): number {
  return error instanceof ApiError ? Math.min((error.retryAfter ?? 0) * 1000, LONGEST_RETRY_AFTER) : 0
}

const FIRST_INTERVAL = 500
const LONGEST_INTERVAL = 5000
const GROWTH = 1.3

/** The pauses between polls, in milliseconds. They grow, with 10 % jitter so that many waits do not poll in step. */
export function* pollIntervals(fixed: number | undefined, random: () => number): Generator<number, never> {
  for (let interval = fixed ?? FIRST_INTERVAL; ; ) {
    yield fixed ?? interval * (0.9 + 0.2 * random())
    interval = Math.min(interval * GROWTH, LONGEST_INTERVAL)
  }
}
