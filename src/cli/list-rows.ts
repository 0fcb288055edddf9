import type { ListWriter } from '../output/index.js'
import type { Task } from '../tasks/task.js'
import type { Context } from './context.js'

/** So many tasks are made text of at a time. */
const SLICE = 250
/** After so many pages, of so many tasks, the process has as much memory as it needs. Later it might take more. */
const FIRST_PAGES = 2
const FIRST_TASKS = 200

/** The rows of a list as text, some at a time, as its pages come. */
export async function* listRows(
  context: Context,
  pages: AsyncIterable<readonly Task[]> | Iterable<readonly Task[]>,
  writer: ListWriter,
): AsyncGenerator<string, void, undefined> {
  let pageCount = 0
  let taskCount = 0
  let isTold = false
  for await (const page of pages) {
    for (let at = 0; at < page.length; at += SLICE) {
      yield await writer.rows(page.slice(at, at + SLICE))
      await takeIn()
    }
    pageCount++
    taskCount += page.length
    if (isTold || pageCount < FIRST_PAGES || taskCount < FIRST_TASKS) continue
    context.afterFirstPages?.()
    isTold = true
  }
}

/**
 * Takes in what has come of the next page. Left alone until this page is written, it would fill what the kernel holds for
 * us, and the server would have to wait before it can send the rest: a sixth of the time of a long list.
 */
function takeIn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
