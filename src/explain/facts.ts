import { isJsonObject, type JsonObject } from '../http/json.js'
import { type Image, storeNames } from '../images/image.js'
import { hasEnded, type Task } from '../tasks/task.js'

/** What a URL looks like from this machine. */
export interface SourceFacts {
  /** The URL without secrets. */
  url: string
  /** The HTTP status that this client gets; undefined if no answer came. */
  status?: number | undefined
  /** The HTTP status that a client gets that calls itself Python-urllib, as Glance's downloader does. */
  statusForGlance?: number | undefined
  /** Why no answer came, or why its body did not. */
  failure?: { kind: 'unresolvable' | 'certificate' | 'unreachable' | 'stalled' | 'cut_short'; text: string } | undefined
  /** The URLs that it redirects to, in order, without secrets. */
  redirects?: readonly string[] | undefined
  /** Whether the host has both IPv4 and IPv6 addresses. */
  isDualStack?: boolean | undefined
  /** The length in bytes. */
  size?: number | undefined
  /** The disk format of the first bytes; undefined if they are no image, or compressed. */
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

/** How a store did with the newest other images of the project. */
export interface StoreRecord {
  id: string
  /** How many of them it has. */
  images: number
  /** How many of them it did not take, although another store did. */
  failures: number
}

/** What is known about a task or an image. What is left out was not looked at. */
export interface Facts {
  task?: Task | undefined
  /** null: there is no such image, or this user may not see it. */
  image?: Image | null | undefined
  /** Other tasks of the same image, newest first. */
  others?: readonly Task[] | undefined
  source?: SourceFacts | undefined
  quotas?: readonly Quota[] | undefined
  /** The stores that the server offers; undefined where it has one store, which has no name. */
  stores?: readonly StoreRecord[] | undefined
  /** Milliseconds since the epoch. */
  now?: number | undefined
}

/** The way by which a task gets the bytes of an image. */
export type Method = 'import' | 'web-download' | 'glance-direct' | 'copy-image' | 'glance-download' | (string & {})

/** The `import_req` of a task that an image import made; undefined for other tasks. */
export function importRequestOf(task: Task | undefined): JsonObject | undefined {
  const request = task?.input?.import_req
  return isJsonObject(request) ? request : undefined
}

/** The parameters of the import method: `name`, `uri`, `glance_region`. */
export function methodParametersOf(task: Task | undefined): JsonObject {
  const method = importRequestOf(task)?.method
  return isJsonObject(method) ? method : {}
}

/** How the task gets the bytes; undefined where its input does not say. */
export function methodOf(task: Task | undefined): Method | undefined {
  if (task?.type === 'import') return 'import'
  return textOf(methodParametersOf(task).name)
}

/** The URL that the server downloads from, if there is one. */
export function urlOf(task: Task | undefined): string | undefined {
  const url = task?.type === 'import' ? task.input?.import_from : methodParametersOf(task).uri
  return textOf(url)
}

/** The id of the image that a task belongs to, wherever the task names it. */
export function imageIdOf(task: Task): string | undefined {
  return textOf(task.image_id) ?? textOf(task.result?.image_id) ?? textOf(task.input?.image_id)
}

/** The stores that the task writes to. */
export function storesOf(task: Task | undefined): string[] {
  const stores = task?.input?.backend
  return Array.isArray(stores) ? stores.flatMap((store) => textOf(store) ?? []) : []
}

/** The stores in which the last import failed, as the image names them. */
export function failedStoresOf(image: Image | null | undefined): string[] {
  return storeNames(image?.os_glance_failed_import)
}

/** Counts for each store what became of images in it. */
export function storeRecordsOf(stores: readonly string[], images: readonly Image[]): StoreRecord[] {
  const countOf = (store: string, key: 'stores' | 'os_glance_failed_import') =>
    images.filter((image) => image.status === 'active' && storeNames(image[key]).includes(store)).length
  return stores.map((id) => ({
    id,
    images: countOf(id, 'stores'),
    failures: countOf(id, 'os_glance_failed_import'),
  }))
}

/** Glance's messages are short. What is longer is not read on. */
const LONGEST_MESSAGE = 2000

/** What the server says about a task; empty where it says nothing that explains a failure. */
export function serverReason(task: Task | undefined): string {
  const message = (task?.message ?? '').slice(0, LONGEST_MESSAGE).trim()
  return task?.status === 'failure' && /^(?:Task failed due to Internal Error|Copied \d+ MiB)\.?$/i.test(message)
    ? ''
    : message
}

/** Milliseconds since a task was created or last changed; undefined if that cannot be known. */
export function ageOf(time: string | undefined, now: number | undefined): number | undefined {
  const age = now === undefined || time === undefined ? Number.NaN : now - Date.parse(time)
  return Number.isNaN(age) ? undefined : Math.max(0, age)
}

/** Whether a task is still expected to change. */
export function isOpen(task: Task): boolean {
  return !hasEnded(task)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
