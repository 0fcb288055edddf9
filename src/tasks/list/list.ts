import { UsageError } from '../../errors.js'
import type { Query, Service } from '../../http/service.js'
import type { Task } from '../task.js'
import { withDetails } from './details.js'
import { type Filter, filterOf, type TaskFilter } from './filter.js'
import { imageTasks } from './image-tasks.js'
import { fetchPages, type PageRequest } from './pages.js'
import { inSortedOrder, type SortKey } from './sort.js'

/** Options of a list: which tasks, in which order, and how many. */
export interface ListOptions extends TaskFilter {
  /** The column to sort by. Default `created_at`. For `id` and `expires_at`, the whole list is read first. */
  sortKey?: SortKey | (string & {}) | undefined
  /** Default `desc`: newest first. */
  sortDir?: 'asc' | 'desc' | undefined
  /** The maximum number of tasks. Default: all tasks that match. */
  limit?: number | undefined
  /** The list begins after the task with this ID. */
  marker?: string | undefined
  /** How many tasks to request at once. Default: 1000, Glance's maximum, or `limit` if that is less. */
  pageSize?: number | undefined
  /**
   * Whether to add input, message and result, which the server's list omits. Each task is then fetched, several at the
   * same time. If this fails for a task, it stays as in the list, its key `_incomplete` contains the reason, and `onWarning` is
   * called. Default false.
   */
  long?: boolean | undefined
  /** Further query parameters, sent unchanged. */
  query?: Query | undefined
  /**
   * Called with a warning if something was skipped: a malformed task, or a marker that expired; and with the ID of a task whose
   * details are missing.
   */
  onWarning?: ((text: string, taskId?: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/** The maximum page size of Glance. It silently reduces a larger limit. */
const LARGEST_PAGE = 1000

/**
 * Sort keys for which the client sorts. Glance sorts by created_at instead of `id`. When it pages by a column that may be
 * empty, it loses the tasks without a value.
 */
const SORTED_BY_CLIENT = ['id', 'expires_at']

/** Sort keys that may be empty and that the items of a list omit, so that the client cannot sort by them either. */
const NOT_IN_LIST = ['image_id', 'request_id', 'user_id']

/** A list of tasks. It sends no request until you iterate over it or its pages, or call all(). */
export class TaskList implements AsyncIterable<Task> {
  readonly #service: Service
  readonly #options: ListOptions
  readonly #filter: Filter

  /**
   * @param filter what `filterOf` makes of the options; for a caller that has already created it.
   * @throws UsageError for invalid options.
   */
  constructor(service: Service, options: ListOptions = {}, filter: Filter = filterOf(options)) {
    checkCount('limit', options.limit, 0)
    checkCount('pageSize', options.pageSize, 1)
    this.#service = service
    this.#options = { ...options }
    this.#filter = filter
  }

  /** Iterates over the tasks. Requests the next page in advance. Throws the errors of Service.request(), and of `onWarning`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Task, void, undefined> {
    for await (const page of this.pages()) yield* page
  }

  /** The same, page by page, without empty pages. Ending the iteration early ends the requests. */
  pages(): AsyncGenerator<Task[], void, undefined> {
    return this.#options.long ? withDetails(this.#service, this.#matching(), this.#options) : this.#matching()
  }

  async *#matching(): AsyncGenerator<Task[], void, undefined> {
    let left = this.#options.limit ?? Number.POSITIVE_INFINITY
    if (left === 0) return
    for await (const page of this.#source()) {
      const wanted = page.filter(this.#filter.matches).slice(0, left)
      left -= wanted.length
      if (wanted.length > 0) yield wanted
      if (left <= 0 || page.some(this.#filter.isPast)) return
    }
  }

  /** Resolves to all tasks. Rejects as the iteration does. */
  async all(): Promise<Task[]> {
    const tasks: Task[] = []
    for await (const task of this) tasks.push(task)
    return tasks
  }

  #source(): AsyncIterable<Task[]> {
    const { imageId, sortKey = '', onWarning } = this.#options
    if (imageId !== undefined) return imageTasks(this.#service, imageId, this.#options)
    if (SORTED_BY_CLIENT.includes(sortKey)) return this.#sortedByClient()
    if (NOT_IN_LIST.includes(sortKey)) {
      onWarning?.(`tasks without ${sortKey} may be missing, because Glance omits them when it sorts by this column`)
    }
    return fetchPages(this.#service, this.#pageRequest())
  }

  async *#sortedByClient(): AsyncGenerator<Task[], void, undefined> {
    const byAge = { sortKey: undefined, sortDir: undefined, marker: undefined, limit: undefined, long: false }
    const tasks = await new TaskList(this.#service, { ...this.#options, ...byAge }).all()
    yield inSortedOrder(tasks, this.#options)
  }

  #pageRequest(): PageRequest {
    const { limit, marker, sortKey, sortDir, query, signal, onWarning } = this.#options
    const onServerAlone = this.#filter.onServerAlone
    const pageSize = this.#options.pageSize ?? LARGEST_PAGE
    return {
      query: { ...this.#filter.query, sort_key: sortKey, sort_dir: sortDir, ...query },
      pageSize,
      // If the server applies the whole filter, every requested task matches.
      limit: onServerAlone ? limit : undefined,
      marker,
      sortKey: sortKey ?? 'created_at',
      sortDir: sortDir ?? 'desc',
      signal,
      onWarning,
    }
  }
}

function checkCount(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return
  throw new UsageError(`${name} must be a whole number of at least ${least}, not ${value}.`)
}
