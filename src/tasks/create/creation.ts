import { AbortedError, type GlanceTasksError, TimeoutError, UnknownOutcomeError } from '../../errors.js'
import { type Clock, repeat } from '../../http/clock.js'
import { withTimeout } from '../../http/deadline.js'
import { markNotExecuted } from '../../http/not-executed.js'
import { retryDelay } from '../../http/retry.js'
import type { Service } from '../../http/service.js'
import { taskOf } from '../read-task.js'
import type { Task } from '../task.js'
import { unknownOutcome } from './create-errors.js'
import { outcomeOfCreate } from './create-outcome.js'
import { type FoundTasks, findByRequestId } from './find-by-request-id.js'
import { findLookalikes } from './find-lookalikes.js'
import { findStartedTask, type Search } from './find-started.js'

/** The times of a create that its caller does not choose, in milliseconds. */
export interface CreateTimings {
  /** How often `onNotice` is called while a request has no answer. */
  noticeInterval: number
  /** What one look for the task may take. */
  lookupTimeout: number
}

/** What one create needs. */
export interface CreationOptions {
  /** The JSON text to send. */
  body: string
  requestId: string
  ifUnknown: 'fail' | 'resend'
  retries: number
  /** Milliseconds for all of it. */
  timeout: number
  pace: CreateTimings
  signal: AbortSignal | undefined
  onNotice: ((text: string) => void) | undefined
}

/** Of its time, this much (or a quarter, if that is less) is kept for the search, in milliseconds. */
const SEARCH_TIME = 10_000

/** One create, from its first request to the task. */
export class Creation {
  readonly #service: Service
  readonly #clock: Clock
  readonly #options: CreationOptions
  readonly #started: number
  readonly #deadline: number
  /** When the last request must have been answered, so that there is time left to look for its task. */
  readonly #lastSend: number
  /** Why an earlier request may have started a task. */
  #doubt: GlanceTasksError | undefined

  constructor(service: Service, clock: Clock, options: CreationOptions) {
    this.#service = service
    this.#clock = clock
    this.#options = options
    this.#started = clock.monotonic()
    this.#deadline = this.#started + options.timeout
    this.#lastSend = this.#deadline - Math.min(SEARCH_TIME, options.timeout / 4)
  }

  /** Whether a request that may have started a task is under way, or was. */
  get mayExist(): boolean {
    return this.#doubt !== undefined
  }

  /** The task that was started before with this request id, if there is one. */
  async existing(): Promise<Task | undefined> {
    const { requestId } = this.#options
    const { tasks, unread, blind } = await this.#look(this.#lastSend - this.#clock.monotonic())
    const [task] = tasks
    if (task) this.#notify(`Task ${task.id} was started with the request id ${requestId} before; nothing is sent.`)
    if (task || (unread.length === 0 && blind === undefined)) return task
    throw new UnknownOutcomeError(
      `This cloud cannot tell whether a task with the request id ${requestId} exists already; nothing was sent.`,
      requestId,
      {
        taskIds: unread.map(({ id }) => id),
        hint: 'Leave the request id out to start a task all the same, or look for it.',
        remedy: { kind: 'find_request', requestId },
      },
    )
  }

