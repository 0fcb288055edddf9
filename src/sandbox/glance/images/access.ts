import type { Context } from '../context.js'
import { forbidden, notFound } from '../problem.js'
import type { ImageRow, ImageStore } from './store.js'

/** Whether the user may read an image. */
export function isVisible(
  { isAdmin, projectId }: Pick<Context, 'isAdmin' | 'projectId'>,
  { owner, visibility }: ImageRow,
): boolean {
  return isAdmin || owner === null || visibility === 'public' || visibility === 'community' || owner === projectId
}

/**
 * Finds an image that the user may read.
 *
 * @param absent the message of the 404.
 * @throws GlanceProblem 404.
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
 * Requires that the user may change an image: as its owner or as an admin.
 *
 * @param refusal the message of the 403.
 * @throws GlanceProblem 403.
 */
export function requireOwnership({ isAdmin, projectId }: Context, { owner }: ImageRow, refusal: string): void {
  const own = owner !== null && owner === projectId
  if (!isAdmin && !own) throw forbidden(refusal)
}
