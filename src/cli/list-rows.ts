import type { ListWriter } from '../output/index.js'
import type { Task } from '../tasks/task.js'
import type { Context } from './context.js'

/** The number of tasks that are formatted at a time. */
const SLICE = 250
/** After this many pages and tasks, the process has all the memory that it needs, and its growth can be limited. */
const FIRST_PAGES = 2
const FIRST_TASKS = 200

/** Formats the rows of a list in small slices while its pages arrive. */
export async function* listRows(
  context: Context,
  pages: AsyncIterable<readonly Task[]> | Iterable<readonly Task[]>,
  writer: ListWriter,
): AsyncGenerator<string, void, undefined> {
  let pageCount = 0
  let taskCount = 0
  let isReported = false
  for await (const page of pages) {
    for (let at = 0; at < page.length; at += SLICE) {
      yield await writer.rows(page.slice(at, at + SLICE))
      await yieldToEventLoop()
    }
    pageCount++
    taskCount += page.length
    if (isReported || pageCount < FIRST_PAGES || taskCount < FIRST_TASKS) continue
    context.afterFirstPages?.()
    isReported = true
  }
}

/**
 * Lets Node read what has arrived of the next page. Otherwise the receive buffer of the kernel fills up while this page is
 * formatted, and the server has to pause: that would cost a sixth of the time of a long list.
 */
function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
