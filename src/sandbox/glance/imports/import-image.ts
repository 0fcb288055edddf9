import { isJsonObject, type JsonObject, type JsonValue } from '../../../http/json.js'
import type { Reply } from '../../http/exchange.js'
import { isUuidLike } from '../../ids.js'
import { isTruthy } from '../../python/json.js'
import { str } from '../../python/pprint.js'
import { jsonBody } from '../body.js'
import type { Context } from '../context.js'
import { findImage, requireOwnership } from '../images/access.js'
import { unknownStore } from '../images/data.js'
import type { ImageRow } from '../images/store.js'
import { badRequest, conflict, internalError, notAuthorized } from '../problem.js'
import { emptyReply } from '../reply.js'
import type { Route } from '../router.js'
import { requireUnlocked } from './import-lock.js'
import { type ImportFilter, passesFilter } from './import-uri.js'
import { IMPORT_METHODS } from './run.js'
import { type ImportOptions, type ImportRequest, startImport } from './start-import.js'

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
  if (isTruthy(uri) && typeof uri !== 'string') throw internalError()
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
  if (!isUuidLike(id)) throw badRequest(`Remote image id does not look like a UUID: ${id}`)
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
