import type { Context } from '../context.js'
import { forbidden, notFound } from '../problem.js'
import type { ImageRow, ImageStore } from './store.js'

/** Whether someone may see an image. */
export function isVisible({ isAdmin, projectId }: Context, { owner, visibility }: ImageRow): boolean {
  return isAdmin || owner === null || visibility === 'public' || visibility === 'community' || owner === projectId
}

/**
 * An image that the caller may see.
 *
 * @throws GlanceProblem 404, in the given words.
 */
export function findImage(
  context: Context,
  images: ImageStore,
  id: string,
  absent = `No image found with ID ${id}`,
): ImageRow {
  const row = images.get(id)
  if (!row || !isVisible(context, row)) throw notFound(absent)
  return row
}

/**
 * Requires that the caller may change an image: its owner, or an admin.
 *
 * @throws GlanceProblem 403, in the given words.
 */
export function requireOwnership({ isAdmin, projectId }: Context, { owner }: ImageRow, refusal: string): void {
  const own = owner !== null && owner === projectId
  if (!isAdmin && !own) throw forbidden(refusal)
}
