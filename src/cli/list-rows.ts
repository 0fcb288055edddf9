import type { ListWriter } from '../output/index.js'
import type { Task } from '../tasks/task.js'

/** The number of tasks that are formatted at a time. */
const SLICE = 250

/** Formats the rows of a list in small slices while its pages arrive. */
export async function* listRows(
  pages: AsyncIterable<readonly Task[]> | Iterable<readonly Task[]>,
  writer: ListWriter,
): AsyncGenerator<string, void, undefined> {
  for await (const page of pages) {
    for (let at = 0; at < page.length; at += SLICE) {
      yield await writer.rows(page.slice(at, at + SLICE))
      await yieldToEventLoop()
    }
  }
}

/**
 * Lets Node read what has arrived of the next page. Otherwise the receive buffer of the kernel fills up while this page is
 * formatted, and the server has to pause: that would cost a sixth of the time of a long list.
 */
function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
