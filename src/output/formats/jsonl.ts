import { objectOf, type Row } from '../columns.js'
import type { FormatWriter } from '../format.js'
import { escapeJson, textOfLines } from '../text.js'
import { jsonText, rawJson } from '../value-text.js'

/** JSON lines: one object per line. */
export const jsonl: FormatWriter = {
  list(selection) {
    const toObject = objectOf(selection)
    const line = (row: Row) => rawJson(toObject(row))
    return { begin: () => '', rows: (rows) => escapeJson(textOfLines(rows.map(line))), end: () => '' }
  },
  one(row, selection) {
    return `${jsonText(objectOf(selection)(row))}\n`
  },
}
