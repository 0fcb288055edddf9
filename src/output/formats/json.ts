import { objectOf } from '../columns.js'
import type { FormatWriter } from '../format.js'
import { jsonText } from '../value-text.js'

/** JSON: an object for one row, an array for a list. The array is written as items arrive, and closed by `end`. */
export const json: FormatWriter = {
  list(selection, { indent: isIndented }) {
    const toObject = objectOf(selection)
    const { indent, open, separator, close } = isIndented ? INDENTED : COMPACT
    let empty = true
    return {
      begin: () => '[',
      rows(rows) {
        if (rows.length === 0) return ''
        // Format the page as one array and remove its brackets: much faster than one call per row.
        const items = jsonText(rows.map(toObject), indent).slice(open.length + 1, -close.length - 1)
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
  one(row, selection, { indent }) {
    return `${jsonText(objectOf(selection)(row), indent ? 2 : undefined)}\n`
  },
}

const INDENTED = { indent: 2, open: '\n', separator: ',\n', close: '\n' }
const COMPACT = { indent: undefined, open: '', separator: ',', close: '' }
