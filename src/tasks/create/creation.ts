import { AbortedError, type GlanceTasksError, TimeoutError, UnknownOutcomeError } from '../../errors.js'
import { type Clock, repeat } from '../../http/clock.js'
import { withTimeout } from '../../http/deadline.js'
import { markNotExecuted } from '../../http/not-executed.js'
import { retryDelay } from '../../http/retry.js'
import type { Service } from '../../http/service.js'
import { taskOf } from '../read-task.js'
import { sentence } from '../sentence.js'
import type { Task } from '../task.js'
import { unknownOutcome } from './create-errors.js'
import { outcomeOfCreate } from './create-outcome.js'
import { type FoundTasks, findByRequestId } from './find-by-request-id.js'
import { findLookalikes } from './find-lookalikes.js'
import { findStartedTask, type Search } from './find-started.js'

/** Internal times of a create, in milliseconds. */
export interface CreateTimings {
  /** How often to call `onNotice` while a request waits for its response. */
  noticeInterval: number
  /** The timeout of one lookup of the task. */
  lookupTimeout: number
}

/** The settings of one create. */
export interface CreationOptions {
  /** The JSON text to send. */
  body: string
  requestId: string
  ifUnknown: 'fail' | 'resend'
  retries: number
  /** The timeout of the whole create, in milliseconds. */
  timeout: number
  timings: CreateTimings
  signal: AbortSignal | undefined
  onNotice: ((text: string) => void) | undefined
}

/** How much of the timeout to reserve for the search, in milliseconds. At most a quarter of the timeout. */
const SEARCH_TIME = 10_000

/** One create, from its first request to the task. */
export class Creation {
  readonly #service: Service
  readonly #clock: Clock
  readonly #options: CreationOptions
  readonly #started: number
  readonly #deadline: number
  /** The deadline of the last request. After it, there is still time to search for the task. */
  readonly #requestDeadline: number
  /** The failure of an earlier request that may have started a task. */
  #unresolved: GlanceTasksError | undefined

  constructor(service: Service, clock: Clock, options: CreationOptions) {
    this.#service = service
    this.#clock = clock
    this.#options = options
    this.#started = clock.monotonic()
    this.#deadline = this.#started + options.timeout
    this.#requestDeadline = this.#deadline - Math.min(SEARCH_TIME, options.timeout / 4)
  }

  /** Whether a request may have started a task. */
  get mayExist(): boolean {
    return this.#unresolved !== undefined
  }

  /** Finds the task that was already started with this request ID, if any. */
  async findExisting(): Promise<Task | undefined> {
    const { requestId } = this.#options
    const { tasks, unreadable, inconclusive } = await this.#lookUp(this.#requestDeadline - this.#clock.monotonic())
    const [task] = tasks
    if (task) this.#notify(`Task ${task.id} already exists for the request ID ${requestId}, so nothing was sent.`)
    if (task || (unreadable.length === 0 && inconclusive === undefined)) return task
    throw new UnknownOutcomeError(
      `Cannot determine on this cloud whether a task with the request ID ${requestId} already exists. Nothing was sent.`,
      requestId,
      {
        taskIds: unreadable.map(({ id }) => id),
        hint: 'Look for the task, or omit the request ID to start a new one.',
        remedy: { kind: 'find_request', requestId },
      },
    )
  }

