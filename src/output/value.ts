import type { Task } from '../tasks/task.js'
import type { FormatWriter } from './format.js'
import { textOfLines, visible } from './text.js'
import { cellText } from './value-text.js'

/**
 * Bare values for scripts. A list: one line a task, one space between the values. One task: one value a line. Nothing
 * inside a value breaks a line: line breaks and control characters stand there as visible escapes.
 */
export const value: FormatWriter = {
  list(columns) {
    const line = (task: Task) => columns.map(({ get }) => visible(cellText(get(task)))).join(' ')
    return { begin: () => '', rows: (tasks) => textOfLines(tasks.map(line)), end: () => '' }
  },
  one(task, columns) {
    return textOfLines(columns.map(({ get }) => visible(cellText(get(task)))))
  },
}
