import type { ImageRow } from './store.js'

/** What a column holds. */
export type Value = string | number | null

/** The columns of an image that a list can be sorted by. */
export const SORT_COLUMNS = {
  name: (row) => row.name,
  status: (row) => row.status,
  container_format: (row) => row.containerFormat,
  disk_format: (row) => row.diskFormat,
  size: (row) => row.size,
  id: (row) => row.id,
  created_at: (row) => row.createdAt,
  updated_at: (row) => row.updatedAt,
} satisfies Record<string, (row: ImageRow) => Value>

/** A column to sort by. */
export type SortColumn = keyof typeof SORT_COLUMNS

/** The columns that a filter compares as they are. */
export const EQUALITY_COLUMNS: Record<string, (row: ImageRow) => Value> = {
  owner: (row) => row.owner,
  visibility: (row) => row.visibility,
  size: (row) => row.size,
  virtual_size: (row) => row.virtualSize,
  min_ram: (row) => row.minRam,
  min_disk: (row) => row.minDisk,
  checksum: (row) => row.checksum,
  os_hash_value: (row) => row.hash,
  os_hash_algo: (row) => (row.hash === null ? null : 'sha512'),
}

/** SQL's order: null comes first, and a number before a text. */
export function compareValues(a: Value, b: Value): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? -1 : 1
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1
  return a < b ? -1 : 1
}
