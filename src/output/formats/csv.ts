import { ExactNumber, type JsonValue } from '../../http/json.js'
import type { Column, Row } from '../columns.js'
import type { FormatWriter } from '../format.js'
import { encodable, textOfLines, visibleLines } from '../text.js'
import { cellText } from '../value-text.js'

/**
 * RFC 4180 with line feeds, quoted like the CSV of the openstack client: everything except numbers. Cells are exact. A cell
 * that a spreadsheet would interpret as a formula is not changed, because that would change the data.
 */
export const csv: FormatWriter = {
  list({ columns }, { header, terminal }) {
    const line = lineWriter(columns, terminal)
    return {
      begin: () => (header ? heading(columns, terminal) : ''),
      rows: (rows) => textOfLines(rows.map(line)),
      end: () => '',
    }
  },
  one(row, { columns }, { header, terminal }) {
    return (header ? heading(columns, terminal) : '') + textOfLines([lineWriter(columns, terminal)(row)])
  },
}

function heading(columns: readonly Column[], terminal: boolean): string {
  return `${columns.map(({ name }) => field(name, terminal)).join(',')}\n`
}

function lineWriter(columns: readonly Column[], terminal: boolean): (row: Row) => string {
  return (row) => columns.map(({ get }) => field(get(row), terminal)).join(',')
}

function field(value: JsonValue | undefined, terminal: boolean): string {
  if (typeof value === 'number' || value instanceof ExactNumber) return String(value)
  const text = cellText(value)
  const shown = terminal ? visibleLines(text) : encodable(text)
  return shown.includes('"') ? `"${shown.replaceAll('"', '""')}"` : `"${shown}"`
}
