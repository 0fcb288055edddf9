import { checkOptions, count, oneOf, type Rules, text } from '../../check.js'
import type { Task } from '../task.js'
import { type Order, precedence } from './sort.js'

/** The order in which lists come and are merged, and how many tasks are wanted of them together. */
export interface MergeOptions extends Pick<Order, 'sortKey' | 'sortDir'> {
  /** How many tasks in all. Default: every one. */
  limit?: number | undefined
}

const MERGE_OPTIONS: Rules<MergeOptions> = { sortKey: text, sortDir: oneOf('asc', 'desc'), limit: count }

/**
 * Several sorted lists as one sorted list: of the tasks that come next in each, the first by the order, and of equals that
 * of the earlier list. All lists are read at once, none further than it is needed.
 *
 * Where a server sorts otherwise than by the text of the key (a collation of its own), the order among the lists may
 * differ, but within each it stays, and each task still comes once.
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

/** Tasks in their order, until one of the lists has to be read on or there are enough. */
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

/** Where one list stands. */
class Head {
  readonly #pages: AsyncIterator<Task[]>
  #page: Task[] = []
  #next = 0
  #isDone = false

  constructor(pages: AsyncIterable<Task[]>) {
    this.#pages = pages[Symbol.asyncIterator]()
  }

  /** The task that comes next, as far as it has been read. */
  get task(): Task | undefined {
    return this.#page[this.#next]
  }

  advance(): void {
    this.#next++
  }

  /** Reads on where nothing is left of what was read. */
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
