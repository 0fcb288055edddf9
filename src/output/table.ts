import { paletteFor } from './colour.js'
import { fieldTable } from './field-table.js'
import type { FormatWriter } from './format.js'
import { ListTable } from './list-table.js'

/** Tables: one row per task for a list, one row per key for one task. */
export const table: FormatWriter = {
  async list(columns, options) {
    return new ListTable(columns, options, await paletteFor(options))
  },
  async one(task, columns, options) {
    return fieldTable(task, columns, options, await paletteFor(options))
  },
}