  /**
   * Sends the request, repeatedly if necessary, until its outcome is known. Returns its task.
   *
   * @throws UnknownOutcomeError; the failure of the request if it certainly started no task; AbortedError.
   */
  async run(): Promise<Task> {
    const { retries, ifUnknown, requestId } = this.#options
    for (let attempt = 0; ; attempt++) {
      const { task, failure } = await this.#send()
      if (task) return this.#unresolved ? this.#checkForDuplicates(task) : task
      const outcome = outcomeOfCreate(failure, requestId)
      if (outcome === 'not started') throw this.#finalError(failure)
      const failedInside = outcome === 'failed inside'
      const search = outcome === 'try again' ? undefined : await this.#search(failure, failedInside)
      if (search?.tasks[0]) return this.#accept(search.tasks[0], search.tasks)
      if (this.#unresolved && ifUnknown === 'fail') throw this.#finalError(failure, search)
      // An internal error of Glance rarely disappears, so retry it only once.
      if (attempt >= (failedInside ? Math.min(retries, 1) : retries)) throw this.#finalError(failure, search)
      const delay = retryDelay(attempt, failure, { retries, base: 500, cap: 30_000 }, this.#clock)
      if (this.#clock.monotonic() + delay >= this.#requestDeadline) throw this.#finalError(failure, search)
      const state = this.#unresolved ? 'No task was found' : 'The task was not started'
      this.#notify(`${sentence(failure.message)} ${state}. Sending the request again.`)
      await this.#clock.sleep(delay, this.#options.signal)
    }
  }

  /** Sends the request once, until its deadline. */
  async #send(): Promise<{ task: Task; failure?: never } | { task?: never; failure: GlanceTasksError }> {
    const { requestId, body, timings, signal } = this.#options
    const started = this.#clock.monotonic()
    const time = Math.max(0, this.#requestDeadline - started)
    const stopNotices = repeat(this.#clock, timings.noticeInterval, () => {
      const seconds = Math.round((this.#clock.monotonic() - started) / 1000)
      this.#notify(`No response after ${seconds} s. Still waiting (request ID ${requestId}).`)
    })
    try {
      const answer = await withTimeout(this.#clock, time, signal, (limited) =>
        this.#service.request({
          method: 'POST',
          path: 'tasks',
          headers: { 'x-openstack-request-id': requestId },
          body,
          signal: limited,
          retry: false,
        }),
      )
      return { task: taskOf(answer) }
    } catch (error) {
      const failure = error as GlanceTasksError
      if (!(failure instanceof AbortedError)) return { failure }
      if (!signal?.aborted) return { failure: timeoutError(failure.sent, time) }
      if (failure.sent) this.#unresolved ??= failure
      throw failure
    } finally {
      stopNotices()
    }
  }

  /**
   * Searches for the task of a failed request: until the timeout, or briefly if Glance had an internal error or if the
   * request will be sent again. The outcome stays unknown, except after an internal error of Glance.
   */
  async #search(failure: GlanceTasksError, failedInside: boolean): Promise<Search> {
    const { requestId, signal, onNotice, ifUnknown, timings } = this.#options
    this.#notify(`${sentence(failure.message)} Checking whether the task was started (request ID ${requestId}).`)
    const before = this.#unresolved
    this.#unresolved ??= failure
    const soon = this.#clock.monotonic() + SEARCH_BEFORE_RESEND
    const until = ifUnknown === 'resend' && soon < this.#requestDeadline ? soon : this.#deadline
    const conclusiveAfter = failedInside ? SEARCH_AFTER_INTERNAL_ERROR : undefined
    const { lookupTimeout } = timings
    const limits = { until, conclusiveAfter, lookupTimeout }
    const search = await findStartedTask(this.#service, this.#clock, { requestId, ...limits, signal, onNotice })
    if (failedInside && search.isConclusive) this.#unresolved = before
    return search.inconclusive && search.tasks.length === 0 ? this.#addLookalikes(search) : search
  }

  /** Adds tasks that resemble the requested one to a search that could not rely on the request ID. */
  async #addLookalikes(search: Search): Promise<Search> {
    const { body, signal } = this.#options
    const age = this.#clock.monotonic() - this.#started
    const time = Math.max(EXTRA_LOOKUP_TIMEOUT, this.#deadline - this.#clock.monotonic())
    const candidates = await withTimeout(this.#clock, time, signal, (limited) =>
      findLookalikes(this.#service, { body, age, signal: limited }),
    ).catch((error) => {
      if (signal?.aborted) throw error
      return []
    })
    if (candidates.length === 0) return search
    return { ...search, candidates, why: `${search.why}; tasks with the same input: ${candidates.join(', ')}` }
  }

  /** Accepts a task as the result, and reports duplicates. */
  #accept(task: Task, all: readonly Task[]): Task {
    const others = all.filter(({ id }) => id !== task.id)
    if (others.length > 0) this.#notify(duplicatesNotice(others, this.#options.requestId))
    return task
  }

  /** Accepts a task as the result, after a lookup for another one that an earlier request may have started. */
  async #checkForDuplicates(task: Task): Promise<Task> {
    const { requestId } = this.#options
    const tasks = await this.#lookUp(EXTRA_LOOKUP_TIMEOUT).then(
      (found) => found.tasks,
      () => [],
    )
    if (tasks.some(({ id }) => id !== task.id)) return this.#accept(task, tasks)
    this.#notify(
      `An earlier request may still start a second task. List the tasks of the request ${requestId} to see both.`,
    )
    return task
  }

  /** Searches once for the tasks of the request ID, for at most this many milliseconds. */
  #lookUp(ms: number): Promise<FoundTasks> {
    const { requestId, signal } = this.#options
    return withTimeout(this.#clock, ms, signal, (limited) =>
      findByRequestId(this.#service, requestId, { signal: limited }),
    ).catch((error) => {
      throw error instanceof AbortedError && !signal?.aborted ? timeoutError(false, ms) : error
    })
  }

  /** The error of the whole create. A request that may have started a task is more important than the last failure. */
  #finalError(failure: GlanceTasksError, search?: Search): GlanceTasksError {
    return this.#unresolved ? unknownOutcome(this.#options.requestId, this.#unresolved, search, failure) : failure
  }

  #notify(text: string): void {
    this.#options.onNotice?.(text)
  }
}

/** The timeout of a lookup outside the search, in milliseconds. */
const EXTRA_LOOKUP_TIMEOUT = 2000
/** How long to search for a task before its request is sent again, in milliseconds. */
const SEARCH_BEFORE_RESEND = 10_000
/**
 * How long to search after an internal error of Glance, in milliseconds. The task exists at once or never, but other
 * members of a cluster may see it later.
 */
const SEARCH_AFTER_INTERNAL_ERROR = 1000

function timeoutError(sent: boolean, ms: number): TimeoutError {
  const seconds = Math.round(ms / 100) / 10
  if (sent) return new TimeoutError(`The image service did not respond within ${seconds} s.`, { sent })
  const message = `The task was not started: the login or the connection took longer than ${seconds} s.`
  return markNotExecuted(
    new TimeoutError(message, { sent, hint: 'Find the slow part of the connection.', remedy: { kind: 'diagnose' } }),
  )
}

function duplicatesNotice(others: readonly Task[], requestId: string): string {
  const ids = others.map(({ id }) => id).join(', ')
  return `The request was processed more than once. It also started ${ids} (request ID ${requestId}).`
}
