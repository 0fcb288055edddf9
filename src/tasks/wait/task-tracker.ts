import type { NotFoundError } from '../../errors.js'
import { hasEnded, type Task } from '../task.js'
import { idKey } from '../task-id.js'

/** How long to tolerate a 404 for what should exist, in milliseconds. Members of a cluster may be out of sync. */
export const GRACE_PERIOD = 30_000

/** Options of a tracker. */
export interface TrackerOptions {
  /** Whether the tasks were started just now. */
  isNew?: boolean | undefined
  onUpdate?: ((task: Task) => void) | undefined
}

/**
 * Keeps track of the tasks of a wait, by the IDs that the caller wrote. The server may accept IDs in any letter case and
 * return them in its own.
 */
export class TaskTracker {
  /** The tasks that have not ended, each as it was last seen. */
  readonly unfinished = new Map<string, Task | undefined>()
  readonly missing: { id: string; error: NotFoundError }[] = []
  readonly #ids: readonly string[]
  readonly #options: TrackerOptions
  readonly #ended = new Map<string, Task>()
  /** When a task was first not found. */
  readonly #lostSince = new Map<string, number>()

  constructor(ids: readonly string[], options: TrackerOptions) {
    const distinct = new Map<string, string>()
    for (const id of ids) if (!distinct.has(idKey(id))) distinct.set(idKey(id), id)
    this.#ids = [...distinct.values()]
    this.#options = options
    for (const id of this.#ids) this.unfinished.set(id, undefined)
  }

  /** The number of all tasks of the wait. */
  get total(): number {
    return this.#ids.length
  }

  get running(): string[] {
    return this.#ids.filter((id) => this.unfinished.has(id))
  }

  /** The ended tasks, in the order of the IDs. */
  get ended(): Task[] {
    return this.#ids.flatMap((id) => this.#ended.get(id) ?? [])
  }

  /** The tasks that have not ended, as they were last seen, in the order of the IDs. */
  get lastSeen(): Task[] {
    return this.#ids.flatMap((id) => this.unfinished.get(id) ?? [])
  }

  update(id: string, task: Task): void {
    this.#lostSince.delete(id)
    this.unfinished.set(id, task)
    this.#options.onUpdate?.(task)
    if (!hasEnded(task)) return
    this.#ended.set(id, task)
    this.unfinished.delete(id)
  }

  /** Records that a task was not found. If it should exist, the wait continues for the grace period. */
  notFound(id: string, error: NotFoundError, now: number): void {
    const shouldExist = this.#options.isNew === true || this.unfinished.get(id) !== undefined
    const since = this.#lostSince.get(id) ?? now
    this.#lostSince.set(id, since)
    if (shouldExist && now - since < GRACE_PERIOD) return
    this.missing.push({ id, error })
    this.unfinished.delete(id)
  }

  /** Makes the next poll read this task after all others. */
  moveToEnd(id: string): void {
    const task = this.unfinished.get(id)
    this.unfinished.delete(id)
    this.unfinished.set(id, task)
  }

  /** Removes the tasks that are no longer wanted. */
  removeUnless(isWanted: (id: string) => boolean): void {
    for (const id of this.running) if (!isWanted(id)) this.unfinished.delete(id)
  }

  /** The number of tasks by status. */
  counts(): Record<string, number> {
    const counts = new Map<string, number>()
    for (const { status } of [...this.ended, ...this.lastSeen]) counts.set(status, (counts.get(status) ?? 0) + 1)
    return Object.fromEntries(counts)
  }
}
