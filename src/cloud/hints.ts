import { type ApiError, apiErrorFor } from '../errors.js'

/** The same error with another hint and, where one is given, another message. */
export function withHint(error: ApiError, hint: string, message = error.message): ApiError {
  const { status, requestId, retryAfter, request, cause } = error
  return apiErrorFor(message, { status, requestId, retryAfter, request, hint, cause })
}