  /**
   * Sends the request until its outcome is clear, and gives its task.
   *
   * @throws UnknownOutcomeError; what the request met that certainly did not start a task; AbortedError.
   */
  async run(): Promise<Task> {
    const { retries, ifUnknown, requestId } = this.#options
    for (let attempt = 0; ; attempt++) {
      const { task, failure } = await this.#send()
      if (task) return this.#doubt ? this.#withDoubles(task) : task
      const outcome = outcomeOfCreate(failure, requestId)
      if (outcome === 'not started') throw this.#end(failure)
      const isInside = outcome === 'failed inside'
      const search = outcome === 'try again' ? undefined : await this.#search(failure, isInside)
      if (search?.tasks[0]) return this.#adopt(search.tasks[0], search.tasks)
      if (this.#doubt && ifUnknown === 'fail') throw this.#end(failure, search)
      // What Glance itself fails with seldom ends otherwise the second time.
      if (attempt >= (isInside ? Math.min(retries, 1) : retries)) throw this.#end(failure, search)
      const delay = retryDelay(attempt, failure, { retries, base: 500, cap: 30_000 }, this.#clock.random)
      if (this.#clock.monotonic() + delay >= this.#lastSend) throw this.#end(failure, search)
      const so = this.#doubt ? 'No task was found' : 'The task was not started'
      this.#notify(`${failure.message} ${so}; sending the request again.`)
      await this.#clock.sleep(delay, this.#options.signal)
    }
  }

  /** Sends the request once, within the time that there is. */
  async #send(): Promise<{ task: Task; failure?: never } | { task?: never; failure: GlanceTasksError }> {
    const { requestId, body, pace, signal } = this.#options
    const started = this.#clock.monotonic()
    const time = Math.max(0, this.#lastSend - started)
    const stopNotices = repeat(this.#clock, pace.noticeInterval, () => {
      const seconds = Math.round((this.#clock.monotonic() - started) / 1000)
      this.#notify(`No answer after ${seconds} s; still waiting for it (request id ${requestId}).`)
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
      if (!signal?.aborted) return { failure: outOfTime(failure.sent, time) }
      if (failure.sent) this.#doubt ??= failure
      throw failure
    } finally {
      stopNotices()
    }
  }

  /**
   * Looks for the task of a request that failed: as long as there is time, or briefly where Glance itself has failed with
   * it, or where the request is then sent again. Unless Glance is done with it, the outcome stays in doubt.
   */
  async #search(failure: GlanceTasksError, isInside: boolean): Promise<Search> {
    const { requestId, signal, onNotice, ifUnknown, pace } = this.#options
    this.#notify(`${failure.message} Looking whether the task was started (request id ${requestId}).`)
    const before = this.#doubt
    this.#doubt ??= failure
    const soon = this.#clock.monotonic() + BEFORE_RESEND
    const until = ifUnknown === 'resend' && soon < this.#lastSend ? soon : this.#deadline
    const conclusiveAfter = isInside ? AFTER_ITS_OWN_FAILURE : undefined
    const { lookupTimeout } = pace
    const limits = { until, conclusiveAfter, lookupTimeout }
    const search = await findStartedTask(this.#service, this.#clock, { requestId, ...limits, signal, onNotice })
    if (isInside && search.isConclusive) this.#doubt = before
    return search.blind && search.tasks.length === 0 ? this.#withLookalikes(search) : search
  }

  /** A search that could not see the request id, with the tasks that are like the one that was to be started. */
  async #withLookalikes(search: Search): Promise<Search> {
    const { body, signal } = this.#options
    const age = this.#clock.monotonic() - this.#started
    const time = Math.max(LAST_LOOK, this.#deadline - this.#clock.monotonic())
    const candidates = await withTimeout(this.#clock, time, signal, (limited) =>
      findLookalikes(this.#service, { body, age, signal: limited }),
    ).catch((error) => {
      if (signal?.aborted) throw error
      return []
    })
    if (candidates.length === 0) return search
    return { ...search, candidates, why: `${search.why}; with the same input was started: ${candidates.join(', ')}` }
  }

  #adopt(task: Task, all: readonly Task[]): Task {
    const others = all.filter(({ id }) => id !== task.id)
    if (others.length > 0) this.#notify(doubles(others, this.#options.requestId))
    return task
  }

  /** The task, once a second one that an earlier request may have started was looked for. */
  async #withDoubles(task: Task): Promise<Task> {
    const { requestId } = this.#options
    const tasks = await this.#look(LAST_LOOK).then(
      (findings) => findings.tasks,
      () => [],
    )
    if (tasks.some(({ id }) => id !== task.id)) return this.#adopt(task, tasks)
    this.#notify(
      `An earlier request may still start a second task. List the tasks of the request ${requestId} to see both.`,
    )
    return task
  }

  /** Looks once, for so many milliseconds at the most. */
  #look(ms: number): Promise<FoundTasks> {
    const { requestId, signal } = this.#options
    return withTimeout(this.#clock, ms, signal, (limited) =>
      findByRequestId(this.#service, requestId, { signal: limited }),
    ).catch((error) => {
      throw error instanceof AbortedError && !signal?.aborted ? outOfTime(false, ms) : error
    })
  }

  /** The error that ends the create. That an earlier request may have started a task matters more than the last failure. */
  #end(failure: GlanceTasksError, search?: Search): GlanceTasksError {
    return this.#doubt ? unknownOutcome(this.#options.requestId, this.#doubt, search, failure) : failure
  }

  #notify(text: string): void {
    this.#options.onNotice?.(text)
  }
}

/** What a look beside the search may take, in milliseconds. */
const LAST_LOOK = 2000
/** How long is looked for a task before its request is sent again, in milliseconds. */
const BEFORE_RESEND = 10_000
/** After a failure of its own, Glance has the task at once or never; a member of a cluster may know it later. */
const AFTER_ITS_OWN_FAILURE = 1000

function outOfTime(sent: boolean, ms: number): TimeoutError {
  const seconds = Math.round(ms / 100) / 10
  if (sent) return new TimeoutError(`The image service did not answer within ${seconds} s.`, { sent })
  const message = `The task was not started: the login or the connection took longer than ${seconds} s.`
  return markNotExecuted(
    new TimeoutError(message, { sent, hint: 'Find out which part is slow.', remedy: { kind: 'diagnose' } }),
  )
}

function doubles(others: readonly Task[], requestId: string): string {
  const ids = others.map(({ id }) => id).join(', ')
  return `The request was carried out more than once: it also started ${ids} (request id ${requestId}).`
}
