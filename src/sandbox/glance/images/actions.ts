import { forbidden } from '../problem.js'
import { emptyReply } from '../reply.js'
import { type Route, refusesBody } from '../router.js'
import { findImage, requireOwnership } from './access.js'
import type { ImagesOptions } from './routes.js'
import type { ImageStatus } from './store.js'

/** /v2/images/{id}/actions: deactivates and reactivates an image. */
export function imageActionRoutes(options: Pick<ImagesOptions, 'images' | 'ticker'>): Route[] {
  return [
    switchRoute('deactivate', 'active', 'deactivated', options),
    switchRoute('reactivate', 'deactivated', 'active', options),
  ]
}

function switchRoute(
  action: string,
  from: ImageStatus,
  to: ImageStatus,
  { images, ticker }: Pick<ImagesOptions, 'images' | 'ticker'>,
): Route {
  return {
    pattern: `/images/{id}/actions/${action}`,
    methods: {
      POST: refusesBody((context, { id = '' }) => {
        const row = findImage(context, images, id)
        requireOwnership(context, row, 'You do not own this image')
        if (row.status !== from && row.status !== to) {
          throw forbidden(`Not allowed to ${action} image in status '${row.status}'`)
        }
        if (row.status === from) images.update(row, { status: to, updatedAt: ticker.tick() })
        return emptyReply(204)
      }),
    },
  }
}
