import type { Row } from '../columns.js'
import type { FormatWriter } from '../format.js'
import { textOfLines, visible } from '../text.js'
import { cellText } from '../value-text.js'

/**
 * Plain values for scripts. A list has one line per row, with a space between the values. A single row has one value per
 * line. Line breaks and control characters in a value are escaped.
 */
export const value: FormatWriter = {
  list({ columns }) {
    const line = (row: Row) => columns.map(({ get }) => visible(cellText(get(row)))).join(' ')
    return { begin: () => '', rows: (rows) => textOfLines(rows.map(line)), end: () => '' }
  },
  one(row, { columns }) {
    return textOfLines(columns.map(({ get }) => visible(cellText(get(row)))))
  },
}
