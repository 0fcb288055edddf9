import type { TaskOutcome } from './outcome.js'
import type { TaskPlan, TaskRow, TaskStore } from './store.js'

/** How long Glance keeps a task that has ended: 48 hours, in microseconds. */
export const TIME_TO_LIVE = 48 * 3600 * 1_000_000

/** What a task does to images while it runs. Times in microseconds. */
export interface ImageUpdates {
  begin(row: TaskRow, plan: TaskPlan, at: number): void
  end(row: TaskRow, plan: TaskPlan, at: number): void
}

/**
 * Carries tasks through their life. Nothing runs in the background: what becomes of a task is decided when it is made,
 * and whoever looks sees it as far as it has come by then. That makes it exact under any clock, and lets a sandbox be
 * stopped and started again in the middle of a task.
 */
export class TaskRunner {
  readonly #store: TaskStore
  readonly #updates: ImageUpdates
  readonly #duration: number
  readonly #running = new Set<TaskRow>()

  /** @param duration how long a task takes from its creation to its end, in milliseconds. */
  constructor(store: TaskStore, updates: ImageUpdates, duration: number) {
    this.#store = store
    this.#updates = updates
    this.#duration = duration * 1000
  }

  /** Makes a task, and starts it. */
  start(row: TaskRow, outcome: TaskOutcome): void {
    // The microseconds that make times of creation unique must not have to be waited for by a clock of milliseconds.
    const made = row.createdAt - (row.createdAt % 1000)
    const begins = made + Math.floor(this.#duration / 4)
    const ends = made + this.#duration
    const { stuck, ...rest } = outcome
    const startsAt = stuck === 'pending' ? undefined : begins
    this.#store.add({ ...row, plan: { ...rest, startsAt, endsAt: stuck ? undefined : ends } })
    this.resume(row.id)
  }

  /** Takes up a task that has a plan. */
  resume(id: string): void {
    const row = this.#store.get(id)
    if (row?.plan) this.#running.add(row)
  }

  /** Brings every task to where it is at this time, in microseconds. */
  advance(now: number): void {
    for (const row of this.#running) {
      const { plan } = row
      if (plan) this.#move(row, plan, now)
      if (!row.plan) this.#running.delete(row)
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
    const { status, message, result } = plan
    this.#updates.end(row, plan, endsAt)
    const expiresAt = endsAt + TIME_TO_LIVE
    this.#store.update(row, { status, message, result, updatedAt: since(endsAt), expiresAt, plan: undefined })
  }
}
