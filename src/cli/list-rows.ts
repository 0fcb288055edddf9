import type { ListWriter } from '../output/index.js'
import type { Task } from '../tasks/task.js'
import type { Context } from './context.js'

/** So many tasks are made text of at a time. */
const SLICE = 250
/** After so many pages the process has as much memory as they take; a few later it may have taken more than that. */
const FIRST_PAGES = 2

/** The rows of a list as text, some at a time, as its pages come. */
export async function* listRows(
  context: Context,
  pages: AsyncIterable<readonly Task[]> | Iterable<readonly Task[]>,
  writer: ListWriter,
): AsyncGenerator<string, void, undefined> {
  let count = 0
  for await (const page of pages) {
    for (let at = 0; at < page.length; at += SLICE) {
      yield await writer.rows(page.slice(at, at + SLICE))
      await takeIn()
    }
    if (++count === FIRST_PAGES) context.afterFirstPages?.()
  }
}

/**
 * Takes in what has come of the next page. Left alone until this page is written, it would fill what the kernel holds for
 * us, and the server would have to wait before it can send the rest: a sixth of the time of a long list.
 */
function takeIn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
