import type { Reply } from '../exchange.js'
import type { Ticker } from '../ticker.js'
import { contentType } from './body.js'
import type { Context } from './context.js'
import { findImage, requireMutable } from './image-access.js'
import { BASE_IMAGE_SCHEMA } from './image-schema.js'
import { type ImageRow, type ImageStatus, type ImageStore, mayBecome } from './image-store.js'
import { badRequest, conflict, forbidden, GlanceProblem, notFound, unsupportedMediaType } from './problem.js'
import { done } from './reply.js'
import { type Route, withoutBody } from './routes.js'
import { validate } from './validate.js'

export interface DataOptions {
  images: ImageStore
  ticker: Ticker
  stores: readonly string[]
}

/** An image's data, tags, and whether it may be used. */
export function imageDataRoutes(options: DataOptions): Route[] {
  const { images, ticker } = options
  return [
    {
      pattern: '/images/{id}/file',
      methods: {
        GET: withoutBody((context, { id = '' }) => download(context, id, images)),
        PUT: (context, { id = '' }) => upload(context, id, options),
      },
    },
    { pattern: '/images/{id}/stage', methods: { PUT: (context, { id = '' }) => stage(context, id, options) } },
    {
      pattern: '/images/{id}/tags/{tag}',
      methods: {
        PUT: withoutBody((context, { id = '', tag = '' }) => addTag(context, id, tag, images, ticker)),
        DELETE: withoutBody((context, { id = '', tag = '' }) => removeTag(context, id, tag, images, ticker)),
      },
    },
    switchRoute('deactivate', 'active', 'deactivated', images, ticker),
    switchRoute('reactivate', 'deactivated', 'active', images, ticker),
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
  const range = rangeOf(context.exchange.headers.range, data.length)
  if (!range) return { status: 200, reason: 'OK', headers, body: data }
  const [start, end] = range
  return {
    status: 206,
    reason: 'Partial Content',
    headers: { ...headers, 'Content-Range': `bytes ${start}-${end - 1}/${data.length}` },
    body: data.subarray(start, end),
  }
}

/** The bytes that a Range header asks for: from the first to behind the last. */
function rangeOf(header: string | undefined, size: number): [number, number] | undefined {
  if (header === undefined) return undefined
  if (header.includes(',')) {
    throw badRequest(
      'Requests with multiple ranges are not supported in Glance. You may make multiple single-range requests instead.',
    )
  }
  const [, first = '', final = ''] = /^bytes=(\d*)-(\d*)$/.exec(header.trim()) ?? []
  const backwards = first !== '' && final !== '' && Number(final) < Number(first)
  if (backwards || (first === '' && final === '')) {
    throw new GlanceProblem(416, RANGE, { detail: 'Invalid Range header.' })
  }
  if (first === '') return [Math.max(0, size - Number(final)), size]
  if (Number(first) >= size) {
    const detail = `Invalid start position in Range header. Start position MUST be in the inclusive range [0, ${size - 1}].`
    throw new GlanceProblem(416, RANGE, { detail })
  }
  return [Number(first), final === '' ? size : Math.min(Number(final) + 1, size)]
}

const RANGE = 'The Range requested is not available.'

function requireOctets({ exchange }: Context): void {
  if (contentType(exchange) !== 'application/octet-stream') throw unsupportedMediaType(exchange)
}

function upload(context: Context, id: string, { images, ticker, stores }: DataOptions): Reply {
  requireOctets(context)
  const store = context.exchange.headers['x-image-meta-store'] ?? stores[0] ?? ''
  if (!stores.includes(store)) throw badRequest(unknownStore(store))
  const row = findImage(context, images, id)
  requireMutable(context, row, `Not allowed to upload image data for image ${id}`)
  requireTransition(row, 'saving')
  const absent = (['disk_format', 'container_format'] as const).filter((key) => !formatOf(row, key))
  if (absent.length > 0) {
    const subject = absent.length === 1 ? 'Property' : 'Properties'
    throw badRequest(`${subject} ${absent.join(', ')} must be set prior to saving data.`)
  }
  images.activate(row, context.exchange.body, [store], ticker.tick())
  return done(204)
}

function formatOf(row: ImageRow, key: 'disk_format' | 'container_format'): string | null {
  return key === 'disk_format' ? row.diskFormat : row.containerFormat
}

/** What Glance says of a store that it does not have. */
export function unknownStore(store: string): string {
  return `Store for identifier ${store} not found`
}

function stage(context: Context, id: string, { images }: DataOptions): Reply {
  requireOctets(context)
  const row = findImage(context, images, id)
  requireMutable(context, row, 'You do not own this image')
  requireTransition(row, 'uploading')
  images.stage(row, context.exchange.body)
  return done(204)
}

function requireTransition({ status }: ImageRow, to: ImageStatus): void {
  if (!mayBecome(status, to)) throw conflict(`Image status transition from ${status} to ${to} is not allowed`)
}

function addTag(context: Context, id: string, tag: string, images: ImageStore, ticker: Ticker): Reply {
  validate({ tags: [tag] }, BASE_IMAGE_SCHEMA, 'image')
  const row = findImage(context, images, id, `Image ${id} not found.`)
  requireMutable(context, row, `Not allowed to update tags for image ${id}.`)
  images.update(row, { tags: [...new Set([...row.tags, tag])].sort(), updatedAt: ticker.tick() })
  return done(204)
}

function removeTag(context: Context, id: string, tag: string, images: ImageStore, ticker: Ticker): Reply {
  const row = findImage(context, images, id, `Image ${id} not found.`)
  requireMutable(context, row, `Not allowed to delete tags for image ${id}.`)
  if (!row.tags.includes(tag)) throw notFound()
  images.update(row, { tags: row.tags.filter((one) => one !== tag), updatedAt: ticker.tick() })
  return done(204)
}

function switchRoute(action: string, from: ImageStatus, to: ImageStatus, images: ImageStore, ticker: Ticker): Route {
  return {
    pattern: `/images/{id}/actions/${action}`,
    methods: {
      POST: withoutBody((context, { id = '' }) => {
        const row = findImage(context, images, id)
        requireMutable(context, row, 'You do not own this image')
        if (row.status !== from && row.status !== to) {
          throw forbidden(`Not allowed to ${action} image in status '${row.status}'`)
        }
        if (row.status === from) images.update(row, { status: to, updatedAt: ticker.tick() })
        return done(204)
      }),
    },
  }
}
