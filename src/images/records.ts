import { randomUUID } from 'node:crypto'
import { AbortedError, ApiError, type GlanceTasksError, NotFoundError } from '../errors.js'
import { formatPythonJson, type JsonObject } from '../http/json.js'
import { path } from '../http/path.js'
import { isUnsent, retryDelay } from '../http/retry.js'
import type { Service } from '../http/service.js'
import { newRequestId } from '../tasks/create/find-by-request-id.js'
import { idKey } from '../tasks/task-id.js'
import { type Image, imageOf } from './image.js'
import { carryOut } from './import/carry-out.js'
import type { ImportOptions } from './import/import-options.js'
import type { ImportRun } from './import/run.js'

/**
 * Returns an image with all its keys.
 *
 * @throws NotFoundError, and the other errors of Service.request.
 */
export async function getImage(
  service: Service,
  id: string,
  options: { signal?: AbortSignal | undefined; retry?: boolean } = {},
): Promise<Image> {
  return imageOf(await service.request({ method: 'GET', path: path`images/${id}`, json: true, ...options }))
}

/** An image; undefined if the service reports that it does not exist. */
export async function findImage(service: Service, id: string, signal: AbortSignal): Promise<Image | undefined> {
  try {
    return await getImage(service, id, { signal, retry: false })
  } catch (error) {
    if (error instanceof NotFoundError && error.isFromService) return undefined
    throw error
  }
}

/** The formats of a new record. */
export interface Formats {
  diskFormat: string
  containerFormat: string
}

/**
 * Creates a record for an image, exactly once. The client chooses its ID, so that it can find the record after a lost
 * response, and the service refuses a second request.
 *
 * @param onId called with the ID before anything is sent.
 * @throws the errors of carryOut().
 */
export async function createRecord(run: ImportRun, formats: Formats, onId: (id: string) => void): Promise<Image> {
  const { service, options } = run
  const id = randomUUID()
  const requestId = newRequestId()
  const body = formatPythonJson(recordOf(id, formats, options))
  onId(id)
  return carryOut(run, {
    done: 'the image record was created',
    imageId: id,
    requestId,
    async send(signal) {
      const headers = { 'x-openstack-request-id': requestId }
      return imageOf(await service.request({ method: 'POST', path: 'images', headers, body, signal, retry: false }))
    },
    async find(signal) {
      const image = await findImage(service, id, signal)
      return image && idKey(image.id) === id ? image : undefined
    },
    // An earlier request created it: the ID of a deleted image is never free again.
    isTransient: ({ status }) => status === 409,
  })
}

function recordOf(id: string, { diskFormat, containerFormat }: Formats, options: ImportOptions): JsonObject {
  const { name, visibility, properties, tags, minDisk, minRam } = options
  const record = {
    ...properties,
    id,
    name,
    disk_format: diskFormat,
    container_format: containerFormat,
    visibility,
    tags: tags && [...tags],
    min_disk: minDisk,
    min_ram: minRam,
  }
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as JsonObject
}

const DELETE_RETRY = { retries: 6, base: 500, cap: 8000 }

/**
 * Deletes an image record.
 *
 * @returns `deleted`; `absent` if the service reports that it does not exist; or why it could not be deleted.
 * @throws AbortedError
 */
export async function deleteRecord(
  { service, clock }: Pick<ImportRun, 'service' | 'clock'>,
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
      await clock.sleep(retryDelay(attempt, error, DELETE_RETRY, clock.random), signal)
    }
  }
}

/** Whether the refusal of the service is permanent. A 409 is temporary: the image is in use. */
function isLasting(error: unknown): boolean {
  if (!(error instanceof ApiError) || !error.isFromService) return false
  return error.status < 500 && error.status !== 409 && error.status !== 429
}
