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
 * What the failure of a create request says about its task.
 *
 * - `not started`: the request was rejected or never sent, and a retry does not help.
 * - `try again`: the request was not processed, and a retry may help.
 * - `failed inside`: Glance had an internal error. It has finished with the request: the task exists now or never will.
 * - `unknown`: the server may have processed the request, or may still do so.
 */
export type CreateOutcome = 'not started' | 'try again' | 'failed inside' | 'unknown'

/**
 * Determines the outcome of a create request from its error. The outcome is known only if the request was not sent, or if
 * the response is certainly from Glance. Any other response may be from a proxy, which may have forwarded the request.
 *
 * @param requestId the ID in the request. Glance returns it in its response.
 */
export function outcomeOfCreate(error: unknown, requestId: string): CreateOutcome {
  if (isNotExecuted(error) || isLocal(error) || error instanceof CertificateError) return 'not started'
  if (isUnsent(error)) return isPermanent(error) ? 'not started' : 'try again'
  if (!(error instanceof ApiError)) return 'unknown'
  const isFromGlance = error.origin === 'service' && error.requestId === requestId
  if (!isFromGlance && error.origin !== 'token check') return 'unknown'
  if (error instanceof RateLimitError || error.status === 503) return 'try again'
  return error instanceof ServerError ? 'failed inside' : 'not started'
}

/** Whether this program detected the error before it sent anything. */
function isLocal(error: unknown): boolean {
  return error instanceof UsageError || error instanceof ConfigurationError || error instanceof InputError
}
