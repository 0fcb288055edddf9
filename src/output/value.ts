import type { FormatWriter } from './format.js'
import { visible } from './text.js'
import { cellText } from './value-text.js'

/**
 * Bare values for scripts. A list: one line a task, one space between the values. One task: one value a line. Nothing
 * inside a value breaks a line: line breaks and control characters stand there as visible escapes.
 */
export const value: FormatWriter = {
  list(columns) {
    return {
      begin: () => '',
      rows: (tasks) =>
        tasks.map((task) => `${columns.map(({ get }) => visible(cellText(get(task)))).join(' ')}\n`).join(''),
      end: () => '',
    }
  },
  one(task, columns) {
    return columns.map(({ get }) => `${visible(cellText(get(task)))}\n`).join('')
  },
}
