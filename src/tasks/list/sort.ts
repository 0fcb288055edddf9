import { NotFoundError } from '../../errors.js'
import type { Task } from '../task.js'

/** The columns of a list. It can be sorted by each of them. */
export const SORT_KEYS = ['id', 'type', 'status', 'owner', 'created_at', 'updated_at', 'expires_at'] as const
/** A column to sort by. */
export type SortKey = (typeof SORT_KEYS)[number]

/** The order of a list, and where it begins. */
export interface Order {
  /** The column to sort by. Default `created_at`. */
  sortKey?: SortKey | (string & {}) | undefined
  /** Default `desc`. */
  sortDir?: 'asc' | 'desc' | undefined
  /** The ID of the task after which the list begins. */
  marker?: string | undefined
}

/** Returns a function that says whether one task comes before another. Like Glance, it compares texts; unset is least. */
export function precedence({ sortKey = 'created_at', sortDir }: Order): (a: Task, b: Task) => boolean {
  const text = (task: Task) => `${task[sortKey] ?? ''}`
  return sortDir === 'asc' ? (a, b) => text(a) < text(b) : (a, b) => text(a) > text(b)
}

/**
 * Sorts tasks, and returns those after the marker. Tasks with equal keys are sorted by ID.
 *
 * @param isLater whether one of two tasks that were created at the same time is later than the other, if anything shows that.
 * @throws NotFoundError if no task has the ID of the marker.
 */
export function inSortedOrder(
  tasks: readonly Task[],
  order: Order,
  isLater: (a: Task, b: Task) => boolean | undefined = () => undefined,
): Task[] {
  const precedes = precedence(order)
  const isByTime = (order.sortKey ?? 'created_at') === 'created_at'
  const isGreater = (a: Task, b: Task) => (isByTime ? isLater(a, b) : undefined) ?? a.id > b.id
  const isFirst = (a: Task, b: Task) => (order.sortDir === 'asc' ? isGreater(b, a) : isGreater(a, b))
  const sorted = [...tasks].sort((a, b) => {
    if (precedes(a, b)) return -1
    if (precedes(b, a)) return 1
    return isFirst(a, b) ? -1 : 1
  })
  const { marker } = order
  if (marker === undefined) return sorted
  const at = sorted.findIndex(({ id }) => id === marker)
  if (at >= 0) return sorted.slice(at + 1)
  throw new NotFoundError(`Cannot list the tasks after task ${marker}: the list does not contain it.`, {
    status: 404,
    hint: 'The task may have expired. List from the beginning, without a marker.',
  })
}
