import { UsageError } from '../../errors.js'
import type { Query, Service } from '../../http/service.js'
import type { Task } from '../task.js'
import { withDetails } from './details.js'
import { type Filter, filterOf, type TaskFilter } from './filter.js'
import { imageTasks } from './image-tasks.js'
import { fetchPages, type PageRequest } from './pages.js'
import { inSortedOrder, type SortKey } from './sort.js'

/** Which tasks, in which order, how many. */
export interface ListOptions extends TaskFilter {
  /** A column to sort by. Default `created_at`. For `id` and `expires_at` the whole list is read first. */
  sortKey?: SortKey | (string & {}) | undefined
  /** Default `desc`: newest first. */
  sortDir?: 'asc' | 'desc' | undefined
  /** How many tasks in all. Default: every one that matches. */
  limit?: number | undefined
  /** Begin after the task with this id. */
  marker?: string | undefined
  /** How many tasks one request asks for. Default: 1000, the most that Glance gives, or fewer when `limit` is. */
  pageSize?: number | undefined
  /**
   * Give whole tasks: input, message and result, which the list leaves out, are fetched task by task, several at the
   * same time. A task whose details cannot be fetched stays as the list gave it; its key `_incomplete` says why, and
   * `onWarning` is called. Default false.
   */
  long?: boolean | undefined
  /** Query parameters of one's own, sent as they are. */
  query?: Query | undefined
  /** Told of what was passed over: a malformed task, a marker that expired. */
  onWarning?: ((text: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/** The most tasks that Glance gives in one page; it clamps a greater limit in silence. */
const LARGEST_PAGE = 1000

/**
 * By these the list is sorted here. Asked for `id`, Glance sorts by created_at; and when it pages by a column that may be
 * empty, it loses the tasks without a value.
 */
const SORTED_HERE = ['id', 'expires_at']

/** What may be empty, and is not in the items of a list, so that they cannot be sorted here either. */
const UNSHOWN = ['image_id', 'request_id', 'user_id']

/** A list of tasks that has not been asked for yet: iterate over it, over its pages, or take it whole. */
export class TaskList implements AsyncIterable<Task> {
  readonly #service: Service
  readonly #options: ListOptions
  readonly #filter: Filter

  /**
   * @param filter what `filterOf` makes of the options; for a caller who has made it already.
   * @throws UsageError for options that no server could answer.
   */
  constructor(service: Service, options: ListOptions = {}, filter: Filter = filterOf(options)) {
    checkCount('limit', options.limit, 0)
    checkCount('pageSize', options.pageSize, 1)
    this.#service = service
    this.#options = options
    this.#filter = filter
  }

  /** Task by task; the next page is under way while this one is worked on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Task, void, undefined> {
    for await (const page of this.pages()) yield* page
  }

  /** Page by page, empty ones left out. Ending the iteration early ends the requests. */
  pages(): AsyncGenerator<Task[], void, undefined> {
    const { long, imageId } = this.#options
    // The tasks of an image come whole.
    return long && imageId === undefined
      ? withDetails(this.#service, this.#matching(), this.#options)
      : this.#matching()
  }

  async *#matching(): AsyncGenerator<Task[], void, undefined> {
    let left = this.#options.limit ?? Number.POSITIVE_INFINITY
    if (left === 0) return
    for await (const page of this.#source()) {
      const wanted = page.filter(this.#filter.keeps).slice(0, left)
      left -= wanted.length
      if (wanted.length > 0) yield wanted
      if (left <= 0 || page.some(this.#filter.isPast)) return
    }
  }

  /** All of it. */
  async all(): Promise<Task[]> {
    const tasks: Task[] = []
    for await (const task of this) tasks.push(task)
    return tasks
  }

  #source(): AsyncIterable<Task[]> {
    const { imageId, sortKey = '', onWarning } = this.#options
    if (imageId !== undefined) return imageTasks(this.#service, imageId, this.#options)
    if (SORTED_HERE.includes(sortKey)) return this.#sortedHere()
    if (UNSHOWN.includes(sortKey)) {
      onWarning?.(`sorted by ${sortKey}, Glance may lose tasks that have none`)
    }
    return fetchPages(this.#service, this.#pageRequest())
  }

  async *#sortedHere(): AsyncGenerator<Task[], void, undefined> {
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
      // Where the server filters alone, no task is asked for that is not wanted.
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
