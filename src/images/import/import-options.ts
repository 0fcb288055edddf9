import type { Fetcher } from '../../http/transfer/download.js'
import type { Task } from '../../tasks/task.js'
import type { ContainerFormat, DiskFormat } from '../../tasks/task-input.js'
import type { PollFault } from '../../tasks/wait/poll-until.js'
import type { Image } from '../image.js'

/** How an image is imported: from a URL that the server downloads, by an upload, from another store, or from another region. */
export type ImportMethod = 'web-download' | 'glance-direct' | 'copy-image' | 'glance-download'

/** A checksum that an image must have. */
export interface Checksum {
  /** A hash algorithm such as `sha256`, `sha512` or `md5`. */
  algorithm: string
  /** In hexadecimal, in any letter case. */
  hex: string
}

/** Data that are uploaded. */
export interface StreamSource {
  /** Opens the data from their beginning. */
  open(): AsyncIterable<Uint8Array>
  /** The number of bytes, if it is known. */
  size?: number | undefined
  /** What to call it in messages, such as the name of a file. */
  name?: string | undefined
  /** Whether it can be opened again: a file can, a pipe cannot. Default true. */
  isRepeatable?: boolean | undefined
}

/** Where the data of an image come from: a URL, which the server downloads, or data that are uploaded from here. */
export type ImportSource = URL | StreamSource

/** An image to import. */
export interface ImportOptions {
  /** A URL (web-download), or data to upload (glance-direct). Not needed to resume an import, nor with `imageId` of an image to copy. */
  source?: ImportSource | undefined
  /**
   * An image that exists: one to import into, or whose import to resume; with `method: 'copy-image'` the one to copy to more
   * stores; with `fromRegion` the one to fetch, by its id in that region.
   */
  imageId?: string | undefined
  /** Default: by the source; `glance-download` with `fromRegion`. */
  method?: ImportMethod | undefined
  /** The region to fetch the image from (glance-download). */
  fromRegion?: string | undefined
  /** With `fromRegion`: an image record that exists, to import into, or whose import to resume. Default: a new record. */
  intoImageId?: string | undefined
  name?: string | undefined
  /** Default: as the data's first bytes say. */
  diskFormat?: DiskFormat | (string & {}) | undefined
  /** Default `bare`. */
  containerFormat?: ContainerFormat | (string & {}) | undefined
  /** `private`, `shared`, `community` or `public`. Default: the server's. */
  visibility?: 'public' | 'private' | 'shared' | 'community' | undefined
  properties?: Readonly<Record<string, string>> | undefined
  tags?: readonly string[] | undefined
  /** Gigabytes. */
  minDisk?: number | undefined
  /** Megabytes. */
  minRam?: number | undefined
  /** The stores to put the image into. Default: the cloud's default store. */
  stores?: readonly string[] | undefined
  /** Put it into every store. Default false. */
  allStores?: boolean | undefined
  /** Accept an image that some of its stores could not take. Default false. */
  allowPartial?: boolean | undefined
  checksum?: Checksum | undefined
  /** Keep the record of an import that failed. Default false: a record that this call made is deleted. */
  keepFailed?: boolean | undefined
  /** `local`: download the URL here and upload it, if the server refused to download it or failed. Default: do not. */
  fallback?: 'local' | undefined
  /** How often a failed import is started again. Default 0. */
  retryImport?: number | undefined
  /** Give up if neither task nor image changed for this time, in milliseconds; 0: never. Default 0. */
  stallTimeout?: number | undefined
  /** Follow the task to its end. Default false: return when the import was started. */
  wait?: boolean | undefined
  /** With `wait`: when to give up, in milliseconds after `startedAt`. Default 3 600 000 (an hour); 0: never. */
  timeout?: number | undefined
  /** With `wait`: when the timeout began to run, by the clock's `monotonic()`. Default: when the import is started. */
  startedAt?: number | undefined
  /** With `wait`: milliseconds between two polls. Default: 500 at first, growing to 5000, with jitter. */
  pollInterval?: number | undefined
  /** How often a request that changes something is sent again if it was not carried out. Default 4. */
  retries?: number | undefined
  /** Downloads a URL here, for `fallback`. Default: without a proxy. */
  fetch?: Fetcher | undefined
  /** Called with each step. */
  onEvent?: ((event: ImportEvent) => void) | undefined
  signal?: AbortSignal | undefined
}

/** What the server is doing: it waits to begin, downloads the data, copies them into its stores, or has ended. */
export type ImportPhase = 'waiting' | 'downloading' | 'copying' | 'ended'

/** A step of an import. */
export type ImportEvent =
  /** Which formats the record gets, and why. */
  | { event: 'format'; diskFormat: string; containerFormat: string; why: string }
  /** The image record. With `isNew` this call creates it: the event comes before the request, so that the id is never lost. */
  | { event: 'record'; imageId: string; isNew: boolean }
  /** The bytes sent so far. Several times a second at the most, and once at the end. */
  | { event: 'upload'; imageId: string; bytes: number; total?: number | undefined }
  | { event: 'started'; imageId: string; taskId: string; task: Task; requestId: string }
  | ImportStatus
  /** A poll of the import failed, and the next one follows. */
  | ({ event: 'retry' } & PollFault)
  /** A message for the user. With `about`, it sums up `retry` events. */
  | { event: 'notice'; text: string; about?: 'retry' }

/** The state of a running import, after each poll. */
export interface ImportStatus {
  event: 'status'
  imageId: string
  task: Task
  image: Image
  phase: ImportPhase
  /** The stores that do not have the image yet. */
  storesLeft: string[]
  /** How much of the data is in the store that is being filled, in MiB. The server tells it about once a minute. */
  copiedMiB?: number | undefined
  /** Milliseconds since the import was started. */
  elapsed: number
}

/** The result of an import. */
export interface Imported {
  image: Image
  /** The task of the import. Undefined if the image was there already and its tasks have expired. */
  task: Task | undefined
  /** What the user should know although the import succeeded, such as a store that does not have the image. */
  warnings: string[]
}
