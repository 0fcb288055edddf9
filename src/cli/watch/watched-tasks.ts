import { type Order, precedence } from '../../tasks/list/sort.js'
import type { Task } from '../../tasks/task.js'
import { taskKey } from '../terminal/live/board.js'

/** A task that is new or has changed. */
export interface TaskChange {
  task: Task
  /** The task before the change; undefined if it is new. */
  before: Task | undefined
}

/** Which tasks to watch. */
export interface WatchedOptions {
  order: Order
  /** The maximum number of tasks: the first in the order. */
  limit?: number | undefined
  /** When the watch began, in milliseconds since the epoch. */
  startedAt: number
}

/** How long an expired task is kept, in milliseconds: the clock of the server may be behind. */
const CLOCK_SLACK = 3_600_000

/**
 * The tasks of all clouds that are watched, as they were last seen. A task stays when it changes so that a filter no longer
 * matches it: someone who watches the pending tasks wants to see how they end.
 */
export class WatchedTasks {
  readonly #options: WatchedOptions
  readonly #precedes: (a: Task, b: Task) => boolean
  readonly #tasks = new Map<string, Task>()
  #sorted: readonly Task[] = []
  /** The tasks that expired before this time are forgotten, in milliseconds since the epoch. */
  #forgottenUntil = Number.NEGATIVE_INFINITY

  constructor(options: WatchedOptions) {
    this.#options = options
    this.#precedes = precedence(options.order)
  }

  /** The tasks in their order. */
  get sorted(): readonly Task[] {
    return this.#sorted
  }

  /** Whether a task is among those that are watched. */
  has(task: Task): boolean {
    return this.#tasks.has(taskKey(task))
  }

  /** Whether a task is new, or differs from what was last seen. A new one beyond the limit does not count. */
  isNews(task: Task): boolean {
    const old = this.#tasks.get(taskKey(task))
    if (old === undefined) return this.#isWithinLimit(task) && !this.#isForgotten(task)
    return old.status !== task.status || old.updated_at !== task.updated_at
  }

  /** Adds and updates tasks. Returns those that are new or have changed, in their given order. */
  update(tasks: readonly Task[]): TaskChange[] {
    const changes = tasks
      .filter((task) => this.isNews(task))
      .map((task): TaskChange => ({ task, before: this.#tasks.get(taskKey(task)) }))
    if (changes.length === 0) return []
    for (const { task } of changes) this.#tasks.set(taskKey(task), task)
    this.#sort(changes)
    return changes.filter(({ task }) => this.has(task))
  }

  /** Forgets the tasks that have expired during the watch: the memory of a long watch must not grow without end. */
  forgetExpired(now: number): void {
    this.#forgottenUntil = now - CLOCK_SLACK
    const kept = this.#sorted.filter((task) => !this.#isForgotten(task))
    if (kept.length === this.#sorted.length) return
    for (const task of this.#sorted) if (this.#isForgotten(task)) this.#tasks.delete(taskKey(task))
    this.#sorted = kept
  }

  /** A server may still list an expired task. A task that had expired before the watch began stays in the list. */
  #isForgotten({ expires_at }: Task): boolean {
    const expiry = Date.parse(expires_at ?? '')
    return expiry >= this.#options.startedAt && expiry < this.#forgottenUntil
  }

  /**
   * A list with a limit does not show the tasks after its last one. One that was created in the same second as the last one
   * has probably been there before.
   */
  #isWithinLimit(task: Task): boolean {
    const { limit } = this.#options
    const last = this.#sorted.at(-1)
    return limit === undefined || last === undefined || this.#sorted.length < limit || this.#precedes(task, last)
  }

  /** Sorts the tasks, new ones before old ones of the same time. Drops those that new ones have pushed beyond the limit. */
  #sort(changes: readonly TaskChange[]): void {
    const { limit } = this.#options
    const added = changes.filter(({ before }) => before === undefined).map(({ task }) => task)
    const kept = this.#sorted.map((task) => this.#tasks.get(taskKey(task)) ?? task)
    const sorted = [...added, ...kept].sort((a, b) => Number(this.#precedes(b, a)) - Number(this.#precedes(a, b)))
    for (const task of limit === undefined ? [] : sorted.splice(limit)) this.#tasks.delete(taskKey(task))
    this.#sorted = sorted
  }
}
