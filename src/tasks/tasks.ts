import type { Service } from '../http/service.js'
import { type Clock, systemClock } from '../http/sleep.js'
import { type CreateOptions, createTask } from './create.js'
import { getTask } from './get.js'
import { type ListOptions, TaskList } from './list.js'
import { type RetryOptions, retryTask } from './retry.js'
import type { Task } from './task.js'
import { type WaitManyOptions, type WaitOptions, type WaitResult, waitForTask, waitForTasks } from './wait.js'

/** The tasks of one cloud's Image service. */
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
   *
   * @throws UsageError for options that no server could answer.
   */
  list(options: ListOptions = {}): TaskList {
    return new TaskList(this.#service, options)
  }

  /**
   * One task, whole.
   *
   * @throws NotFoundError, and what Service.request throws.
   */
  async get(id: string, options: { signal?: AbortSignal | undefined } = {}): Promise<Task> {
    return getTask(this.#service, id, options)
  }

  /**
   * Starts a task, exactly once, and returns it as it is then: pending.
   *
   * @throws UnknownOutcomeError when it cannot be found out whether it was started.
   */
  create(options: CreateOptions): Promise<Task> {
    return createTask(this.#service, this.#clock, options)
  }

  /**
   * Starts a failed task again, with the same type and input, and returns the new one.
   *
   * @throws TaskStateError where it has not failed; what `create` throws.
   */
  retry(id: string, options: RetryOptions = {}): Promise<Task> {
    return retryTask(this.#service, this.#clock, id, options)
  }

  /**
   * Follows a task until success or failure and returns it, whole.
   *
   * @throws WaitTimeoutError after `timeout` (default an hour).
   */
  wait(id: string, options: WaitOptions = {}): Promise<Task> {
    return waitForTask(this.#service, this.#clock, id, options)
  }

  /**
   * Follows several tasks, with few requests, until all have ended or, with `any`, one. What befell each of them is in
   * the result; nothing of it is thrown.
   */
  waitMany(ids: readonly string[], options: WaitManyOptions = {}): Promise<WaitResult> {
    return waitForTasks(this.#service, this.#clock, ids, options)
  }
}
