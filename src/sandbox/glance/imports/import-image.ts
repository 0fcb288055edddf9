import { isJsonObject, type JsonObject, type JsonValue } from '../../../http/json.js'
import type { Reply } from '../../http/exchange.js'
import { str } from '../../python/pprint.js'
import type { Ticker } from '../../ticker.js'
import { jsonBody } from '../body.js'
import type { Context } from '../context.js'
import { findImage, requireOwnership } from '../images/access.js'
import { unknownStore } from '../images/data.js'
import type { Quota } from '../images/quota.js'
import type { ImageRow, ImageStore } from '../images/store.js'
import { badRequest, conflict, internalError, notAuthorized } from '../problem.js'
import { emptyReply } from '../reply.js'
import type { Route } from '../router.js'
import { type FailureChance, outcomeAt } from '../tasks/outcome.js'
import { newTask } from '../tasks/record.js'
import type { TaskStore } from '../tasks/store.js'
import { isDownloaded } from './download.js'
import { requireUnlocked } from './import-lock.js'
import { type ImportFilter, isFalsy, passesFilter } from './import-uri.js'
import { IMPORT_METHODS, IMPORT_TASK, type ImportMethod, type ImportSource } from './run.js'
import type { ImportRunner } from './runner.js'

/** What the import route needs. */
export interface ImportOptions {
  images: ImageStore
  tasks: TaskStore
  runner: ImportRunner
  ticker: Ticker
  filter: ImportFilter
  stores: readonly string[]
  quota: Quota
  failsByChance: FailureChance
  /** How long an import takes, in milliseconds. */
  taskDuration: number
}

/** The parsed body of POST /v2/images/{id}/import. */
interface ImportRequest {
  body: JsonObject
  /** The object `method` of the body. */
  target: JsonObject
  method: ImportMethod
  uri: JsonValue | undefined
}

/** POST /v2/images/{id}/import: the interoperable image import, which Glance recommends. */
export function importRoute(options: ImportOptions): Route {
  return {
    pattern: '/images/{id}/import',
    methods: { POST: (context, { id = '' }) => importImage(context, id, options) },
  }
}

function importImage(context: Context, id: string, options: ImportOptions): Reply {
  const request = requestOf(context)
  options.quota.enforce('image_size_total', context.projectId)
  const image = findImage(context, options.images, id)
  checkStatus(image, request.method)
  for (const [key, value] of [
    ['container_format', image.containerFormat],
    ['disk_format', image.diskFormat],
  ]) {
    if (!value) throw conflict(`'${key}' needs to be set before import`)
  }
  if (request.method === 'glance-download') requireOrigin(request.target)
  if (request.method !== 'copy-image') requireOwnership(context, image, 'You do not own this image')
  else if (!context.isAdmin) throw notAuthorized('copy_image')
  requireUnlocked(image, options.images, options.tasks, options.ticker.now())
  const stores = storesOf(context, request, image, options.stores)
  if (request.method === 'copy-image' && stores.length === 0) return emptyReply(202)
  if (request.method === 'web-download') requireUri(request.uri ?? null, options.filter)
  startImport(context, image, request, stores, options)
  return emptyReply(202)
}

/** @throws GlanceProblem */
function requestOf({ exchange }: Context): ImportRequest {
  const body = jsonBody(exchange)
  if (body === undefined) throw badRequest('Body expected in request.')
  if (!isJsonObject(body)) throw internalError()
  if (body.method === undefined) throw badRequest("Import request requires a 'method' field.")
  if (!isJsonObject(body.method)) throw internalError()
  const { name, uri } = body.method
  if (name === undefined) throw badRequest("Import request requires a 'name' field.")
  const method = IMPORT_METHODS.find((known) => known === name)
  if (method === undefined) throw badRequest(`Unknown import method name '${str(name)}'.`)
  for (const key of ['all_stores_must_succeed', 'all_stores']) {
    if (typeof (body[key] ?? true) !== 'boolean' || body[key] === null) {
      throw badRequest(`'${key}' must be boolean value only`)
    }
  }
  return { body, target: body.method, method, uri }
}

/** @throws GlanceProblem */
function requireUri(uri: JsonValue, filter: ImportFilter): void {
  // Glance passes it to urlsplit, which fails unless it is a Python string.
  if (!isFalsy(uri) && typeof uri !== 'string') throw internalError()
  if (!passesFilter(uri, filter)) throw badRequest(`URI for web-download does not pass filtering: ${str(uri)}`)
}

/**
 * Requires the region and the image that glance-download copies, and adds the default interface, as Glance does.
 *
 * @throws GlanceProblem
 */
function requireOrigin(target: JsonObject): void {
  for (const key of ['glance_region', 'glance_image_id']) {
    if (!(key in target)) throw badRequest(`'${key}' needs to be set for glance-download import method`)
  }
  const id = target.glance_image_id
  if (typeof id !== 'string') throw internalError()
  // What Python's UUID accepts.
  const digits = id
    .replace(/urn:|uuid:/g, '')
    .replace(/^[{}]+|[{}]+$/g, '')
    .replaceAll('-', '')
  if (!/^[\da-f]{32}$/i.test(digits)) throw badRequest(`Remote image id does not look like a UUID: ${id}`)
  target.glance_service_interface ??= 'public'
}

