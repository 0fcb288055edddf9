import type { ListOptions } from '../../tasks/list/list.js'
import type { CloudConnection } from '../cloud-connection.js'
import type { Context } from '../context.js'
import { wholeIds } from '../input/whole-ids.js'

/**
 * The query of a list in one cloud, with IDs for the name of the owner and for a shortened marker. Returns the query itself if it
 * needs neither.
 *
 * @throws the errors of ownerId() and wholeIds()
 */
export async function wholeQuery<Q extends Pick<ListOptions, 'owner' | 'marker' | 'imageId'>>(
  context: Context,
  connection: CloudConnection,
  query: Q,
  onWarning: (text: string) => void,
): Promise<Q> {
  const { owner, marker, imageId } = query
  let whole = query
  if (owner !== undefined) {
    const { ownerId } = await import('../owner.js')
    whole = { ...whole, owner: await ownerId(connection.session, owner, { signal: context.signal, onWarning }) }
  }
  // The list of an image needs no list of all tasks, which members are not allowed to read.
  if (marker !== undefined && imageId === undefined) {
    const [id] = await wholeIds(context, [connection], [marker])
    whole = { ...whole, marker: id }
  }
  return whole
}
