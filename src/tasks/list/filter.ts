import { UsageError } from '../../errors.js'
import type { Query } from '../../http/service.js'
import { TASK_STATUSES, type Task, type TaskStatus, type TaskType } from '../task.js'
import type { Order } from './sort.js'

/** Glance rejects these sort keys with `Sort key supplied was not valid.` */
const UNSORTABLE = ['input', 'message', 'result']

/** Which tasks to list. An empty value is an error, because Glance would return no tasks. */
export interface TaskFilter {
  /** One status or several. */
  status?: TaskStatus | readonly TaskStatus[] | undefined
  /** One type or several: `import`, `api_image_import`, `location_import`, or a type of a newer server. */
  type?: TaskType | (string & {}) | readonly (TaskType | (string & {}))[] | undefined
  /** The ID of a project. Without it, an administrator sees the tasks of all projects. */
  owner?: string | undefined
  /** The ID of an image. This filter needs no admin role (GET /v2/images/{id}/tasks, Image API 2.12). */
  imageId?: string | undefined
  /** The ID of the request that started the task. */
  requestId?: string | undefined
  /** The ID of the user who started it. */
  userId?: string | undefined
  /** The ID of the task itself. */
  id?: string | undefined
  /** Created at this time or later: a Date, or milliseconds since the epoch. */
  since?: Date | number | undefined
  /** Created at this time or earlier. */
  until?: Date | number | undefined
}

/** A filter, divided between the server and the client. */
export interface Filter {
  /** The query parameters for the server. */
  query: Query
  /** Whether the server applies the whole filter. */
  onServerAlone: boolean
  /** Whether a task from the server passes the client's part of the filter. */
  matches(task: Task): boolean
  /** Whether no task after this one can match, given the order of the list. */
  isPast(task: Task): boolean
}

/**
 * Divides a filter between the server and the client. Glance can filter by only one status, and by no type except
 * `import` (`type=api_image_import` is a 400). It cannot filter by time.
 *
 * @throws UsageError for an unknown status, an empty value or interval, or an invalid sort key.
 */
export function filterOf(options: TaskFilter & Pick<Order, 'sortKey' | 'sortDir'>): Filter {
  const { owner, requestId, userId, id, imageId, sortKey = 'created_at', sortDir } = options
  for (const [name, value] of Object.entries({ owner, requestId, userId, id, imageId })) checkValue(name, value)
  checkSortKey(sortKey)
  const statuses = listOf('status', options.status)
  statuses.forEach(checkStatus)
  const types = listOf('type', options.type)
  const period = periodOf(options)
  const status = statuses.length === 1 ? statuses[0] : undefined
  const type = types.length === 1 && types[0] === 'import' ? 'import' : undefined
  const columns = { owner, id, user_id: userId, request_id: requestId }
  return {
    query: { status, type, ...columns },
    // The route of an image has no filters.
    onServerAlone:
      imageId === undefined && statuses.length < 2 && types.length === (type ? 1 : 0) && period === undefined,
    matches: (task) =>
      isOneOf(task.status, statuses) &&
      isOneOf(task.type, types) &&
      (imageId === undefined || hasColumns(task, columns)) &&
      !(period && (isBefore(period, task) || isAfter(period, task))),
    isPast(task) {
      if (period === undefined || sortKey !== 'created_at' || imageId !== undefined) return false
      return sortDir === 'asc' ? isAfter(period, task) : isBefore(period, task)
    },
  }
}

function isOneOf(value: string, allowed: readonly string[]): boolean {
  return allowed.length === 0 || allowed.includes(value)
}

function hasColumns(task: Task, columns: Readonly<Record<string, string | undefined>>): boolean {
  return Object.entries(columns).every(([key, value]) => value === undefined || task[key] === value)
}

/** Milliseconds since the epoch; NaN, which no time is before or after, for no limit. */
interface Period {
  since: number
  until: number
}

function periodOf(options: Pick<TaskFilter, 'since' | 'until'>): Period | undefined {
  if (options.since === undefined && options.until === undefined) return undefined
  const since = timeOf('since', options.since)
  const until = timeOf('until', options.until)
  if (since > until) throw emptyInterval(since, until)
  return { since, until }
}

// A task with an invalid time is neither before nor after a period.

function isBefore({ since }: Period, task: Task): boolean {
  return Date.parse(task.created_at) < since
}

function isAfter({ until }: Period, task: Task): boolean {
  return Date.parse(task.created_at) > until
}

function listOf<T extends string>(name: string, value: T | readonly T[] | undefined): readonly T[] {
  const values = value === undefined ? [] : typeof value === 'string' ? [value] : value
  for (const item of values) checkValue(name, item)
  return values
}

function checkValue(name: string, value: string | undefined): void {
  if (value === '') throw new UsageError(`${name} must not be empty.`, { hint: `Omit ${name} to see all tasks.` })
}

function checkSortKey(sortKey: string): void {
  if (!UNSORTABLE.includes(sortKey)) return
  throw new UsageError(`Tasks cannot be sorted by ${sortKey}.`, {
    hint: 'Glance can sort only by columns of its list.',
  })
}

function checkStatus(status: string): void {
  if ((TASK_STATUSES as readonly string[]).includes(status)) return
  throw new UsageError(`Unknown status ${JSON.stringify(status)}.`, {
    hint: `The statuses are ${TASK_STATUSES.join(', ')}.`,
  })
}

function timeOf(name: string, time: Date | number | undefined): number {
  if (time === undefined) return Number.NaN
  const ms = new Date(time).getTime()
  if (Number.isNaN(ms)) throw new UsageError(`${name} is not a time.`)
  return ms
}

function emptyInterval(since: number, until: number): UsageError {
  const [from, to] = [since, until].map((ms) => new Date(ms).toISOString())
  return new UsageError(`No task can match: since (${from}) is later than until (${to}).`, {
    hint: 'Swap the two times.',
  })
}
