import {
  ApiError,
  CertificateError,
  ConfigurationError,
  InputError,
  RateLimitError,
  ServerError,
  UsageError,
} from '../../errors.js'
import { isNotExecuted } from '../../http/not-executed.js'
import { isPermanent, isUnsent } from '../../http/retry.js'

/**
 * What a create request that failed says about its task.
 *
 * - `not started`: the request was refused, or never sent; trying again does not help.
 * - `try again`: it was not carried out, and trying again may help.
 * - `failed inside`: Glance itself failed with it. It is done with the request: there is a task now, or never.
 * - `unknown`: the server may have carried the request out, or may still do so.
 */
export type CreateOutcome = 'not started' | 'try again' | 'failed inside' | 'unknown'

/**
 * Reads the outcome of a create request from its error. Only what proves that Glance did not carry the request out
 * counts: it was not sent, or the answer bears Glance's mark. Any other answer may come from a proxy, which answers in
 * Glance's place after it has passed the request on.
 *
 * @param requestId the id that the request carried, and that Glance sends back.
 */
export function outcomeOfCreate(error: unknown, requestId: string): CreateOutcome {
  if (isNotExecuted(error) || isOurOwn(error) || error instanceof CertificateError) return 'not started'
  if (isUnsent(error)) return isPermanent(error) ? 'not started' : 'try again'
  if (!(error instanceof ApiError)) return 'unknown'
  const isGlances = error.origin === 'service' && error.requestId === requestId
  if (!isGlances && error.origin !== 'token check') return 'unknown'
  if (error instanceof RateLimitError || error.status === 503) return 'try again'
  return error instanceof ServerError ? 'failed inside' : 'not started'
}

/** Errors of this program, from before it sends anything. */
function isOurOwn(error: unknown): boolean {
  return error instanceof UsageError || error instanceof ConfigurationError || error instanceof InputError
}
