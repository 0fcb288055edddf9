import { imageIdOf } from '../tasks/import-task.js'
import { hasEnded, TASK_STATUSES, type Task } from '../tasks/task.js'
import { type FailureGroup, FailureGroups } from './failure-groups.js'
import type { Grouping } from './grouping.js'
import { Durations, type Spread } from './spread.js'

// Types and not interfaces, which would not count as JSON values.

/** The number of tasks, in total and of each status. */
export type GroupTotals = {
  total: number
  by_status: Record<string, number>
}

/** The tasks of a project. */
export type OwnerTotals = GroupTotals & {
  owner: string
}

/** The tasks of an image. */
export type ImageTotals = GroupTotals & {
  /** Null: the tasks that name no image. */
  image_id: string | null
}

/** What a report says about the tasks of its period. */
export interface Totals extends GroupTotals {
  by_type: Record<string, number>
  /** How long tasks waited that have not ended. */
  waiting_seconds: Spread
  /** How long the running tasks have run so far. */
  running_seconds: Spread
  /** How long the ended tasks took, from creation to end. */
  duration_seconds: Spread
  failures: FailureGroup[]
  by_owner?: OwnerTotals[]
  by_image?: ImageTotals[]
}

/** Adds up tasks while they arrive. Keeps numbers, not tasks. */
export class TaskTally {
  readonly #now: number
  readonly #statuses = new StatusCounts()
  readonly #types = new Map<string, number>()
  readonly #waiting = new Durations()
  readonly #running = new Durations()
  readonly #durations = new Durations()
  readonly #failures = new FailureGroups()
  readonly #owners: Map<string, StatusCounts> | undefined
  readonly #images: Map<string | null, StatusCounts> | undefined

  /** @param now milliseconds since the epoch */
  constructor(now: number, by: readonly Grouping[] = []) {
    this.#now = now
    if (by.includes('owner')) this.#owners = new Map()
    if (by.includes('image')) this.#images = new Map()
  }

  /** Adds a task. A task that failed or runs needs its details. */
  add(task: Task): void {
    this.#statuses.add(task)
    this.#types.set(task.type, (this.#types.get(task.type) ?? 0) + 1)
    this.#addTimes(task)
    if (task.status === 'failure') this.#failures.add(task)
    if (this.#owners) entryOf(this.#owners, String(task.owner ?? '')).add(task)
    if (this.#images) entryOf(this.#images, imageIdOf(task) ?? null).add(task)
  }

  /**
   * Glance keeps no time at which a task began to run: the time of its last change is that time only while the task runs,
   * and only until Glance changes the task for another reason.
   */
  #addTimes(task: Task): void {
    const created = Date.parse(task.created_at)
    const changed = Date.parse(task.updated_at)
    if (hasEnded(task)) this.#durations.add(created, changed)
    if (task.status === 'pending') this.#waiting.add(created, this.#now)
    if (task.status === 'processing' && isUnchangedSinceStart(task)) {
      this.#waiting.add(created, changed)
      this.#running.add(changed, this.#now)
    }
  }

  totals(): Totals {
    return {
      ...this.#statuses.totals(),
      by_type: Object.fromEntries(this.#types),
      waiting_seconds: this.#waiting.spread(),
      running_seconds: this.#running.spread(),
      duration_seconds: this.#durations.spread(),
      failures: this.#failures.list(),
      ...(this.#owners && { by_owner: groupsOf(this.#owners, (owner) => ({ owner })) }),
      ...(this.#images && { by_image: groupsOf(this.#images, (image_id) => ({ image_id })) }),
    }
  }
}

/** `Copied N MiB` replaces the time of the start. */
function isUnchangedSinceStart({ message, _incomplete }: Task): boolean {
  return _incomplete === undefined && !/^Copied \d+ MiB/.test(message ?? '')
}

/** Counts tasks by status. Glance's own statuses are always present. */
class StatusCounts {
  #total = 0
  readonly #counts = new Map<string, number>(TASK_STATUSES.map((status) => [status, 0]))

  add({ status }: Task): void {
    this.#total++
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + 1)
  }

  totals(): GroupTotals {
    return { total: this.#total, by_status: Object.fromEntries(this.#counts) }
  }
}

function entryOf<K>(groups: Map<K, StatusCounts>, key: K): StatusCounts {
  const counts = groups.get(key) ?? new StatusCounts()
  groups.set(key, counts)
  return counts
}

/** The groups with their key, the largest first. */
function groupsOf<K, T extends object>(groups: Map<K, StatusCounts>, keyed: (key: K) => T): (T & GroupTotals)[] {
  return [...groups].map(([key, counts]) => ({ ...keyed(key), ...counts.totals() })).sort((a, b) => b.total - a.total)
}
