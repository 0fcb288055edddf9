import type { JsonObject } from '../../../http/json.js'
import { isoMicroseconds, type Ticker } from '../../ticker.js'
import type { Context } from '../context.js'
import { findImage } from '../images/access.js'
import type { ImageStore } from '../images/store.js'
import { asciiJson } from '../reply.js'
import { type Route, refusesBody } from '../router.js'
import type { TaskRow, TaskStore } from './store.js'

/** What the route needs. */
export interface ImageTasksOptions {
  images: ImageStore
  store: TaskStore
  ticker: Ticker
}

/**
 * GET /v2/images/{id}/tasks: the tasks of an image, for every user who may read the image. Glance returns the rows of its
 * database, in another format than the Tasks API.
 */
export function imageTasksRoute({ images, store, ticker }: ImageTasksOptions): Route {
  return {
    pattern: '/images/{id}/tasks',
    unlisted: true,
    methods: {
      GET: refusesBody((context, { id = '' }) => {
        findImage(context, images, id, 'The resource could not be found.')
        const now = ticker.now()
        if (context.projectId) store.removeExpired(context.projectId, now)
        const rows = store.ofImage(id).filter((row) => isShown(context, row, now))
        return asciiJson({ tasks: rows.map(rowView) })
      }),
    },
  }
}

function isShown({ isAdmin, projectId }: Context, row: TaskRow, now: number): boolean {
  if (row.expiresAt !== null && row.expiresAt < now) return false
  return isAdmin || (row.owner === projectId && row.deletedAt === null)
}

function rowView(row: TaskRow): JsonObject {
  const time = (us: number | null) => (us === null ? null : isoMicroseconds(us))
  return {
    id: row.id,
    type: row.type,
    status: row.status,
    owner: row.owner,
    expires_at: time(row.expiresAt),
    created_at: time(row.createdAt),
    updated_at: time(row.updatedAt),
    deleted_at: time(row.deletedAt),
    deleted: row.deletedAt !== null,
    image_id: row.imageId,
    request_id: row.requestId,
    user_id: row.userId,
    input: row.input,
    result: row.result,
    message: row.message,
  }
}
