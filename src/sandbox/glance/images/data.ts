import type { Reply } from '../../http/exchange.js'
import { contentType } from '../body.js'
import type { Context } from '../context.js'
import { isBroken } from '../imports/run.js'
import { badRequest, conflict, forbidden, internalError, unsupportedMediaType } from '../problem.js'
import { emptyReply } from '../reply.js'
import { type Route, refusesBody } from '../router.js'
import { findImage, requireOwnership } from './access.js'
import { rangeOf } from './range.js'
import type { ImagesOptions } from './routes.js'
import { canTransition, type ImageRow, type ImageStatus, type ImageStore } from './store.js'

/** /v2/images/{id}/file and /stage: the data of an image, and data staged for an import. */
export function imageDataRoutes(options: ImagesOptions): Route[] {
  const { images } = options
  return [
    {
      pattern: '/images/{id}/file',
      methods: {
        GET: refusesBody((context, { id = '' }) => download(context, id, images)),
        PUT: (context, { id = '' }) => upload(context, id, options),
      },
    },
    { pattern: '/images/{id}/stage', methods: { PUT: (context, { id = '' }) => stage(context, id, options) } },
  ]
}

function download(context: Context, id: string, images: ImageStore): Reply {
  const row = findImage(context, images, id)
  if (row.status === 'deactivated' && !context.isAdmin) {
    throw forbidden('The requested image has been deactivated. Image data download is forbidden.')
  }
  const data = row.stores.length > 0 ? images.data(id) : undefined
  if (!data) return { status: 204, reason: 'No Content', headers: { 'Content-Length': '0' }, body: '' }
  const headers = { 'Content-Type': 'application/octet-stream', 'Content-MD5': row.checksum ?? '' }
  const range = rangeOf(context.exchange, data.length)
  if (!range) return { status: 200, reason: 'OK', headers, body: data }
  const [start, end] = range
  return {
    status: 206,
    reason: 'Partial Content',
    headers: { ...headers, 'Content-Range': `bytes ${start}-${end - 1}/${data.length}` },
    body: data.subarray(start, end),
  }
}

function requireOctets({ exchange }: Context): void {
  if (contentType(exchange) !== 'application/octet-stream') throw unsupportedMediaType(exchange)
}

function upload(context: Context, id: string, { images, ticker, stores, quota }: ImagesOptions): Reply {
  requireOctets(context)
  quota.enforce('image_size_total', context.projectId)
  const store = context.exchange.headers['x-image-meta-store'] ?? stores[0] ?? ''
  if (!stores.includes(store)) throw badRequest(unknownStore(store))
  const row = findImage(context, images, id)
  requireOwnership(context, row, `Not allowed to upload image data for image ${id}`)
  requireTransition(row, 'saving')
  const absent = (['disk_format', 'container_format'] as const).filter((key) => !formatOf(row, key))
  if (absent.length > 0) {
    const subject = absent.length === 1 ? 'Property' : 'Properties'
    throw badRequest(`${subject} ${absent.join(', ')} must be set prior to saving data.`)
  }
  quota.enforce('image_count_uploading', context.projectId, 1)
  if (isBroken(store)) throw internalError()
  images.fill(row, context.exchange.body, store, { active: true, now: ticker.tick() })
  return emptyReply(204)
}

function formatOf(row: ImageRow, key: 'disk_format' | 'container_format'): string | null {
  return key === 'disk_format' ? row.diskFormat : row.containerFormat
}

/** Glance's message about a store that does not exist. */
export function unknownStore(store: string): string {
  return `Store for identifier ${store} not found`
}

function stage(context: Context, id: string, { images, quota }: ImagesOptions): Reply {
  requireOctets(context)
  quota.enforce('image_stage_total', context.projectId)
  const row = findImage(context, images, id)
  requireOwnership(context, row, 'You do not own this image')
  requireTransition(row, 'uploading')
  quota.enforce('image_count_uploading', context.projectId, 1)
  images.stage(row, context.exchange.body)
  return emptyReply(204)
}

function requireTransition({ status }: ImageRow, to: ImageStatus): void {
  if (!canTransition(status, to)) throw conflict(`Image status transition from ${status} to ${to} is not allowed`)
}