/** @throws GlanceProblem 409 */
function checkStatus({ status }: ImageRow, method: string): void {
  if (method === 'copy-image') {
    if (status !== 'active') throw conflict('Only images with status active can be targeted for copying')
    return
  }
  if (status === 'active') throw conflict('Image with status active cannot be target for import')
  if ((method === 'web-download' || method === 'glance-download') && status !== 'queued') {
    throw conflict(`Image needs to be in 'queued' state to use '${method}' method`)
  }
  if (method === 'glance-direct' && status !== 'uploading') {
    throw conflict("Image needs to be staged before 'glance-direct' method can be used")
  }
}

/** @throws GlanceProblem */
function storesOf(
  context: Context,
  { body, method }: ImportRequest,
  image: ImageRow,
  known: readonly string[],
): string[] {
  const header = context.exchange.headers['x-image-meta-store']
  const all = body.all_stores === true
  if (all && (body.stores !== undefined || header !== undefined)) {
    throw badRequest("All_stores parameter can't be used with x-image-meta-store header or stores parameter")
  }
  if (body.stores !== undefined && header !== undefined) {
    throw badRequest("Stores parameter and x-image-meta-store header can't be both specified")
  }
  const named = body.stores === undefined ? [header ?? known[0] ?? ''] : storeNamesIn(body.stores)
  const stores = all ? [...known] : named
  const unknown = stores.find((store) => !known.includes(store))
  if (unknown !== undefined) throw conflict(unknownStore(unknown))
  if (method !== 'copy-image') return stores
  if (all) return stores.filter((store) => !image.stores.includes(store))
  const present = image.stores.find((store) => stores.includes(store))
  if (present !== undefined) throw badRequest(`Image is already present at store '${present}'`)
  return stores
}

/** The items that Python iterates over when the list of store names has another type. */
function storeNamesIn(value: JsonValue): string[] {
  if (typeof value === 'string') return [...value]
  if (isJsonObject(value)) return Object.keys(value)
  // Python cannot iterate over the value, or an item is not hashable.
  if (!Array.isArray(value) || value.some((item) => Array.isArray(item) || isJsonObject(item))) throw internalError()
  return value.map(str)
}

function startImport(
  context: Context,
  image: ImageRow,
  request: ImportRequest,
  stores: string[],
  { images, runner, ticker, filter, taskDuration, failsByChance }: ImportOptions,
): void {
  const input = { image_id: image.id, import_req: request.body, backend: stores }
  const now = ticker.tick()
  const task = newTask(context, now, { type: 'api_image_import', imageId: image.id, input })
  images.update(image, { properties: new Map([[IMPORT_TASK, task.id], ...image.properties]) })
  const { stuck } = request.method === 'web-download' ? outcomeAt(request.uri) : {}
  const source = sourceOf(context, request, filter)
  const isStuck = source.kind === 'zeros' ? stuck : undefined
  runner.start(task, {
    method: request.method,
    source,
    stores,
    tried: 0,
    filled: [],
    allMustSucceed: request.body.all_stores_must_succeed !== false,
    failsByChance: failsByChance(),
    phase: 'pending',
    copyingSince: 0,
    ...timesOf(now, taskDuration * 1000, stores.length, isStuck),
  })
}

function sourceOf(
  { isAdmin, projectId }: Context,
  { method, uri, target }: ImportRequest,
  filter: ImportFilter,
): ImportSource {
  if (method === 'glance-direct' || method === 'copy-image') return { kind: 'image' }
  if (method === 'glance-download') {
    const { glance_region: region, glance_image_id: imageId, glance_service_interface: name } = target
    // Without an endpoint the import fails, as with a region that does not exist.
    const isKnown = name === 'public' || name === 'internal' || name === 'admin'
    return { kind: 'region', region: isKnown ? str(region ?? null) : '', imageId: String(imageId), isAdmin, projectId }
  }
  return isDownloaded(uri, filter) ? { kind: 'url', uri } : { kind: 'zeros', fails: outcomeAt(uri).error !== undefined }
}

/** The times of an import: a quarter of its duration each to wait and to get the data, half of it to copy them. */
function timesOf(created: number, duration: number, stores: number, stuck: 'pending' | 'processing' | undefined) {
  // Creation times have extra microseconds that make them unique. Without them the task ends after exactly its duration
  // on a clock of milliseconds.
  const since = created - (created % 1000)
  const quarter = Math.floor(duration / 4)
  return {
    next: stuck === 'pending' ? null : since + quarter,
    fetchTime: stuck === 'processing' ? null : quarter,
    copyTime: Math.floor((duration - 2 * quarter) / stores),
    unlockTime: Math.floor(duration / 10),
  }
}
