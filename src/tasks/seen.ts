import type { Task } from './task.js'

/**
 * What a walk has already given out, and where it can be taken up again.
 *
 * Sorted by `created_at`, which never changes, the last two pages and the place reached are enough (the second, and the
 * tasks of it), so that a walk over a million tasks takes no more memory than one over a thousand. By any other column tasks move while one walks, and only
 * the ids of all of them tell what is new.
 */
export class Seen {
  readonly #isFixed: boolean
  readonly #descending: boolean
  readonly #all = new Set<string>()
  #page: Task[] = []
  #recent = new Set<string>()
  #before = new Set<string>()
  /** The tasks that were created in the same second as the last one given out: any number may share it. */
  #second = new Set<string>()
  #time = ''
  /** The creation time reached when the walk had to begin anew; what stands before it was given out then. */
  #reached = Number.NaN

  constructor(sortKey: string, sortDir: 'asc' | 'desc') {
    // Glance sorts by created_at when it is asked for id.
    this.#isFixed = sortKey === 'created_at' || sortKey === 'id'
    this.#descending = sortDir === 'desc'
  }

  get isEmpty(): boolean {
    return this.#page.length === 0
  }

  add(tasks: Task[]): void {
    if (tasks.length === 0) return
    this.#page = tasks
    this.#before = this.#recent
    this.#recent = new Set(tasks.map((task) => task.id))
    if (!this.#isFixed) for (const task of tasks) this.#all.add(task.id)
    this.#reach(tasks, tasks.at(-1)?.created_at ?? '')
  }

  #reach(tasks: Task[], time: string): void {
    if (time !== this.#time) this.#second.clear()
    this.#time = time
    for (const task of tasks) if (task.created_at === time) this.#second.add(task.id)
  }

  isNew(task: Task): boolean {
    if (!this.#isFixed) return !this.#all.has(task.id)
    const { id } = task
    return !this.#recent.has(id) && !this.#before.has(id) && !this.#second.has(id) && !this.#isBehind(task)
  }

  /** The ids of the last page to go on after, the nearest first, in steps that double: those that expire do so in runs. */
  *candidates(): Generator<string> {
    const last = this.#page.length - 1
    for (let back = 1; back <= last; back *= 2) {
      const task = this.#page[last - back]
      if (task) yield task.id
    }
  }

  /** The walk begins anew: what stands before the place reached so far is not new. */
  beginAnew(): void {
    this.#reached = Date.parse(this.#page.at(-1)?.created_at ?? '')
  }

  #isBehind(task: Task): boolean {
    if (Number.isNaN(this.#reached)) return false
    const created = Date.parse(task.created_at)
    return this.#descending ? created > this.#reached : created < this.#reached
  }
}
