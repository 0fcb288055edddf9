import type { Task } from '../tasks/task.js'
import type { FormatWriter } from './format.js'
import { textOfLines, visible } from './text.js'
import { cellText } from './value-text.js'

/**
 * Plain values for scripts. A list has one line per task, with a space between the values. One task has one value per line.
 * Line breaks and control characters in a value are escaped.
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
