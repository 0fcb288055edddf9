import type { NotFoundError } from '../../errors.js'
import { hasEnded, type Task } from '../task.js'
import { idKey } from '../task-id.js'

/** How long a task may be not found that is new or was seen before: not every member of a cluster knows all at once. */
const GRACE = 30_000

/** What a watch tells of its tasks. */
export interface TrackerOptions {
  /** The tasks were started a moment ago. */
  isNew?: boolean | undefined
  onUpdate?: ((task: Task) => void) | undefined
}

/**
 * The tasks of a wait and what has become of them, each under the id that was asked for: a server may match ids in any
 * letter case and write them in its own.
 */
export class TaskTracker {
  /** The tasks that are still waited for, and how each was seen last. */
  readonly open = new Map<string, Task | undefined>()
  readonly missing: { id: string; error: NotFoundError }[] = []
  readonly #ids: readonly string[]
  readonly #options: TrackerOptions
  readonly #ended = new Map<string, Task>()
  /** Since when a task is not found. */
  readonly #lostSince = new Map<string, number>()

  constructor(ids: readonly string[], options: TrackerOptions) {
    const distinct = new Map<string, string>()
    for (const id of ids) if (!distinct.has(idKey(id))) distinct.set(idKey(id), id)
    this.#ids = [...distinct.values()]
    this.#options = options
    for (const id of this.#ids) this.open.set(id, undefined)
  }

  /** How many tasks are waited for in all. */
  get total(): number {
    return this.#ids.length
  }

  get running(): string[] {
    return this.#ids.filter((id) => this.open.has(id))
  }

  /** The ended tasks, in the order of their ids. */
  get ended(): Task[] {
    return this.#ids.flatMap((id) => this.#ended.get(id) ?? [])
  }

  /** The tasks that go on, as they were seen last, in the order of their ids. */
  get lastSeen(): Task[] {
    return this.#ids.flatMap((id) => this.open.get(id) ?? [])
  }

  see(id: string, task: Task): void {
    this.#lostSince.delete(id)
    this.open.set(id, task)
    this.#options.onUpdate?.(task)
    if (!hasEnded(task)) return
    this.#ended.set(id, task)
    this.open.delete(id)
  }

  /** Takes note that a task is not found. One that should be there is looked for again for half a minute. */
  miss(id: string, error: NotFoundError, now: number): void {
    const isExpected = this.#options.isNew === true || this.open.get(id) !== undefined
    const since = this.#lostSince.get(id) ?? now
    this.#lostSince.set(id, since)
    if (isExpected && now - since < GRACE) return
    this.missing.push({ id, error })
    this.open.delete(id)
  }

  /** Looks at this task after all others the next time. */
  defer(id: string): void {
    const task = this.open.get(id)
    this.open.delete(id)
    this.open.set(id, task)
  }

  /** Waits no longer for the tasks that nobody wants any more. */
  keep(isWanted: (id: string) => boolean): void {
    for (const id of this.running) if (!isWanted(id)) this.open.delete(id)
  }

  /** How many tasks have which status. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { status } of [...this.ended, ...this.lastSeen]) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }
}
