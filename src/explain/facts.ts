import { type Image, storeNames } from '../images/image.js'
import { hasEnded, messageOf, type Task } from '../tasks/task.js'

/** How a URL responds to this machine. */
export interface SourceFacts {
  /** The URL without secrets. */
  url: string
  /** The HTTP status that this client receives; undefined without a response. */
  status?: number | undefined
  /** The HTTP status that a client with the User-Agent of Glance's downloader receives. */
  statusForGlance?: number | undefined
  /** Why there was no response, or no complete body. */
  failure?:
    | { kind: 'unresolvable' | 'certificate' | 'unreachable' | 'redirect' | 'stalled' | 'cut_short'; text: string }
    | undefined
  /** The URLs that it redirects to, in order, without secrets. */
  redirects?: readonly string[] | undefined
  /** Whether the host has both IPv4 and IPv6 addresses. */
  isDualStack?: boolean | undefined
  /** The length in bytes. */
  size?: number | undefined
  /** The disk format of the first bytes; undefined if they are not an image, or are compressed. */
  format?: string | undefined
  /** The compression around the image. */
  compression?: string | undefined
  /** Why the bytes cannot be used as an image. A sentence. */
  problem?: string | undefined
}

/** A quota of the project and how much of it is used, as GET /v2/info/usage shows it. */
export interface Quota {
  name: string
  limit: number
  usage: number
}

/** What a store did with the newest other images of the project. */
export interface StoreRecord {
  id: string
  /** The number of these images that it has. */
  images: number
  /** The number of these images that it rejected and another store accepted. */
  failures: number
}

/** What is known about a task or an image. What was not checked is missing. */
export interface Facts {
  task?: Task | undefined
  /** null: the image does not exist or is not visible to this user. */
  image?: Image | null | undefined
  /** Other tasks of the same image, newest first. */
  others?: readonly Task[] | undefined
  source?: SourceFacts | undefined
  quotas?: readonly Quota[] | undefined
  /** The stores that the server offers; undefined if it has one store, which has no name. */
  stores?: readonly StoreRecord[] | undefined
  /** Milliseconds since the epoch. */
  now?: number | undefined
}

/** The stores in which the last import failed, according to the image. */
export function failedStoresOf(image: Image | null | undefined): string[] {
  return storeNames(image?.os_glance_failed_import)
}

/** Counts for each store the images that it accepted and rejected. */
export function storeRecordsOf(stores: readonly string[], images: readonly Image[]): StoreRecord[] {
  const countOf = (store: string, key: 'stores' | 'os_glance_failed_import') =>
    images.filter((image) => image.status === 'active' && storeNames(image[key]).includes(store)).length
  return stores.map((id) => ({
    id,
    images: countOf(id, 'stores'),
    failures: countOf(id, 'os_glance_failed_import'),
  }))
}

/** Glance's messages are short. The rest of a longer one is ignored. */
const LONGEST_MESSAGE = 2000

/** The message of a task; empty if it does not explain a failure. */
export function serverReason(task: Task | undefined): string {
  const message = task === undefined ? '' : messageOf(task).slice(0, LONGEST_MESSAGE).trim()
  return task?.status === 'failure' && /^(?:Task failed due to Internal Error|Copied \d+ MiB)\.?$/i.test(message)
    ? ''
    : message
}

/** Milliseconds since a task was created or last changed; undefined if that is unknown. */
export function ageOf(time: string | undefined, now: number | undefined): number | undefined {
  const age = now === undefined || time === undefined ? Number.NaN : now - Date.parse(time)
  return Number.isNaN(age) ? undefined : Math.max(0, age)
}

/** Whether a task is still expected to change. */
export function isOpen(task: Task): boolean {
  return !hasEnded(task)
}
