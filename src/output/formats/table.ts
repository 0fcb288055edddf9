import { paletteFor } from '../colour.js'
import type { FormatWriter } from '../format.js'
import { fieldTable } from '../table/field-table.js'
import { ListTable } from '../table/list-table.js'

/** Tables: one line per row for a list, one line per key for a single row. */
export const table: FormatWriter = {
  async list(selection, options) {
    return new ListTable(selection, options, await paletteFor(options))
  },
  async one(row, selection, options) {
    return fieldTable(row, selection.columns, options, await paletteFor(options))
  },
}
