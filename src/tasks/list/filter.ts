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
  const { owner, requestId, userId, id, imageId } = options
  for (const [name, value] of Object.entries({ owner, requestId, userId, id, imageId })) checkValue(name, value)
  if (UNSORTABLE.includes(options.sortKey ?? '')) {
    throw new UsageError(`Tasks cannot be sorted by ${options.sortKey}.`, {
      hint: 'Glance can sort only by columns of its list.',
    })
  }
  const statuses = listOf('status', options.status)
  const types = listOf('type', options.type)
  statuses.forEach(checkStatus)
  const since = timeOf('since', options.since)
  const until = timeOf('until', options.until)
  if (since > until) throw emptyInterval(since, until)
  const limitsTime = options.since !== undefined || options.until !== undefined

  const serverStatus = statuses.length === 1 ? statuses[0] : undefined
  const serverType = types.length === 1 && types[0] === 'import' ? 'import' : undefined
  // The route of an image has no filters.
  const onServerAlone =
    imageId === undefined &&
    (statuses.length === 0 || serverStatus !== undefined) &&
    (types.length === 0 || serverType !== undefined) &&
    !limitsTime

  const equal: [key: string, value: string | undefined][] =
    imageId === undefined
      ? []
      : [
          ['owner', owner],
          ['request_id', requestId],
          ['user_id', userId],
          ['id', id],
        ]

  const isSortedByAge = (options.sortKey ?? 'created_at') === 'created_at' && imageId === undefined
  const descending = options.sortDir !== 'asc'

  return {
    query: { status: serverStatus, type: serverType, owner, id, user_id: userId, request_id: requestId },
    onServerAlone,
    matches(task) {
      if (statuses.length > 0 && !statuses.includes(task.status as TaskStatus)) return false
      if (types.length > 0 && !types.includes(task.type)) return false
      if (equal.some(([key, value]) => value !== undefined && task[key] !== value)) return false
      const created = Date.parse(task.created_at)
      // A task with an invalid time is kept.
      return !(created < since) && !(created > until)
    },
    isPast(task) {
      if (!limitsTime || !isSortedByAge) return false
      const created = Date.parse(task.created_at)
      return descending ? created < since : created > until
    },
  }
}

function listOf<T extends string>(name: string, value: T | readonly T[] | undefined): readonly T[] {
  const values = value === undefined ? [] : typeof value === 'string' ? [value] : value
  for (const item of values) checkValue(name, item)
  return values
}

function checkValue(name: string, value: string | undefined): void {
  if (value === '') throw new UsageError(`${name} must not be empty.`, { hint: `Omit ${name} to see all tasks.` })
}

function checkStatus(status: string): void {
  if ((TASK_STATUSES as readonly string[]).includes(status)) return
  throw new UsageError(`Unknown status ${JSON.stringify(status)}.`, {
    hint: `The statuses are ${TASK_STATUSES.join(', ')}.`,
  })
}

/** A time in milliseconds since the epoch. Without a time NaN, which no time is before or after. */
function timeOf(name: string, time: Date | number | undefined): number {
  if (time === undefined) return Number.NaN
  const ms = new Date(time).getTime()
  if (Number.isNaN(ms)) throw new UsageError(`${name} is not a time.`)
  return ms
}

function emptyInterval(since: number, until: number): UsageError {
  const [from, to] = [since, until].map((ms) => new Date(ms).toISOString())
  return new UsageError(`No task can match: since (${from}) is later than until (${to}).`, { hint: 'Swap the two.' })
}
