import type { JsonValue } from '../../../http/json.js'

/** A task as Glance's database holds it. Times in microseconds since the epoch. */
export interface TaskRow {
  id: string
  type: string
  status: 'pending' | 'processing' | 'success' | 'failure'
  owner: string
  createdAt: number
  updatedAt: number
  /** When it is removed; null until it has ended. */
  expiresAt: number | null
  deletedAt: number | null
  imageId: string | null
  requestId: string | null
  userId: string | null
  input: JsonValue
  result: JsonValue
  message: string
  /** What is still to come; undefined when nothing is. */
  plan?: TaskPlan | undefined
}

/** How a task that is under way goes on. */
export interface TaskPlan {
  /** Undefined: it never begins. */
  startsAt?: number | undefined
  /** Undefined: it never ends. */
  endsAt?: number | undefined
  status: 'success' | 'failure'
  message: string
  result: JsonValue
}

/** The columns that a list can be filtered and sorted by, under their names in Glance's database. */
const COLUMNS = {
  id: (row) => row.id,
  type: (row) => row.type,
  status: (row) => row.status,
  owner: (row) => row.owner,
  image_id: (row) => row.imageId,
  request_id: (row) => row.requestId,
  user_id: (row) => row.userId,
  created_at: (row) => row.createdAt,
  updated_at: (row) => row.updatedAt,
  expires_at: (row) => row.expiresAt,
  deleted_at: (row) => row.deletedAt,
  deleted: (row) => (row.deletedAt === null ? 0 : 1),
} satisfies Record<string, (row: TaskRow) => string | number | null>

/** One of them. */
export type Column = keyof typeof COLUMNS

/** Whether there is a column of that name. */
export function isColumn(name: string): name is Column {
  return Object.hasOwn(COLUMNS, name)
}

/** What a list asks for. */
export interface TaskQuery {
  /** The owner that is looked for; undefined: everyone's. */
  owner?: string | undefined
  filters: readonly (readonly [Column, string])[]
  marker?: TaskRow | undefined
  limit: number
  sortKey: Column
  descending: boolean
}

/** Every task of one Glance. */
export class TaskStore {
  readonly #rows = new Map<string, TaskRow>()
  readonly #byImage = new Map<string, TaskRow[]>()
  readonly #orders = new Map<string, TaskRow[]>()
  readonly #changed: (row: TaskRow) => void

  /** @param changed hears of every task that was added or changed. */
  constructor(changed: (row: TaskRow) => void) {
    this.#changed = changed
  }

  get size(): number {
    return this.#rows.size
  }

  get(id: string): TaskRow | undefined {
    return this.#rows.get(id)
  }

  values(): Iterable<TaskRow> {
    return this.#rows.values()
  }

  add(row: TaskRow): void {
    this.#rows.set(row.id, row)
    if (row.imageId !== null) this.#byImage.set(row.imageId, [...this.ofImage(row.imageId), row])
    if (this.#orders.size > 0) this.#orders.clear()
    this.#changed(row)
  }

  /** The tasks about an image, oldest first. */
  ofImage(imageId: string): readonly TaskRow[] {
    return this.#byImage.get(imageId) ?? []
  }

  /** Changes a row; every order that was remembered is forgotten. */
  update(row: TaskRow, changes: Partial<TaskRow>): void {
    Object.assign(row, changes)
    this.#orders.clear()
    this.#changed(row)
  }

  /** Marks the tasks of an owner that have expired as deleted, as Glance does whenever one of his project looks. */
  removeExpired(owner: string, now: number): void {
    for (const row of this.#rows.values()) {
      const expired = row.expiresAt !== null && row.expiresAt <= now
      if (expired && row.owner === owner && row.deletedAt === null) this.update(row, { deletedAt: now })
    }
  }

  /** The tasks that are not deleted, filtered, in order, behind the marker, no more than the limit. */
  list({ owner, filters, marker, limit, sortKey, descending }: TaskQuery): TaskRow[] {
    const found: TaskRow[] = []
    const keys = sortKeys(sortKey)
    for (const row of this.#sorted(sortKey, descending)) {
      if (found.length === limit) break
      if (row.deletedAt !== null || (owner !== undefined && row.owner !== owner)) continue
      if (marker && !isAfter(row, marker, keys, descending)) continue
      if (filters.every(([column, value]) => matches(COLUMNS[column](row), value))) found.push(row)
    }
    return found
  }

  #sorted(sortKey: Column, descending: boolean): TaskRow[] {
    const name = `${sortKey} ${descending}`
    let order = this.#orders.get(name)
    if (!order) {
      const keys = sortKeys(sortKey)
      const sign = descending ? -1 : 1
      order = [...this.#rows.values()].sort((a, b) => sign * compareRows(a, b, keys))
      this.#orders.set(name, order)
    }
    return order
  }
}

/** `id` means the time of creation too: Glance puts the key first only when it is neither. */
function sortKeys(sortKey: Column): Column[] {
  return sortKey === 'id' || sortKey === 'created_at' ? ['created_at', 'id'] : [sortKey, 'created_at', 'id']
}

function compareRows(a: TaskRow, b: TaskRow, keys: readonly Column[]): number {
  for (const key of keys) {
    const order = compareValues(COLUMNS[key](a), COLUMNS[key](b))
    if (order !== 0) return order
  }
  return 0
}

/** SQL's order: null comes first, and a time behind an empty text. */
function compareValues(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? -1 : 1
  if (a === '' || b === '') return a === '' ? -1 : 1
  return a < b ? -1 : 1
}

const TIMES: readonly Column[] = ['created_at', 'updated_at', 'expires_at', 'deleted_at']

/**
 * Whether a row comes after the marker. Glance's SQL takes an empty text for a marker's null, and for a row's null too
 * unless it is a time: of a row without that time the comparison is never true, and the row gets lost.
 */
function isAfter(row: TaskRow, marker: TaskRow, keys: readonly Column[], descending: boolean): boolean {
  for (const key of keys) {
    const found = COLUMNS[key](row)
    if (found === null && TIMES.includes(key)) return false
    const order = compareValues(found ?? '', COLUMNS[key](marker) ?? '')
    if (order !== 0) return descending ? order < 0 : order > 0
  }
  return false
}

function matches(value: string | number | null, wanted: string): boolean {
  return typeof value === 'string' && value === wanted
}
