import type { ImageRow } from '../images/store.js'

/** The property with the id of the task that has locked an image. */
export const IMPORT_TASK = 'os_glance_import_task'

/** The ways to get data into an image. */
export const IMPORT_METHODS = ['glance-direct', 'web-download', 'copy-image', 'glance-download'] as const

export type ImportMethod = (typeof IMPORT_METHODS)[number]

/** Where the data of an import come from. */
export type ImportSource =
  /** Data that the image has: staged by the client, or in another store. */
  | { kind: 'image' }
  /** A URL on this machine, which the sandbox downloads. */
  | { kind: 'url'; uri: string }
  /** Any other URL: its data is zeros, or the download fails. */
  | { kind: 'zeros'; fails: boolean }
  /** An image of another region, if the user may read it there. */
  | { kind: 'region'; region: string; imageId: string; isAdmin: boolean; projectId: string | undefined }

/**
 * What is left of an image import that POST /v2/images/{id}/import started. The state file keeps it, so it consists of
 * JSON values. Times are microseconds since the epoch, durations microseconds.
 */
export interface ImportRun {
  method: ImportMethod
  source: ImportSource
  /** The stores to fill, in this order. */
  stores: string[]
  /** The number of stores that have been tried. */
  tried: number
  /** The stores that this import has filled. */
  filled: string[]
  allMustSucceed: boolean
  /** Whether the first copy into a store fails, by the sandbox's failure rate. */
  failsByChance: boolean
  phase: 'pending' | 'fetching' | 'copying' | 'unlocking'
  /** When something happens next; null if never. */
  next: number | null
  /** When the copy into the current store began. */
  copyingSince: number
  /** How long it takes to get the data; null if forever. */
  fetchTime: number | null
  /** How long it takes to copy the data into one store. */
  copyTime: number
  /** How long the image stays locked after the task has ended. */
  unlockTime: number
  /** What glance-download has overwritten, to be restored if the import fails. */
  replaced?: Pick<ImageRow, 'diskFormat' | 'containerFormat'> & { properties: [string, string | null][] }
}

/** Whether every copy into a store fails. The name decides, as the path of a URL does. */
export function isBroken(store: string): boolean {
  return store.startsWith('broken')
}
