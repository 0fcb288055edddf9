import type { CloudConnection } from '../cloud-connection.js'
import type { Context } from '../context.js'
import { isShortened } from './read-ids.js'

/**
 * Replaces shortened ids by whole ones. Sends no request for whole ids.
 *
 * @throws UsageError for an id that could mean several tasks; the errors of a list.
 */
export async function wholeIds(
  context: Context,
  connections: readonly CloudConnection[],
  ids: readonly string[],
): Promise<string[]> {
  if (!ids.some(isShortened)) return [...ids]
  const { findIds } = await import('./find-ids.js')
  return findIds(context, connections, ids)
}
