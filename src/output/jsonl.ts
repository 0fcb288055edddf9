import type { Task } from '../tasks/task.js'
import type { FormatWriter } from './format.js'
import { picker } from './pick.js'
import { escapeJson, textOfLines } from './text.js'
import { jsonText, rawJson } from './value-text.js'

/** JSON lines: one object per line. */
export const jsonl: FormatWriter = {
  list(columns, options) {
    const pick = picker(columns, options)
    const line = (task: Task) => rawJson(pick(task))
    return { begin: () => '', rows: (tasks) => escapeJson(textOfLines(tasks.map(line))), end: () => '' }
  },
  one(task, columns, options) {
    return `${jsonText(picker(columns, options)(task))}\n`
  },
}
