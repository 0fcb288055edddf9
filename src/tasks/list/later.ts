import { methodOf } from '../import-task.js'
import { hasEnded, type Task } from '../task.js'

/**
 * What shows which of two tasks of one image is the later one, if the server says that they were created at the same time: some
 * databases keep no fractions of a second. The first difference decides, and the greater value is later.
 */
const SIGNS: readonly ((task: Task) => string | number)[] = [
  // An image has one import at a time: the one that has not ended is the last.
  (task) => (hasEnded(task) ? 0 : 1),
  // Only an image that was imported can be copied.
  (task) => (methodOf(task) === 'copy-image' ? 1 : 0),
  // The next one began after the end of this one.
  ({ updated_at }) => updated_at ?? '',
]

/** Whether a task of an image is later than another one that was created at the same time; undefined if nothing shows that. */
export function isLater(a: Task, b: Task): boolean | undefined {
  for (const sign of SIGNS) {
    const [ofA, ofB] = [sign(a), sign(b)]
    if (ofA !== ofB) return ofA > ofB
  }
  return undefined
}

/** Like isLater. If nothing shows it, a failure is later: better take a success for a failure than a failure for a success. */
export function isLaterOrWorse(a: Task, b: Task): boolean | undefined {
  const [isFailure, wasFailure] = [a, b].map(({ status }) => status === 'failure')
  return isLater(a, b) ?? (isFailure === wasFailure ? undefined : isFailure)
}
