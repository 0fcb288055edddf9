import type { Reply } from '../../http/exchange.js'
import type { Ticker } from '../../ticker.js'
import { validate } from '../body.js'
import type { Context } from '../context.js'
import { notFound } from '../problem.js'
import { emptyReply } from '../reply.js'
import { type Route, refusesBody } from '../router.js'
import { findImage, requireOwnership } from './access.js'
import { requireTagQuota } from './limits.js'
import type { ImagesOptions } from './routes.js'
import { BASE_IMAGE_SCHEMA } from './schema.js'
import type { ImageStore } from './store.js'

/** /v2/images/{id}/tags/{tag}: adds and removes a tag. */
export function imageTagsRoute({ images, ticker }: Pick<ImagesOptions, 'images' | 'ticker'>): Route {
  return {
    pattern: '/images/{id}/tags/{tag}',
    methods: {
      PUT: refusesBody((context, { id = '', tag = '' }) => addTag(context, id, tag, images, ticker)),
      DELETE: refusesBody((context, { id = '', tag = '' }) => removeTag(context, id, tag, images, ticker)),
    },
  }
}

function addTag(context: Context, id: string, tag: string, images: ImageStore, ticker: Ticker): Reply {
  validate({ tags: [tag] }, BASE_IMAGE_SCHEMA, 'image')
  const row = findImage(context, images, id, `Image ${id} not found.`)
  requireOwnership(context, row, `Not allowed to update tags for image ${id}.`)
  const tags = [...new Set([...row.tags, tag])].sort()
  requireTagQuota(tags, (limit) => `Image tag limit exceeded for image ${id}: ${limit}:`)
  images.update(row, { tags, updatedAt: ticker.tick() })
  return emptyReply(204)
}

function removeTag(context: Context, id: string, tag: string, images: ImageStore, ticker: Ticker): Reply {
  const row = findImage(context, images, id, `Image ${id} not found.`)
  requireOwnership(context, row, `Not allowed to delete tags for image ${id}.`)
  if (!row.tags.includes(tag)) throw notFound()
  images.update(row, { tags: row.tags.filter((one) => one !== tag), updatedAt: ticker.tick() })
  return emptyReply(204)
}
