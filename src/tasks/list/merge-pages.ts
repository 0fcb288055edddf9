import { checkOptions, count, oneOf, type Rules, text } from '../../check.js'
import type { Task } from '../task.js'
import { type Order, precedence } from './sort.js'

/** Options of mergePages(): the common order of the lists, and a limit. */
export interface MergeOptions extends Pick<Order, 'sortKey' | 'sortDir'> {
  /** The maximum number of tasks. Default: all. */
  limit?: number | undefined
}

const MERGE_OPTIONS: Rules<MergeOptions> = { sortKey: text, sortDir: oneOf('asc', 'desc'), limit: count }

/**
 * Merges several sorted lists into one. Equal tasks come in the order of the lists. All lists are read at the same time,
 * and none further than necessary.
 *
 * If a server sorts with another collation, the tasks of different lists may not be in exact order. Each list still keeps
 * its own order, and each task comes once.
 *
 * @throws the first error of a list. The other lists are then ended.
 */
export async function* mergePages(
  lists: readonly AsyncIterable<Task[]>[],
  options: MergeOptions = {},
): AsyncGenerator<Task[], void, undefined> {
  checkOptions('mergePages()', options, MERGE_OPTIONS)
  const precedes = precedence(options)
  const heads = lists.map((list) => new Head(list))
  let left = options.limit ?? Number.POSITIVE_INFINITY
  try {
    while (left > 0) {
      await Promise.all(heads.map((head) => head.fill()))
      const live = heads.filter((head) => head.task !== undefined)
      if (live.length === 0) return
      const chunk = take(live, precedes, left)
      left -= chunk.length
      yield chunk
    }
  } finally {
    await Promise.all(heads.map((head) => head.close()))
  }
}

/** Takes tasks in order, until a list needs its next page or the limit is reached. */
function take(live: readonly Head[], precedes: (a: Task, b: Task) => boolean, most: number): Task[] {
  const chunk: Task[] = []
  while (chunk.length < most) {
    let first: Head | undefined
    for (const head of live) {
      if (head.task === undefined) return chunk
      if (first?.task === undefined || precedes(head.task, first.task)) first = head
    }
    if (first?.task === undefined) return chunk
    chunk.push(first.task)
    first.advance()
  }
  return chunk
}

/** The current position in one list. */
class Head {
  readonly #pages: AsyncIterator<Task[]>
  #page: Task[] = []
  #next = 0
  #isDone = false

  constructor(pages: AsyncIterable<Task[]>) {
    this.#pages = pages[Symbol.asyncIterator]()
  }

  /** The next task; undefined if the next page is not loaded yet, or at the end. */
  get task(): Task | undefined {
    return this.#page[this.#next]
  }

  advance(): void {
    this.#next++
  }

  /** Loads the next page if the current one is used up. */
  async fill(): Promise<void> {
    while (this.task === undefined && !this.#isDone) {
      const { done, value } = await this.#pages.next()
      this.#isDone = done === true
      this.#page = done ? [] : value
      this.#next = 0
    }
  }

  async close(): Promise<void> {
    await this.#pages.return?.()
  }
}
