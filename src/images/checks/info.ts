import {
  ApiError,
  ConnectionError,
  ForbiddenError,
  NotFoundError,
  TimeoutError,
  UnexpectedAnswerError,
} from '../../errors.js'
import { jsonOf } from '../../http/answer.js'
import { isJsonObject, type JsonObject } from '../../http/json.js'
import type { Service } from '../../http/service.js'

/** What a path of the API says about a cloud. */
export type Info =
  | { kind: 'known'; value: JsonObject }
  /** The cloud does not have this path, so it lacks the feature. */
  | { kind: 'missing' }
  /** The path could not be read, and why. */
  | { kind: 'unknown'; why: string }

/** Short, because the result only leads to a warning. */
const TIMEOUT = 15_000

/**
 * Requests what a cloud offers. If the service does not say, that is not an error: an import may nevertheless work.
 *
 * @param isFirst whether this is the first request. Only then a failed connection means that the service cannot be reached.
 * @throws the errors that also end the import: ConnectionError of the first request, CertificateError, AuthenticationError,
 *   AbortedError.
 */
export async function readInfo(
  service: Service,
  path: string,
  signal: AbortSignal | undefined,
  isFirst = false,
): Promise<Info> {
  const retries = isFirst ? {} : { retries: 1 }
  try {
    const value = jsonOf(
      await service.request({ method: 'GET', path, json: true, signal, timeout: TIMEOUT, ...retries }),
    )
    return isJsonObject(value)
      ? { kind: 'known', value }
      : { kind: 'unknown', why: 'The response has an unexpected format.' }
  } catch (error) {
    // An error of a proxy proves nothing about the service.
    if (error instanceof NotFoundError && error.isFromService) return { kind: 'missing' }
    const isLasting = error instanceof ApiError && error.status === 401
    const isBroken = !isFirst && error instanceof ConnectionError
    if (isLasting || !(isBroken || isTolerable(error))) throw error
    return { kind: 'unknown', why: error instanceof ForbiddenError ? 'The request is not allowed.' : error.message }
  }
}

function isTolerable(error: unknown): error is Error {
  return error instanceof ApiError || error instanceof TimeoutError || error instanceof UnexpectedAnswerError
}
