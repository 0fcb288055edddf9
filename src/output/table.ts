import { paletteFor } from './colour.js'
import { fieldTable } from './field-table.js'
import type { FormatWriter } from './format.js'
import { ListTable } from './list-table.js'

/** The picture for people: a list has one row a task, one task has one row a key. */
export const table: FormatWriter = {
  async list(columns, options) {
    return new ListTable(columns, options, await paletteFor(options))
  },
  async one(task, columns, options) {
    return fieldTable(task, columns, options, await paletteFor(options))
  },
}
