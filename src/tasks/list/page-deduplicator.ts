import type { Task } from '../task.js'

/**
 * Recognises tasks that were already yielded, and knows where a list can continue after its marker expired.
 *
 * If the list is sorted by `created_at`, which never changes, the last two pages and the tasks of the last second are
 * enough, so that the memory does not grow with the list. With any other sort key, tasks move while the list is read, and
 * the IDs of all tasks are kept.
 */
export class PageDeduplicator {
  readonly #isFixed: boolean
  readonly #descending: boolean
  readonly #all = new Set<string>()
  /** The ids of the last page. */
  #page: string[] = []
  #recent = new Ids()
  #before = new Ids()
  /** The tasks created in the same second as the last one. There may be any number. */
  #second = new Ids()
  #time = ''
  /** No task after this creation time in the order of the list was yielded yet. Undefined after a time in another format than Glance's. */
  #frontier: string | undefined
  /** The creation time reached when the list had to restart. All tasks before it were already yielded. */
  #reached = Number.NaN

  constructor(sortKey: string, sortDir: 'asc' | 'desc') {
    this.#isFixed = sortKey === 'created_at'
    this.#descending = sortDir === 'desc'
  }

  get isEmpty(): boolean {
    return this.#page.length === 0
  }

  add(tasks: Task[]): void {
    if (tasks.length === 0) return
    this.#moveFrontier(tasks)
    this.#page = tasks.map(({ id }) => id)
    if (!this.#isFixed) for (const id of this.#page) this.#all.add(id)
    this.#before = this.#recent
    this.#recent = new Ids(this.#page)
    this.#reach(tasks, tasks.at(-1)?.created_at ?? '')
  }

  #reach(tasks: Task[], time: string): void {
    if (time !== this.#time) this.#second = new Ids()
    this.#time = time
    this.#second.add(tasks.filter((task) => task.created_at === time).map(({ id }) => id))
  }

  #moveFrontier(tasks: Task[]): void {
    const isFirst = this.isEmpty
    for (const [i, { created_at: time }] of tasks.entries()) {
      if (!isGlanceTime(time)) this.#frontier = undefined
      else if (isFirst && i === 0) this.#frontier = time
      else if (this.#isBeyond(time)) this.#frontier = time
    }
  }

  #isBeyond(time: string): boolean {
    if (this.#frontier === undefined || !isGlanceTime(time)) return false
    return this.#descending ? time < this.#frontier : time > this.#frontier
  }

  isNew(task: Task): boolean {
    const { id } = task
    if (!this.#isFixed) return !this.#all.has(id)
    // True for nearly every task of a sorted list, and saves the creation of the sets below.
    if (this.#isBeyond(task.created_at)) return true
    return !this.#recent.has(id) && !this.#before.has(id) && !this.#second.has(id) && !this.#isBehind(task)
  }

  /** IDs of the last page to continue after, the nearest first. The steps double, because old tasks expire together. */
  *candidates(): Generator<string> {
    const last = this.#page.length - 1
    for (let back = 1; back <= last; back *= 2) {
      const id = this.#page[last - back]
      if (id) yield id
    }
  }

  /** The list restarts from its beginning. The tasks before the current position are then not new. */
  restart(): void {
    this.#reached = Date.parse(this.#time)
  }

  #isBehind(task: Task): boolean {
    if (Number.isNaN(this.#reached)) return false
    const created = Date.parse(task.created_at)
    return this.#descending ? created > this.#reached : created < this.#reached
  }
}

/** Whether a time has Glance's format, `2026-11-23T18:09:25Z`. Such times can be compared as text. */
function isGlanceTime(time: string): boolean {
  return typeof time === 'string' && time.length === 20 && time.endsWith('Z')
}

/** IDs that are rarely looked up. The set is filled only when necessary. */
class Ids {
  readonly #set = new Set<string>()
  #pending: readonly string[]

  constructor(ids: readonly string[] = []) {
    this.#pending = ids
  }

  add(ids: readonly string[]): void {
    this.#pending = this.#pending.length === 0 ? ids : [...this.#pending, ...ids]
  }

  has(id: string): boolean {
    for (const each of this.#pending) this.#set.add(each)
    this.#pending = []
    return this.#set.has(id)
  }
}
