import type { Task } from '../tasks/task.js'
import type { FormatWriter } from './format.js'
import { picker } from './pick.js'
import { escapeJson } from './text.js'
import { jsonText, rawJson } from './value-text.js'

/** JSON lines: one object a line, for one task as for many. */
export const jsonl: FormatWriter = {
  list(columns, options) {
    const pick = picker(columns, options)
    const line = (task: Task) => `${rawJson(pick(task))}\n`
    return { begin: () => '', rows: (tasks) => escapeJson(tasks.map(line).join('')), end: () => '' }
  },
  one(task, columns, options) {
    return `${jsonText(picker(columns, options)(task))}\n`
  },
}
