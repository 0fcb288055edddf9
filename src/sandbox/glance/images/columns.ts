import type { ImageRow } from './store.js'

/** The value of a column. */
export type Value = string | number | null

/** The columns that a list of images can be sorted by. */
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

export type SortColumn = keyof typeof SORT_COLUMNS

/** The columns that a filter compares for equality only. */
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

/** SQL's order: null first, then numbers, then strings. */
export function compareValues(a: Value, b: Value): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? -1 : 1
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1
  return a < b ? -1 : 1
}
