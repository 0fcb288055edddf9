import { randomUUID } from 'node:crypto'
import { formatPythonJson, type JsonObject, type JsonValue } from '../../http/json.js'
import { newRequestId } from '../../http/request-id.js'
import { idKey } from '../../tasks/task-id.js'
import { type Image, imageOf } from '../image.js'
import { findImage } from '../records.js'
import { carryOut } from './carry-out.js'
import type { ImportOptions } from './import-options.js'
import type { ImportRun } from './run.js'

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
  const body = formatPythonJson({ ...newRecordOf(options, formats), id })
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
      const image = await findImage(service, id, { signal, retry: false })
      return image && idKey(image.id) === id ? image : undefined
    },
    // An earlier request created it: the ID of a deleted image is never free again.
    isTransient: ({ status }) => status === 409,
  })
}

/** The keys of a new record, except its ID. */
export function newRecordOf(
  options: ImportOptions,
  { diskFormat, containerFormat }: Pick<ImportOptions, 'diskFormat' | 'containerFormat'>,
): JsonObject {
  const { name, visibility, properties, tags, minDisk, minRam } = options
  const record: Record<string, JsonValue | undefined> = {
    ...properties,
    name,
    disk_format: diskFormat,
    container_format: containerFormat,
    visibility,
    tags: tags && [...tags],
    min_disk: minDisk,
    min_ram: minRam,
  }
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}
