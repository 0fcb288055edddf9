import type { JsonValue } from '../../../http/json.js'
import type { ImportRun } from '../imports/run.js'

/** A task in Glance's database. Times are microseconds since the epoch. */
export interface TaskRow {
  id: string
  type: string
  status: 'pending' | 'processing' | 'success' | 'failure'
  owner: string
  createdAt: number
  updatedAt: number
  /** When Glance removes the task; null until the task has ended. */
  expiresAt: number | null
  deletedAt: number | null
  imageId: string | null
  requestId: string | null
  userId: string | null
  input: JsonValue
  result: JsonValue
  message: string
  /** The rest of the task's life; undefined when the task has ended. */
  plan?: TaskPlan | undefined
  /** What is left of an image import; undefined for other tasks and when the import has ended. */
  run?: ImportRun | undefined
}

/** How an unfinished task continues. */
export interface TaskPlan {
  /** Undefined if the task never begins. */
  startsAt?: number | undefined
  /** Undefined if the task never ends. */
  endsAt?: number | undefined
  status: 'success' | 'failure'
  message: string
  result: JsonValue
  /** The URL that the sandbox downloads; the task fails if the download fails. */
  download?: string | undefined
}

/** The columns that a list can be filtered and sorted by, with their names in Glance's database. */
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

/** A column to filter or sort by. */
export type Column = keyof typeof COLUMNS

export function isColumn(name: string): name is Column {
  return Object.hasOwn(COLUMNS, name)
}

/** The parameters of a list. */
export interface TaskQuery {
  /** The id of a project; undefined for the tasks of all projects. */
  owner?: string | undefined
  filters: readonly (readonly [Column, string])[]
  marker?: TaskRow | undefined
  limit: number
  sortKey: Column
  descending: boolean
}

/** The tasks of a Glance. */
export class TaskStore {
  readonly #rows = new Map<string, TaskRow>()
  readonly #byImage = new Map<string, TaskRow[]>()
  readonly #orders = new Map<string, TaskRow[]>()
  readonly #changed: (row: TaskRow) => void

  /** @param changed is called with every task that is added or changed. */
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

  /** Adds a task, or replaces the one with the same id. */
  add(row: TaskRow): void {
    this.#rows.set(row.id, row)
    if (row.imageId !== null) {
      const others = this.ofImage(row.imageId).filter(({ id }) => id !== row.id)
      this.#byImage.set(row.imageId, [...others, row])
    }
    if (this.#orders.size > 0) this.#orders.clear()
    this.#changed(row)
  }

  /** The tasks of an image, oldest first. */
  ofImage(imageId: string): readonly TaskRow[] {
    return this.#byImage.get(imageId) ?? []
  }

  /** Changes a row, and drops all cached orders. */
  update(row: TaskRow, changes: Partial<TaskRow>): void {
    Object.assign(row, changes)
    this.#orders.clear()
    this.#changed(row)
  }

  /** Marks a project's expired tasks as deleted. Glance does so whenever a user of the project lists tasks. */
  removeExpired(owner: string, now: number): void {
    for (const row of this.#rows.values()) {
      const expired = row.expiresAt !== null && row.expiresAt <= now
      if (expired && row.owner === owner && row.deletedAt === null) this.update(row, { deletedAt: now })
    }
  }

  /** The tasks that match a query. Deleted tasks are left out. */
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

/** The sort key with its tie-breakers. Glance sorts by creation time first even if the key is `id`. */
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

/** SQL's order: null first, then an empty string, then times and other strings. */
function compareValues(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? -1 : 1
  if (a === '' || b === '') return a === '' ? -1 : 1
  return a < b ? -1 : 1
}

const TIMES: readonly Column[] = ['created_at', 'updated_at', 'expires_at', 'deleted_at']

/**
 * Whether a row comes after the marker. Glance's SQL replaces a null by an empty string, but not if it is a time of the
 * row. A comparison with such a null is never true, so the page lacks the row.
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
