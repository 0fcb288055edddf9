import { forbidden } from '../problem.js'
import { done } from '../reply.js'
import { type Route, withoutBody } from '../router.js'
import { findImage, requireMutable } from './access.js'
import type { ImagesOptions } from './routes.js'
import type { ImageStatus } from './store.js'

/** /v2/images/{id}/actions: whether an image's data may be used. */
export function imageActionRoutes(options: ImagesOptions): Route[] {
  return [
    switchRoute('deactivate', 'active', 'deactivated', options),
    switchRoute('reactivate', 'deactivated', 'active', options),
  ]
}

function switchRoute(action: string, from: ImageStatus, to: ImageStatus, { images, ticker }: ImagesOptions): Route {
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
