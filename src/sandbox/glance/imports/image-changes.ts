import type { ImageRow, ImageStore } from '../images/store.js'
import { IMPORT_TASK, type ImportRun } from './run.js'

/** The properties in which Glance lists the stores that an import still has to fill, and those that it could not fill. */
const IMPORTING = 'os_glance_importing_to_stores'
const FAILED = 'os_glance_failed_import'

/** What Glance changes in an image without data. */
const QUEUED = { status: 'queued', size: null, virtualSize: null } as const

/** The properties that glance-download copies: the default of Glance's `glance_download_properties`. */
const COPIED = /^(hw_|trait:|os_distro|os_secure_boot|os_type)/

/** An import that changes its image. */
export interface ImportOfImage {
  images: ImageStore
  image: ImageRow
  run: ImportRun
  /** The time of the change, in microseconds since the epoch. */
  at: number
}

/** The import begins, before it has any data. */
export function beginImport({ images, image, run, at }: ImportOfImage): void {
  const properties = new Map(image.properties)
  changeList(properties, IMPORTING, { add: run.stores })
  changeList(properties, FAILED, { remove: run.stores })
  const status = run.method === 'copy-image' ? image.status : 'importing'
  images.update(image, { properties, status, updatedAt: at })
}

/** The import may not begin, because the project is over a quota. */
export function refuseImport({ images, image, run, at }: ImportOfImage): void {
  const properties = new Map(image.properties)
  changeList(properties, IMPORTING, { remove: run.stores })
  properties.delete(IMPORT_TASK)
  images.update(image, { properties, ...(image.status === 'importing' && QUEUED), updatedAt: at })
}

/**
 * The image takes over formats and some properties of the image in another region that its data comes from.
 *
 * @returns what they replace.
 */
export function copyMetadata({ images, image, at }: ImportOfImage, original: ImageRow): ImportRun['replaced'] {
  const { diskFormat, containerFormat } = image
  const properties = [...image.properties].filter(([key]) => !isInternal(key))
  const copied = [...original.properties].filter(([key]) => COPIED.test(key))
  images.update(image, {
    diskFormat: original.diskFormat,
    containerFormat: original.containerFormat,
    properties: new Map([...image.properties, ...copied]),
    updatedAt: at,
  })
  return { diskFormat, containerFormat, properties }
}

/** The data is in one more store. The image becomes active with the last store, or with the first that is enough. */
export function fillStore({ images, image, run, at }: ImportOfImage, store: string, data: Buffer): void {
  const isEnough = !run.allMustSucceed || run.tried === run.stores.length
  const properties = new Map(image.properties)
  changeList(properties, IMPORTING, { remove: [store] })
  images.update(image, { properties })
  images.fill(image, data, store, { active: isEnough && run.method !== 'copy-image', now: at })
}

/** A store failed, and the import continues with the others. */
export function skipStore({ images, image, at }: ImportOfImage, store: string): void {
  const properties = new Map(image.properties)
  changeList(properties, IMPORTING, { remove: [store] })
  changeList(properties, FAILED, { add: [store] })
  images.update(image, { properties, updatedAt: at })
}

/**
 * The import fails, and Glance reverts its steps, as far as it does. After a failed glance-direct the image stays
 * `importing`. After a failed look-up in another region the stores stay listed.
 *
 * @param store the store that failed; undefined if the import failed before the first store.
 */
export function failImport({ images, image, run, at }: ImportOfImage, store?: string): void {
  const stores = image.stores.filter((name) => !run.filled.includes(name))
  const isEmptied = run.filled.length > 0 && stores.length === 0
  const properties = new Map(image.properties)
  if (store !== undefined) {
    changeList(properties, IMPORTING, { remove: [...run.filled, store] })
    changeList(properties, FAILED, { add: [store] })
  }
  const isDownload = isDownloadMethod(run)
  if (isDownload && !(store === undefined && run.method === 'glance-download')) {
    changeList(properties, IMPORTING, { remove: run.stores })
    changeList(properties, FAILED, { add: run.stores })
  }
  images.update(image, {
    properties: restored(properties, run),
    ...(run.replaced && { diskFormat: run.replaced.diskFormat, containerFormat: run.replaced.containerFormat }),
    stores,
    ...(isEmptied && { checksum: null, hash: null, size: null }),
    ...(isDownload && QUEUED),
    updatedAt: at,
  })
  if (isDownload) images.dropData(image)
}

/** The task has ended and gives the image free. */
export function unlock(images: ImageStore, image: ImageRow): void {
  const properties = new Map(image.properties)
  properties.delete(IMPORT_TASK)
  images.update(image, { properties })
}

/** Every store failed, although one would have been enough. Unlike `failImport`, this discards staged data, too. */
export function failEveryStore({ images, image, run, at }: ImportOfImage): void {
  const properties = new Map(image.properties)
  if (run.method !== 'glance-direct') changeList(properties, FAILED, { add: run.stores })
  images.update(image, { properties, ...QUEUED, updatedAt: at })
  images.dropData(image)
}

/** Whether the method downloads the data. */
export function isDownloadMethod({ method }: ImportRun): boolean {
  return method === 'web-download' || method === 'glance-download'
}

/** Properties without these stores in either list. */
export function clearLists(properties: ImageRow['properties'], stores: readonly string[]): ImageRow['properties'] {
  const cleared = new Map(properties)
  for (const key of [IMPORTING, FAILED] as const) changeList(cleared, key, { remove: stores })
  return cleared
}

/** Adds stores to a list and removes stores from it. Glance sorts the list. */
function changeList(
  properties: ImageRow['properties'],
  key: typeof IMPORTING | typeof FAILED,
  { add = [], remove = [] }: { add?: readonly string[]; remove?: readonly string[] },
): void {
  const stores = new Set((properties.get(key) ?? '').split(',').filter(Boolean))
  for (const store of add) stores.add(store)
  for (const store of remove) stores.delete(store)
  properties.set(key, [...stores].sort().join(','))
}

/** The properties without those that glance-download has copied. */
function restored(properties: ImageRow['properties'], { replaced }: ImportRun): ImageRow['properties'] {
  if (!replaced) return properties
  return new Map([...[...properties].filter(([key]) => isInternal(key)), ...replaced.properties])
}

function isInternal(key: string): boolean {
  return key.startsWith('os_glance')
}
