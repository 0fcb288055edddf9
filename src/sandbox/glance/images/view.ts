import type { JsonObject } from '../../../http/json.js'
import { isoSeconds } from '../../ticker.js'
import type { Context } from '../context.js'
import type { ImageRow } from './store.js'

/** An image in Glance's JSON format. */
export function imageView(row: ImageRow, { isAdmin }: Context): JsonObject {
  const view: JsonObject = {
    ...Object.fromEntries(row.properties),
    name: row.name,
    disk_format: row.diskFormat,
    container_format: row.containerFormat,
    visibility: row.visibility,
    size: row.size,
    virtual_size: row.virtualSize,
    status: row.status,
    checksum: row.checksum,
    protected: row.protected,
    min_ram: row.minRam,
    min_disk: row.minDisk,
    owner: row.owner,
    os_hidden: row.hidden,
    os_hash_algo: row.hash === null ? null : 'sha512',
    os_hash_value: row.hash,
    id: row.id,
    created_at: isoSeconds(row.createdAt),
    updated_at: isoSeconds(row.updatedAt),
    tags: row.tags,
    self: `/v2/images/${row.id}`,
    file: `/v2/images/${row.id}/file`,
    schema: '/v2/schemas/image',
  }
  const shown = row.status !== 'deactivated' || isAdmin
  if (shown && row.stores.length > 0) view.stores = row.stores.join(',')
  return view
}

/**
 * The image in the answer to a create or a patch. Glance repeats the given owner and sizes there, such as an empty owner
 * or a float. Later answers have the values that the database stored.
 */
export function withGivenValues(view: JsonObject, given: JsonObject): JsonObject {
  const changed = ['owner', 'min_disk', 'min_ram'].filter((key) => Object.hasOwn(given, key))
  return { ...view, ...Object.fromEntries(changed.map((key) => [key, given[key] ?? null])) }
}
