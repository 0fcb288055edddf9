import type { Fetcher } from '../../http/transfer/download.js'
import type { Task } from '../../tasks/task.js'
import type { ContainerFormat, DiskFormat } from '../../tasks/task-input.js'
import type { PollFault } from '../../tasks/wait/poll-until.js'
import type { Image } from '../image.js'

/** How an image is imported: from a URL that the server downloads, by an upload, from another store, or from another region. */
export type ImportMethod = 'web-download' | 'glance-direct' | 'copy-image' | 'glance-download'

/** A checksum that an image must have. */
export interface Checksum {
  /** The hash algorithm, such as `sha256`, `sha512` or `md5`. */
  algorithm: string
  /** In hexadecimal, in any letter case. */
  hex: string
}

/** Data to upload. */
export interface StreamSource {
  /** Opens the data from their beginning. */
  open(): AsyncIterable<Uint8Array>
  /** The number of bytes, if it is known. */
  size?: number | undefined
  /** Its name in messages, such as the name of a file. */
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
   * An existing image: one to import into, or whose import to resume; with `method: 'copy-image'` the one to copy to more
   * stores; with `fromRegion` the one to fetch, by its ID in that region.
   */
  imageId?: string | undefined
  /** Default: depends on the source; `glance-download` with `fromRegion`. */
  method?: ImportMethod | undefined
  /** The region to fetch the image from (glance-download). */
  fromRegion?: string | undefined
  /** With `fromRegion`: an image record that exists, to import into, or whose import to resume. Default: a new record. */
  intoImageId?: string | undefined
  name?: string | undefined
  /** Default: the format of the first bytes. */
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
  /** The stores to import into. Default: the cloud's default store. */
  stores?: readonly string[] | undefined
  /** Import into every store. Default false. */
  allStores?: boolean | undefined
  /** Succeed if at least one store has the image. Default false. */
  allowPartial?: boolean | undefined
  checksum?: Checksum | undefined
  /** Keep the record of a failed import. Default false: a record that this call created is deleted. */
  keepFailed?: boolean | undefined
  /** `local`: download the URL to this machine and upload it, if the server refuses or fails to download it. Default: neither. */
  fallback?: 'local' | undefined
  /** How often a failed import is started again. Default 0. */
  retryImport?: number | undefined
  /** Stop if neither the task nor the image has changed for this time, in milliseconds; 0: never. Default 0. */
  stallTimeout?: number | undefined
  /** Wait for the end of the task. Default false: return when the import has started. */
  wait?: boolean | undefined
  /** With `wait`: the timeout, in milliseconds after `startedAt`. Default 3 600 000 (an hour); 0: none. */
  timeout?: number | undefined
  /** With `wait`: the start of the timeout, by the clock's `monotonic()`. Default: the start of the import. */
  startedAt?: number | undefined
  /** With `wait`: milliseconds between two polls. Default: 500 at first, growing to 5000, with jitter. */
  pollInterval?: number | undefined
  /** How often a request that changes something is sent again if it was not executed. Default 4. */
  retries?: number | undefined
  /** Downloads a URL here, for `fallback`. Default: with the proxies of the connection. */
  fetch?: Fetcher | undefined
  /** Called with each step. */
  onEvent?: ((event: ImportEvent) => void) | undefined
  signal?: AbortSignal | undefined
}

/** What the server does: it waits, downloads the data, copies it into its stores, or has ended. */
export type ImportPhase = 'waiting' | 'downloading' | 'copying' | 'ended'

/** A step of an import. */
export type ImportEvent =
  /** The formats of the record, and the reason. */
  | { event: 'format'; diskFormat: string; containerFormat: string; why: string }
  /** The image record. With `isNew` this call creates it: the event comes before the request, so that the ID is never lost. */
  | { event: 'record'; imageId: string; isNew: boolean }
  /** The bytes sent so far. Emitted at most several times per second, and once at the end. */
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
  /** How much of the data is in the current store, in MiB. The server reports it about once a minute. */
  copiedMiB?: number | undefined
  /** Milliseconds since the import started. */
  elapsed: number
}

/** The result of an import. */
export interface Imported {
  image: Image
  /** The task of the import. Undefined if the image already existed and its tasks have expired. */
  task: Task | undefined
  /** Warnings of a successful import, such as a store that does not have the image. */
  warnings: string[]
}
