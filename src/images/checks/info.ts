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

/** What a route tells about a cloud. */
export type Info =
  | { kind: 'known'; value: JsonObject }
  /** The cloud does not have the route, and so not what it is about. */
  | { kind: 'missing' }
  /** The route could not be read, and why. */
  | { kind: 'unknown'; why: string }

/** No answer that is needed for a warning is worth a longer wait. */
const TIMEOUT = 15_000

/**
 * Asks the service what a cloud offers. If the service does not say, that is not an error: an import may nevertheless work.
 *
 * @param isFirst whether it shows if the service can be reached. Of a later request, a broken connection proves nothing.
 * @throws what says that nothing will work: ConnectionError of the first request, CertificateError, AuthenticationError,
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
    // What a proxy says in the place of the service proves nothing.
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
