import { AbortedError, ApiError } from '../../errors.js'
import type { Clock } from '../../http/clock.js'
import { withDetails } from '../../tasks/list/details.js'
import { filterOf } from '../../tasks/list/filter.js'
import type { ListOptions } from '../../tasks/list/list.js'
import { limited } from '../../tasks/request-options.js'
import type { Task } from '../../tasks/task.js'
import { isTransientWhileWaiting } from '../../tasks/wait/poll-until.js'
import { type CloudConnection, originName, withOrigin } from '../cloud-connection.js'
import { ownerId } from '../owner.js'
import type { WatchedTasks } from './watched-tasks.js'

/** What to watch in a cloud. */
export interface CloudQuery {
  /** The query. Its owner may be the name of a project. */
  query: Omit<ListOptions, 'signal' | 'onWarning'>
  /** Whether to add the cloud and the region to each task. */
  isSeveral: boolean
  /** Whether to fetch the messages of the tasks that fail. */
  wantsReasons: boolean
  /** The tasks of all clouds. */
  watched: Pick<WatchedTasks, 'has' | 'isNews'>
}

interface RefreshOptions {
  signal: AbortSignal
  onWarning(text: string): void
}

/** The limit of the first request for changes. If all of these tasks have changed, the next request has ten times this limit. */
const FEW = 100
/**
 * Each refresh also reads the updates of this time before the last known update, in milliseconds: the clocks of the servers
 * differ, and a server may store a task later than its `updated_at`.
 */
const OVERLAP = 60_000
/** A failure that does not look transient, such as 403, ends the watch of the cloud if this number of refreshes in a row has it. */
const LASTING_FAILURES = 3
/** The maximum time that a Retry-After header can delay the next refresh, in milliseconds. */
const LONGEST_RETRY_AFTER = 60_000
/** The messages of at most this number of failed tasks are fetched at each refresh. */
const MAX_REASONS = 20

/** What a refresh has read. */
interface Reading {
  tasks: Task[]
  /** The task that was updated last. */
  newest: Task | undefined
}

/** The failure of the last refreshes at a cloud. */
export interface CloudOutage {
  /** When the first of them failed, in milliseconds since the epoch. */
  since: number
  error: unknown
  /** Whether the failure lasts: then no further request is sent to the cloud. */
  isLasting: boolean
}

/**
 * Reads the tasks of one cloud, and then what has changed. Each refresh sends one small request, however long the list is: for
 * the tasks that were updated last, without the filter by status, because a changed task may no longer match it.
 */
export class WatchedCloud {
  readonly name: string
  outage: CloudOutage | undefined
  readonly #connection: CloudConnection
  readonly #clock: Pick<Clock, 'now'>
  readonly #options: CloudQuery
  #query: CloudQuery['query']
  /** All changes before this time were seen, in milliseconds since the epoch by the clock of the server. */
  #seenUntil = Number.NEGATIVE_INFINITY
  #hasAnswered = false
  #failures = 0

  constructor(connection: CloudConnection, clock: Pick<Clock, 'now'>, options: CloudQuery) {
    this.name = originName(connection)
    this.#connection = connection
    this.#clock = clock
    this.#options = options
    this.#query = options.query
  }

