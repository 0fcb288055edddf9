import { ApiError, ConnectionError, TimeoutError, UnexpectedAnswerError } from '../errors.js'
import type { Clock } from './clock.js'

/** How often a failed request is sent again, and after which pauses. */
export interface RetryPolicy {
  /** The maximum number of times that a request is sent again. Default 4. */
  retries: number
  /** The same if no connection could be opened. Default: `retries`. */
  connectRetries?: number | undefined
  /** The first pause, in milliseconds. Each further pause is twice as long. Default 500. */
  base: number
  /** The longest pause, in milliseconds, even if a Retry-After header asks for more. Default 30 000. */
  cap: number
}

export const DEFAULT_RETRY: RetryPolicy = { retries: 4, base: 500, cap: 30_000 }

// Answers of proxies and busy servers that usually go away.
const TRANSIENT_STATUSES = new Set([429, 502, 503, 504])

/** Whether requests with this method change nothing, so that they may be sent again. */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Whether the same request may succeed later without any change. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ApiError) return TRANSIENT_STATUSES.has(error.status)
  if (error instanceof UnexpectedAnswerError) return error.isDamaged
  return error instanceof ConnectionError || error instanceof TimeoutError
}

/** The reason of a ConnectionError if a proxy rejects the request. */
export const PROXY_REFUSED = 'PROXY_REFUSED'
/** The reason of a ConnectionError if a proxy cannot reach the server, perhaps only now. */
export const PROXY_FAILED = 'PROXY_FAILED'

const PERMANENT_REASONS = new Set(['ENOTFOUND', PROXY_REFUSED])

/**
 * Whether a connection will fail the next time, too: an unknown host name is usually a typing mistake, and a proxy that
 * rejects a request will reject it again.
 */
export function isPermanent(error: unknown): boolean {
  return error instanceof ConnectionError && PERMANENT_REASONS.has(error.reason ?? '')
}

/** Whether a failed request certainly did not reach the server. */
export function isUnsent(error: unknown): boolean {
  return (error instanceof ConnectionError || error instanceof TimeoutError) && !error.sent
}

/**
 * The pause before the next attempt, in milliseconds. It grows exponentially, with jitter over its upper half. If the server's
 * Retry-After is longer, it is that time, up to the cap.
 *
 * @param attempt 0 for the pause after the first failure.
 */
export function retryDelay(attempt: number, error: unknown, policy: RetryPolicy, clock: Pick<Clock, 'random'>): number {
  const asked = error instanceof ApiError ? (error.retryAfter ?? 0) : 0
  const longest = Math.min(policy.base * 2 ** attempt, policy.cap)
  const backOff = longest / 2 + (clock.random() * longest) / 2
  // Some servers ask for 0 seconds as long as they are overloaded.
  return Math.min(Math.max(asked * 1000, backOff), policy.cap)
}

/** Seconds that a Retry-After header asks for: delta-seconds or an HTTP date (RFC 9110, 10.2.3). */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\s*\d+\s*$/.test(header)) return Number(header)
  // Date.parse also accepts `1.5`, as a day of January 2001.
  if (!/^\s*[a-z]+, .*\d\d:\d\d:\d\d/i.test(header)) return undefined
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000)
}
