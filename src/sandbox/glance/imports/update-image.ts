import { isJsonObject, type JsonObject } from '../../../http/json.js'
import { newImage } from '../images/record.js'
import { DOWNLOAD, type ImageRow, type ImageStore } from '../images/store.js'
import type { ImageUpdates } from '../tasks/runner.js'
import type { TaskPlan, TaskRow } from '../tasks/store.js'
import { legacyProperties } from './legacy-properties.js'

/** The property with the id of the task that has locked an image. */
export const IMPORT_TASK = 'os_glance_import_task'
const IMPORTING = 'os_glance_importing_to_stores'
const FAILED = 'os_glance_failed_import'

/** Updates images when a task begins and ends, for both types of task. */
export function imageUpdates(images: ImageStore, stores: readonly string[]): ImageUpdates {
  return {
    begin(row, plan, at) {
      if (row.type === 'import') beginLegacy(row, plan, at, images)
      else changeImage(row, images, (image) => beginImport(image, row, images, at))
    },
    end(row, plan, at) {
      if (row.type === 'import') endLegacy(row, plan, at, images, stores)
      else changeImage(row, images, (image) => endImport(image, row, plan, at, images))
    },
  }
}

/** The id of the image that an import task creates; undefined if the task fails. */
function imageIdOf({ result }: TaskPlan): string | undefined {
  return isJsonObject(result) && typeof result.image_id === 'string' ? result.image_id : undefined
}

function beginLegacy({ input }: TaskRow, plan: TaskPlan, at: number, images: ImageStore): void {
  const id = imageIdOf(plan)
  const properties = isJsonObject(input) ? legacyProperties(input.image_properties) : undefined
  if (id !== undefined) images.add(newImage({ ...properties, id }, { owner: null, now: at }))
}

function endLegacy(row: TaskRow, plan: TaskPlan, at: number, images: ImageStore, stores: readonly string[]): void {
  const image = images.get(imageIdOf(plan) ?? '')
  const backend = isJsonObject(row.input) && typeof row.input.backend === 'string' ? row.input.backend : ''
  if (image === undefined) return
  images.activate(image, DOWNLOAD, [backend || String(stores[0])], at)
  // Glance detects the format from the data, and zeros are raw.
  images.update(image, { diskFormat: 'raw', virtualSize: DOWNLOAD.length })
}

function changeImage(row: TaskRow, images: ImageStore, change: (image: ImageRow) => void): void {
  const image = images.get(row.imageId ?? '')
  if (image?.properties.get(IMPORT_TASK) === row.id) change(image)
}

function beginImport(image: ImageRow, row: TaskRow, images: ImageStore, at: number): void {
  const properties = new Map(image.properties)
  properties.set(IMPORTING, storesOf(row).join(','))
  properties.set(FAILED, '')
  const status = methodOf(row) === 'copy-image' ? image.status : 'importing'
  images.update(image, { properties, status, updatedAt: at })
}

function endImport(image: ImageRow, row: TaskRow, plan: TaskPlan, at: number, images: ImageStore): void {
  const failed = plan.status === 'failure'
  const properties = new Map(image.properties)
  properties.delete(IMPORT_TASK)
  properties.set(IMPORTING, '')
  properties.set(FAILED, failed ? storesOf(row).join(',') : '')
  images.update(image, { properties, updatedAt: at })
  if (methodOf(row) === 'copy-image') {
    if (!failed) images.update(image, { stores: [...image.stores, ...storesOf(row)] })
  } else if (failed) {
    images.update(image, { status: 'queued', size: null })
  } else {
    const staged = methodOf(row) === 'glance-direct' ? images.data(image.id) : undefined
    images.activate(image, staged ?? DOWNLOAD, storesOf(row), at)
  }
}

function requestOf({ input }: TaskRow): JsonObject {
  return isJsonObject(input) && isJsonObject(input.import_req) ? input.import_req : {}
}

function methodOf(row: TaskRow): string {
  const { method } = requestOf(row)
  return isJsonObject(method) ? String(method.name) : ''
}

function storesOf({ input }: TaskRow): string[] {
  return isJsonObject(input) && Array.isArray(input.backend) ? input.backend.map(String) : []
}