  /**
   * Returns the tasks that are new or have changed since the last refresh, the latest change first. The first time, it returns
   * the whole list in its order.
   * After a failure it returns nothing, and `outage` describes the failure.
   *
   * @throws AbortedError
   */
  async refresh(options: RefreshOptions): Promise<Task[]> {
    if (this.outage?.isLasting) return []
    try {
      const { tasks, newest } = await (this.#hasAnswered ? this.#news(options) : this.#all(options))
      // Only now: after a failure, the next refresh reads the same changes again.
      this.#reach(newest)
      this.#hasAnswered = true
      this.#failures = 0
      this.outage = undefined
      return tasks.map(this.#labelled)
    } catch (error) {
      if (error instanceof AbortedError) throw error
      this.#failed(error)
      return []
    }
  }

  /** The minimum time before the next refresh that the server demands, in milliseconds. */
  get retryAfter(): number {
    const error = this.outage?.error
    return error instanceof ApiError ? Math.min((error.retryAfter ?? 0) * 1000, LONGEST_RETRY_AFTER) : 0
  }

  #failed(error: unknown): void {
    const isTransient = isTransientWhileWaiting(error, this.#hasAnswered)
    this.#failures = isTransient ? 0 : this.#failures + 1
    const isLasting = !isTransient && (!this.#hasAnswered || this.#failures >= LASTING_FAILURES)
    this.outage = { since: this.outage?.since ?? this.#clock.now(), error, isLasting }
  }

  /** Adds the cloud and the region, if there are several. */
  readonly #labelled = (task: Task): Task => (this.#options.isSeveral ? withOrigin(task, this.#connection) : task)

  /** What is new or has changed, with the details that the list omits. */
  async #news(options: RefreshOptions): Promise<Reading> {
    const { watched } = this.#options
    const { matches } = filterOf(this.#query)
    const { tasks, newest } = await this.#changed(options)
    const news = tasks.filter((task) => {
      const labelled = this.#labelled(task)
      return watched.isNews(labelled) && (watched.has(labelled) || matches(task))
    })
    return { tasks: await this.#withDetails(news, options), newest }
  }

  async #withDetails(news: Task[], options: RefreshOptions): Promise<Task[]> {
    const { imageId, long } = this.#query
    if (imageId !== undefined) return news
    if (long) return this.#detailed(news, options)
    if (!this.#options.wantsReasons) return news
    const failed = news.filter(({ status }) => status === 'failure').slice(0, MAX_REASONS)
    const detailed = new Map((await this.#detailed(failed, options)).map((task) => [task.id, task]))
    return news.map((task) => detailed.get(task.id) ?? task)
  }

  async #detailed(tasks: Task[], { signal }: RefreshOptions): Promise<Task[]> {
    const detailed: Task[] = []
    const service = limited(this.#connection.session, { retries: 0 })
    for await (const chunk of withDetails(service, pagesOf(tasks), { signal })) {
      for (const task of chunk) detailed.push(task)
    }
    return detailed
  }

  /** The whole list. The next refresh finds the changes that happen meanwhile. */
  async #all(options: RefreshOptions): Promise<Reading> {
    const { owner } = this.#options.query
    if (owner !== undefined && !this.#hasAnswered) {
      this.#query = { ...this.#query, owner: await ownerId(this.#connection.session, owner, options) }
    }
    const [newest] = this.#query.imageId === undefined ? await this.#latest(1, options) : []
    const tasks = await this.#connection.tasks.list({ ...this.#query, ...options, ...this.#retries }).all()
    return { tasks, newest }
  }

  /** The tasks that may have changed since the last refresh. */
  async #changed(options: RefreshOptions): Promise<Reading> {
    // The tasks of an image come in one answer, and not in any order.
    if (this.#query.imageId !== undefined) return this.#all(options)
    for (let count = FEW; ; count *= 10) {
      const tasks = await this.#latest(count, options)
      const last = tasks.at(-1)
      const isEnough = tasks.length < count || last === undefined || Date.parse(last.updated_at) < this.#seenUntil
      if (isEnough) return { tasks, newest: tasks[0] }
    }
  }

  /** The tasks that were updated last, the latest first. */
  #latest(limit: number, options: RefreshOptions): Promise<Task[]> {
    // Without the status, and without what the client filters.
    const { status: _, ...query } = filterOf(this.#query).query
    const latest = { query, sortKey: 'updated_at', sortDir: 'desc', limit } as const
    return this.#connection.tasks.list({ ...options, ...latest, ...this.#retries }).all()
  }

  /** Only the first refresh retries: after a later one, the next refresh comes soon. */
  get #retries(): { retries?: number } {
    return this.#hasAnswered ? { retries: 0 } : {}
  }

  /** Remembers that all changes up to this task were seen. */
  #reach(newest: Task | undefined): void {
    const time = Date.parse(newest?.updated_at ?? '')
    if (!Number.isNaN(time)) this.#seenUntil = Math.max(this.#seenUntil, time - OVERLAP)
  }
}

async function* pagesOf(tasks: Task[]): AsyncGenerator<Task[]> {
  yield tasks
}
