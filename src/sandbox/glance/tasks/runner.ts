import { wholeMilliseconds } from '../../ticker.js'
import { DOWNLOAD } from '../images/store.js'
import type { Downloads } from '../imports/download.js'
import type { TaskOutcome } from './outcome.js'
import type { TaskPlan, TaskRow, TaskStore } from './store.js'

/** How long Glance keeps a task after its end, in microseconds: 48 hours, the default of `task_time_to_live`. */
export const TIME_TO_LIVE = 48 * 3600 * 1_000_000

const FAILED_DOWNLOAD: TaskOutcome = { status: 'failure', message: 'Task failed due to Internal Error', result: null }

/** The changes that a task makes to images when it begins and ends. Times are microseconds since the epoch. */
export interface ImageUpdates {
  begin(row: TaskRow, plan: TaskPlan, at: number): void
  /** @param data what the task has downloaded. */
  end(row: TaskRow, plan: TaskPlan, at: number, data: Buffer): void
}

/**
 * Runs tasks without timers. The outcome of a task is decided when it is created, except that a download may fail. Each
 * request first updates all tasks to the current time. So tasks are exact with any clock, and survive a restart of the
 * sandbox.
 */
export class TaskRunner {
  readonly #store: TaskStore
  readonly #updates: ImageUpdates
  readonly #downloads: Downloads
  readonly #duration: number
  /** The ids of tasks. */
  readonly #running = new Set<string>()

  /** @param duration the time from the creation of a task to its end, in milliseconds. */
  constructor(store: TaskStore, updates: ImageUpdates, downloads: Downloads, duration: number) {
    this.#store = store
    this.#updates = updates
    this.#downloads = downloads
    this.#duration = duration * 1000
  }

  /** Adds a task and starts it. */
  start(row: TaskRow, outcome: TaskOutcome): void {
    const created = wholeMilliseconds(row.createdAt)
    const begins = created + Math.floor(this.#duration / 4)
    const ends = created + this.#duration
    const { stuck, ...rest } = outcome
    const startsAt = stuck === 'pending' ? undefined : begins
    this.#store.add({ ...row, plan: { ...rest, startsAt, endsAt: stuck ? undefined : ends } })
    if (outcome.download !== undefined) this.#downloads.start(row.id, outcome.download)
    this.resume(row.id)
  }

  /** Continues a task that has not ended. */
  resume(id: string): void {
    if (this.#store.get(id)?.plan) this.#running.add(id)
  }

  /** Updates every task to the given time, in microseconds. */
  advance(now: number): void {
    for (const id of this.#running) {
      const row = this.#store.get(id)
      if (row?.plan) this.#move(row, row.plan, now)
      if (!row?.plan) this.#running.delete(id)
    }
  }

  #move(row: TaskRow, plan: TaskPlan, now: number): void {
    const since = (at: number) => Math.max(at, row.updatedAt)
    const { startsAt, endsAt } = plan
    if (row.status === 'pending' && startsAt !== undefined && now >= startsAt) {
      this.#store.update(row, { status: 'processing', updatedAt: since(startsAt) })
      this.#updates.begin(row, plan, startsAt)
    }
    if (endsAt === undefined || now < endsAt) return
    const download = plan.download === undefined ? { data: DOWNLOAD, endedAt: endsAt } : this.#downloads.get(row.id)
    if (download?.endedAt === undefined) return
    this.#downloads.remove(row.id)
    const end = Math.max(endsAt, download.endedAt)
    const { status, message, result } = download.data ? plan : FAILED_DOWNLOAD
    if (download.data) this.#updates.end(row, plan, end, download.data)
    const expiresAt = end + TIME_TO_LIVE
    this.#store.update(row, { status, message, result, updatedAt: since(end), expiresAt, plan: undefined })
  }
}
