import { NotFoundError } from '../../errors.js'
import type { Task } from '../task.js'

/** The columns that an item of a list has. By each of them a list can be sorted. */
export const SORT_KEYS = ['id', 'type', 'status', 'owner', 'created_at', 'updated_at', 'expires_at'] as const
/** One of them. */
export type SortKey = (typeof SORT_KEYS)[number]

/** An order of tasks, and where in it a list begins. */
export interface Order {
  /** A column to sort by. Default `created_at`. */
  sortKey?: SortKey | (string & {}) | undefined
  /** Default `desc`. */
  sortDir?: 'asc' | 'desc' | undefined
  /** The id of the task after which the list begins. */
  marker?: string | undefined
}

/** Whether one task comes before another: as Glance has it, by the text of the key, a task without it being the least. */
export function precedence({ sortKey = 'created_at', sortDir }: Order): (a: Task, b: Task) => boolean {
  const text = (task: Task) => `${task[sortKey] ?? ''}`
  return sortDir === 'asc' ? (a, b) => text(a) < text(b) : (a, b) => text(a) > text(b)
}

/**
 * Tasks in the order that is asked for, those of one rank by their ids, from the marker on.
 *
 * @throws NotFoundError where no task is the marker.
 */
export function inSortedOrder(tasks: readonly Task[], order: Order): Task[] {
  const precedes = precedence(order)
  const byId = (a: Task, b: Task) => (order.sortDir === 'asc' ? a.id < b.id : a.id > b.id)
  const sorted = [...tasks].sort((a, b) => {
    if (precedes(a, b)) return -1
    if (precedes(b, a)) return 1
    return byId(a, b) ? -1 : 1
  })
  const { marker } = order
  if (marker === undefined) return sorted
  const at = sorted.findIndex(({ id }) => id === marker)
  if (at >= 0) return sorted.slice(at + 1)
  throw new NotFoundError(`Task ${marker}, after which the list is to begin, is not in it.`, {
    status: 404,
    hint: 'It may have expired: list from the beginning, without a marker.',
  })
}
