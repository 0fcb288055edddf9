import { checkOptions } from '../check.js'
import { UsageError } from '../errors.js'
import { type Clock, systemClock } from '../http/clock.js'
import { checkOpen } from '../http/closed.js'
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
import type { Task, TaskType } from './task.js'
import { type WaitManyOptions, type WaitOptions, type WaitResult, waitForTask, waitForTasks } from './wait/wait.js'

/** The tasks of one cloud's Image service. Every method throws UsageError for options that cannot be used. */
export class Tasks {
  readonly #service: Service
  readonly #clock: Clock

  constructor(service: Service, clock: Clock = systemClock) {
    this.#service = service
    this.#clock = clock
  }

  /**
   * The tasks that match, newest first: iterate over them, over their `.pages()`, or take `.all()`. Nothing is asked
   * before that. Glance leaves input, message and result out of a list.
   */
  list(options: ListOptions & RequestOptions = {}): TaskList {
    checkOptions('list()', options, LIST_OPTIONS)
    return new TaskList(limited(this.#service, options), options)
  }

  /**
   * One task, whole.
   *
   * @throws NotFoundError, and what Service.request throws.
   */
  get(id: string, options: RequestOptions = {}): TaskPromise {
    return TaskPromise.of(this.#service, async (service) => {
      checkId('get()', id)
      checkOptions('get()', options, REQUEST_OPTIONS)
      return getTask(limited(service, options), id, { signal: options.signal })
    })
  }

  /**
   * Starts a task, exactly once, and returns it as it is then: pending.
   *
   * @throws UnknownOutcomeError when it cannot be known whether it was started.
   */
  create<Type extends TaskType | (string & {})>(options: CreateOptions<Type> & RequestOptions): TaskPromise {
    return TaskPromise.of(this.#service, async (service) => {
      checkOptions('create()', options, CREATE_OPTIONS)
      checkOpen(service)
      // The retries of a create are its own: only what was certainly not carried out is sent again.
      const { requestTimeout } = options
      return createTask(limited(service, { requestTimeout }), this.#clock, options as CreateOptions)
    })
  }

  /**
   * Starts a failed task again, with the same type and input, and returns the new one.
   *
   * @throws TaskStateError where it has not failed; what `create` throws.
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
   * Follows a task until success or failure and returns it, whole.
   *
   * @throws WaitTimeoutError after `timeout` (default an hour).
   */
  async wait(id: string, options: WaitOptions & RequestOptions = {}): Promise<Task> {
    checkId('wait()', id)
    checkOptions('wait()', options, WAIT_OPTIONS)
    checkOpen(this.#service)
    return waitForTask(limited(this.#service, options), this.#clock, id, options)
  }

  /**
   * Follows several tasks, with few requests, until all have ended or, with `any`, one. What became of each of them is
   * in the result; nothing of it is thrown.
   */
  async waitMany(ids: readonly string[], options: WaitManyOptions & RequestOptions = {}): Promise<WaitResult> {
    if (!Array.isArray(ids)) throw new UsageError('waitMany(): the ids must be an array of texts.')
    for (const id of ids) checkId('waitMany()', id)
    checkOptions('waitMany()', options, WAIT_MANY_OPTIONS)
    checkOpen(this.#service)
    return waitForTasks(limited(this.#service, options), this.#clock, ids, options)
  }
}

function checkId(caller: string, id: string): void {
  if (typeof id !== 'string' || id === '') throw new UsageError(`${caller}: the id must be a text that is not empty.`)
}
