import type { FormatWriter } from './format.js'
import { picker } from './pick.js'
import { jsonText } from './value-text.js'

/** JSON: an object for one task, an array for a list. The array is written as items arrive, and closed by `end`. */
export const json: FormatWriter = {
  list(columns, options) {
    const pick = picker(columns, options)
    const { indent, open, separator, close } = options.indent ? INDENTED : COMPACT
    let empty = true
    return {
      begin: () => '[',
      rows(tasks) {
        if (tasks.length === 0) return ''
        // Format the page as one array and remove its brackets: much faster than one call per task.
        const items = jsonText(tasks.map(pick), indent).slice(open.length + 1, -close.length - 1)
        const lead = empty ? open : separator
        empty = false
        return lead + items
      },
      end(isWhole = true) {
        if (!isWhole) return '\n'
        return empty ? ']\n' : `${close}]\n`
      },
    }
  },
  one(task, columns, options) {
    return `${jsonText(picker(columns, options)(task), options.indent ? 2 : undefined)}\n`
  },
}

const INDENTED = { indent: 2, open: '\n', separator: ',\n', close: '\n' }
const COMPACT = { indent: undefined, open: '', separator: ',', close: '' }
