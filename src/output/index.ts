import type { Row, Selection } from './columns.js'
import { type Format, type ListWriter, loadFormat, type OutputOptions } from './format.js'

export { FORMATS, type Format, isStructured, type ListWriter, type OutputOptions } from './format.js'

/** Formats a list while its rows arrive. @throws UsageError for the shell format */
export async function listWriter(format: Format, selection: Selection, options: OutputOptions): Promise<ListWriter> {
  return (await loadFormat(format)).list(selection, options)
}

/** Formats a list of rows. @throws UsageError for the shell format */
export async function formatRows(
  format: Format,
  rows: readonly Row[],
  selection: Selection,
  options: OutputOptions,
): Promise<string> {
  const writer = await listWriter(format, selection, options)
  return writer.begin() + (await writer.rows(rows)) + writer.end()
}

/**
 * Formats a single row: an object in json, jsonl and yaml, a table of fields and values, a header and a row of CSV, one value
 * per line, or shell assignments.
 */
export async function formatRow(
  format: Format,
  row: Row,
  selection: Selection,
  options: OutputOptions,
): Promise<string> {
  return (await loadFormat(format)).one(row, selection, options)
}
