import { checkId, checkOptions } from '../check.js'
import { UsageError } from '../errors.js'
import { type Clock, systemClock } from '../http/clock.js'
import { checkOpen } from '../http/closed.js'
import type { JsonObject } from '../http/json.js'
import type { Service } from '../http/service.js'
import { type CreateOptions, createTask } from './create/create.js'
import { getTask } from './get.js'
import { type ListOptions, TaskList } from './list/list.js'
import {
  CREATE_OPTIONS,
  LIST_OPTIONS,
  REQUEST_OPTIONS,
  RETRY_OPTIONS,
  WAIT_MANY_OPTIONS,
  WAIT_OPTIONS,
} from './option-rules.js'
import { limited, type RequestOptions, TaskPromise } from './request-options.js'
import { type RetryOptions, retryTask } from './retry-task.js'
import { getTaskSchema } from './schema.js'
import type { Task, TaskType } from './task.js'
import { type WaitManyOptions, type WaitOptions, type WaitResult, waitForTask, waitForTasks } from './wait/wait.js'

/** The tasks of one cloud's image service. Every method throws UsageError for invalid options. */
export class Tasks {
  readonly #service: Service
  readonly #clock: Clock

  constructor(service: Service, clock: Clock = systemClock) {
    this.#service = service
    this.#clock = clock
  }

  /**
   * Lists tasks, newest first. Iterate over the result or over its `.pages()`, or call `.all()`. No request is sent before
   * that. Glance omits input, message and result from lists; see `ListOptions.long`.
   */
  list(options: ListOptions & RequestOptions = {}): TaskList {
    checkOptions('list()', options, LIST_OPTIONS)
    return new TaskList(limited(this.#service, options), options)
  }

  /**
   * Gets one task with all its fields.
   *
   * @throws NotFoundError, and the errors of Service.request().
   */
  get(id: string, options: RequestOptions = {}): TaskPromise {
    return TaskPromise.of(this.#service, async (service) => {
      checkId('get()', id)
      checkOptions('get()', options, REQUEST_OPTIONS)
      return getTask(limited(service, options), id, { signal: options.signal })
    })
  }

  /**
   * Starts a task, exactly once, and returns it. Its status is then pending.
   *
   * @throws UnknownOutcomeError if it is unknown whether the task was started. After any other error, it was not, except after
   *   AbortedError: its `remedy` names the task that was started, or the request whose outcome is unknown.
   */
  create<Type extends TaskType | (string & {})>(options: CreateOptions<Type> & RequestOptions): TaskPromise {
    return TaskPromise.of(this.#service, async (service) => {
      checkOptions('create()', options, CREATE_OPTIONS)
      checkOpen(service)
      // A create has its own retries: it repeats the request only if it certainly was not processed.
      const { requestTimeout } = options
      return createTask(limited(service, { requestTimeout }), this.#clock, options as CreateOptions)
    })
  }

  /**
   * Starts a new task with the type and input of a failed one, and returns it.
   *
   * @throws TaskStateError if the task has not failed; the errors of `create()`.
   */
  retry(id: string, options: RetryOptions & RequestOptions = {}): TaskPromise {
    return TaskPromise.of(this.#service, async (service) => {
      checkId('retry()', id)
      checkOptions('retry()', options, RETRY_OPTIONS)
      const { requestTimeout } = options
      return retryTask(limited(service, { requestTimeout }), this.#clock, id, options)
    })
  }

  /**
   * Fetches the JSON schema of a task, as the service publishes it.
   *
   * @throws UnexpectedAnswerError if the response is not a schema, and the errors of Service.request().
   */
  async schema(options: RequestOptions = {}): Promise<JsonObject> {
    checkOptions('schema()', options, REQUEST_OPTIONS)
    checkOpen(this.#service)
    return getTaskSchema(limited(this.#service, options), { signal: options.signal })
  }

  /**
   * Waits until a task succeeds or fails, and returns it with all its fields.
   *
   * @throws WaitTimeoutError after `timeout` (default one hour); NotFoundError, ForbiddenError and the other errors of
   *   Service.request() that a later poll would meet, too; AbortedError. Whatever a callback throws.
   */
  async wait(id: string, options: WaitOptions & RequestOptions = {}): Promise<Task> {
    checkId('wait()', id)
    checkOptions('wait()', options, WAIT_OPTIONS)
    checkOpen(this.#service)
    return waitForTask(limited(this.#service, options), this.#clock, id, options)
  }

  /**
   * Waits, with few requests, until all tasks have ended, or one of them with `any`. Failures are in the result and are not
   * thrown: tasks that failed are in `ended`, and `error` says why the wait ended early, if it did.
   */
  async waitMany(ids: readonly string[], options: WaitManyOptions & RequestOptions = {}): Promise<WaitResult> {
    if (!Array.isArray(ids)) throw new UsageError('waitMany(): the IDs must be an array of strings.')
    for (const id of ids) checkId('waitMany()', id)
    checkOptions('waitMany()', options, WAIT_MANY_OPTIONS)
    checkOpen(this.#service)
    return waitForTasks(limited(this.#service, options), this.#clock, ids, options)
  }
}
