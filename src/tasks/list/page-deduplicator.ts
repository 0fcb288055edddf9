import type { Task } from '../task.js'

/**
 * What a walk has already given out, and where it can be taken up again.
 *
 * Sorted by `created_at`, which never changes, the last two pages and the place reached are enough (the second, and the
 * tasks of it), so that a walk over a million tasks takes no more memory than one over a thousand. By any other column
 * tasks move while one walks, and only the ids of all of them tell what is new.
 */
export class PageDeduplicator {
  readonly #isFixed: boolean
  readonly #descending: boolean
  readonly #all = new Set<string>()
  /** The ids of the last page. */
  #page: string[] = []
  #recent = new Ids()
  #before = new Ids()
  /** The tasks that were created in the same second as the last one given out: any number may share it. */
  #second = new Ids()
  #time = ''
  /** Beyond this time of creation nothing was given out yet; undefined when a time was no time as Glance writes it. */
  #frontier: string | undefined
  /** The creation time reached when the walk had to begin anew; what stands before it was given out then. */
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
    // In a list that is in order nearly every task: the sets below need not even be made.
    if (this.#isBeyond(task.created_at)) return true
    return !this.#recent.has(id) && !this.#before.has(id) && !this.#second.has(id) && !this.#isBehind(task)
  }

  /** The ids of the last page to go on after, the nearest first, in steps that double: those that expire do so in runs. */
  *candidates(): Generator<string> {
    const last = this.#page.length - 1
    for (let back = 1; back <= last; back *= 2) {
      const id = this.#page[last - back]
      if (id) yield id
    }
  }

  /** The walk begins anew: what stands before the place reached so far is not new. */
  beginAnew(): void {
    this.#reached = Date.parse(this.#time)
  }

  #isBehind(task: Task): boolean {
    if (Number.isNaN(this.#reached)) return false
    const created = Date.parse(task.created_at)
    return this.#descending ? created > this.#reached : created < this.#reached
  }
}

/** Whether a time is written as Glance does, `2026-11-23T18:09:25Z`: of such the text tells which is earlier. */
function isGlanceTime(time: string): boolean {
  return typeof time === 'string' && time.length === 20 && time.endsWith('Z')
}

/** Ids that are seldom looked for: a set is made of them only then. */
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
