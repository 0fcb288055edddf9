import { isJsonObject, type JsonObject } from '../../../http/json.js'
import { originOf, type Reply } from '../../http/exchange.js'
import { str } from '../../python/pprint.js'
import type { Ticker } from '../../ticker.js'
import { jsonBody, validate } from '../body.js'
import type { Context } from '../context.js'
import { IMPORT_METHODS } from '../imports/run.js'
import { queryOf } from '../paging.js'
import { badRequest, conflict, forbidden, forbiddenWithDetail, internalError, notAuthorized } from '../problem.js'
import { emptyReply, json } from '../reply.js'
import { type Route, refusesBody } from '../router.js'
import { findImage, requireOwnership } from './access.js'
import { listImages } from './list.js'
import { patchImage } from './patch.js'
import type { Quota } from './quota.js'
import { isReserved, newImage, READ_ONLY, readOnly, WRITABLE } from './record.js'
import { IMAGE_SCHEMA } from './schema.js'
import type { ImageStore } from './store.js'
import { imageView, withGivenValues } from './view.js'

/** What the image routes need. */
export interface ImagesOptions {
  images: ImageStore
  ticker: Ticker
  /** The stores for image data, the default store first. */
  stores: readonly string[]
  quota: Quota
}

/** /v2/images: image records. */
export function imageRoutes(options: ImagesOptions): Route[] {
  const { images, ticker } = options
  return [
    {
      pattern: '/images',
      methods: {
        GET: (context) => listImages(context, images, queryOf(context.exchange)),
        POST: (context) => createImage(context, options),
      },
    },
    {
      pattern: '/images/{id}',
      methods: {
        GET: refusesBody((context, { id = '' }) => json(200, imageView(findImage(context, images, id), context))),
        PATCH: (context, { id = '' }) => patchImage(context, id, images, ticker),
        DELETE: refusesBody((context, { id = '' }) => deleteImage(context, id, images)),
      },
    },
  ]
}

function createImage(context: Context, { images, ticker, stores, quota }: ImagesOptions): Reply {
  const body = jsonBody(context.exchange)
  if (body === undefined) throw badRequest('Body expected in request.')
  for (const key of ['direct_url', 'self', 'file', 'schema', 'stores']) {
    if (isJsonObject(body) ? key in body : Array.isArray(body) && body.includes(key)) throw readOnly(key)
  }
  validate(body, IMAGE_SCHEMA, 'image')
  if (!isJsonObject(body)) throw internalError()
  checkProperties(body)
  checkOwner(context, body)
  quota.enforce('image_count_total', context.projectId, 1)
  const row = newImage(body, { owner: context.projectId ?? null, now: ticker.tick() })
  if (images.has(row.id)) throw conflict(`Image ID ${row.id} already exists!`)
  images.add(row)
  const reply = json(201, withGivenValues(imageView(row, context), body))
  reply.headers.Location = `${originOf(context.exchange)}/v2/images/${row.id}`
  reply.headers['OpenStack-image-import-methods'] = IMPORT_METHODS.join(',')
  reply.headers['OpenStack-image-store-ids'] = stores.join(',')
  return reply
}

function checkProperties(body: JsonObject): void {
  for (const key of Object.keys(body)) {
    if (WRITABLE.has(key) || READ_ONLY.includes(key)) continue
    if ([...key].length > 255) throw badRequest('Custom property should not be greater than 255 characters.')
    if (isReserved(key)) throw forbiddenWithDetail(`Attribute '${key}' is reserved.`)
  }
}

function checkOwner({ isAdmin, projectId }: Context, { owner, visibility }: JsonObject): void {
  if (visibility === 'public' && !isAdmin) throw notAuthorized('publicize_image')
  if (!isAdmin && owner !== undefined && owner !== projectId) {
    throw forbidden(`You are not permitted to create images owned by '${str(owner)}'.`)
  }
}

function deleteImage(context: Context, id: string, images: ImageStore): Reply {
  const row = findImage(context, images, id, `Failed to find image ${id} to delete`)
  requireOwnership(context, row, 'You do not own this image')
  if (row.protected) throw forbidden(`Image ${id} is protected and cannot be deleted.`)
  images.remove(id)
  return emptyReply(204)
}
