import { AbortedError, ApiError, type GlanceTasksError, NotFoundError } from '../errors.js'
import type { Clock } from '../http/clock.js'
import { path } from '../http/path.js'
import { isUnsent, retryDelay } from '../http/retry.js'
import type { Service, ServiceRequest } from '../http/service.js'
import { type Image, imageOf } from './image.js'

/**
 * Returns an image with all its keys.
 *
 * @throws NotFoundError, and the other errors of Service.request.
 */
export async function getImage(
  service: Service,
  id: string,
  options: Pick<ServiceRequest, 'signal' | 'retry'>,
): Promise<Image> {
  return imageOf(await service.request({ method: 'GET', path: path`images/${id}`, json: true, ...options }))
}

/** An image; undefined if the service reports that it does not exist. @throws the errors of Service.request. */
export async function findImage(
  service: Service,
  id: string,
  options: Pick<ServiceRequest, 'signal' | 'retry'>,
): Promise<Image | undefined> {
  try {
    return await getImage(service, id, options)
  } catch (error) {
    if (error instanceof NotFoundError && error.isFromService) return undefined
    throw error
  }
}

const DELETE_RETRY = { retries: 6, base: 500, cap: 8000 }

/**
 * Deletes an image record.
 *
 * @returns `deleted`; `absent` if the service reports that it does not exist; or why it could not be deleted.
 * @throws AbortedError
 */
export async function deleteRecord(
  { service, clock }: { service: Service; clock: Clock },
  id: string,
  signal: AbortSignal | undefined,
): Promise<'deleted' | 'absent' | GlanceTasksError> {
  let mayBeDone = false
  for (let attempt = 0; ; attempt++) {
    try {
      await service.request({ method: 'DELETE', path: path`images/${id}`, signal, retry: false })
      return 'deleted'
    } catch (error) {
      if (error instanceof AbortedError) throw error
      // After a lost response, the missing record means that the request succeeded.
      if (error instanceof NotFoundError && error.isFromService) return mayBeDone ? 'deleted' : 'absent'
      mayBeDone ||= !isUnsent(error)
      if (attempt >= DELETE_RETRY.retries || isLasting(error)) return error as GlanceTasksError
      await clock.sleep(retryDelay(attempt, error, DELETE_RETRY, clock), signal)
    }
  }
}

/** Whether the refusal of the service is permanent. A 409 is temporary: the image is in use. */
function isLasting(error: unknown): boolean {
  if (!(error instanceof ApiError) || !error.isFromService) return false
  return error.status < 500 && error.status !== 409 && error.status !== 429
}
