import { ApiError, ConnectionError, TimeoutError, UnexpectedAnswerError } from '../errors.js'

/** How often and how patiently a request is sent again. */
export interface RetryPolicy {
  /** How many times a request is sent again at the most. Default 4. */
  retries: number
  /** How many times when no connection could be made. Default: as `retries`. */
  connectRetries?: number | undefined
  /** The first pause, in milliseconds; it doubles each time. Default 500. */
  base: number
  /** The longest pause, in milliseconds, and the most that a Retry-After may ask for. Default 30 000. */
  cap: number
}

export const DEFAULT_RETRY: RetryPolicy = { retries: 4, base: 500, cap: 30_000 }

// What a proxy or a busy server answers for a while, and then not any more.
const TRANSIENT_STATUSES = new Set([429, 502, 503, 504])

/** Whether a failure may pass by itself. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ApiError) return TRANSIENT_STATUSES.has(error.status)
  if (error instanceof UnexpectedAnswerError) return error.isDamaged
  return error instanceof ConnectionError || error instanceof TimeoutError
}

/** The reason of a ConnectionError where a proxy does not let a request through. */
export const PROXY_REFUSED = 'PROXY_REFUSED'

const PERMANENT_REASONS = new Set(['ENOTFOUND', PROXY_REFUSED])

/**
 * Whether a connection will fail the next time too: a host name that does not exist is a typing mistake far more often
 * than a fault that passes, and a proxy that refuses means it.
 */
export function isPermanent(error: unknown): boolean {
  return error instanceof ConnectionError && PERMANENT_REASONS.has(error.reason ?? '')
}

/** Whether it is certain that the request of a failed exchange was not carried out. */
export function isUnsent(error: unknown): boolean {
  return (error instanceof ConnectionError || error instanceof TimeoutError) && !error.sent
}

/**
 * The pause before the next attempt, in milliseconds: what the server asks for up to the cap, else exponential with
 * full jitter over its upper half.
 *
 * @param attempt 0 for the pause after the first failure.
 */
export function retryDelay(attempt: number, error: unknown, policy: RetryPolicy, random: () => number): number {
  const asked = error instanceof ApiError ? error.retryAfter : undefined
  if (asked !== undefined) return Math.min(asked * 1000, policy.cap)
  const longest = Math.min(policy.base * 2 ** attempt, policy.cap)
  return longest / 2 + (random() * longest) / 2
}

/** Seconds that a Retry-After header asks for: delta-seconds or an HTTP date (RFC 9110, 10.2.3). */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\s*\d+\s*$/.test(header)) return Number(header)
  // Date.parse also takes `1.5` for a day of January 2001.
  if (!/^\s*[a-z]+, .*\d\d:\d\d:\d\d/i.test(header)) return undefined
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000)
}
