import { path } from '../http/path.js'
import type { Service } from '../http/service.js'
import { type Clock, systemClock } from '../http/sleep.js'
import { type CreateOptions, createTask } from './create.js'
import { type ListOptions, TaskList } from './list.js'
import { taskOf } from './read-task.js'
import type { Task } from './task.js'
import { type WaitOptions, waitForTask } from './wait.js'

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
    return taskOf(await this.#service.request({ method: 'GET', path: path`tasks/${id}`, signal: options.signal }))
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
   * Follows a task until success or failure and returns it, whole.
   *
   * @throws WaitTimeoutError after `timeout` (default an hour).
   */
  wait(id: string, options: WaitOptions = {}): Promise<Task> {
    return waitForTask(this.#service, this.#clock, id, options)
  }
}
