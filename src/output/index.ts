import type { Row, Selection } from './columns.js'
import type { Format, FormatWriter, ListWriter, OutputOptions } from './format.js'

export { FORMATS, type Format, isStructured, type ListWriter, type OutputOptions } from './format.js'

// One file per format, loaded on demand: loading cli-table3, chalk and yaml takes as long as a request.
const WRITERS: Record<Format, () => Promise<FormatWriter>> = {
  table: async () => (await import('./formats/table.js')).table,
  json: async () => (await import('./formats/json.js')).json,
  jsonl: async () => (await import('./formats/jsonl.js')).jsonl,
  yaml: async () => (await import('./formats/yaml.js')).yaml,
  csv: async () => (await import('./formats/csv.js')).csv,
  value: async () => (await import('./formats/value.js')).value,
  shell: async () => (await import('./formats/shell.js')).shell,
}

/** Formats a list while its rows arrive. @throws UsageError for the shell format */
export async function listWriter(format: Format, selection: Selection, options: OutputOptions): Promise<ListWriter> {
  return (await WRITERS[format]()).list(selection, options)
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
  return (await WRITERS[format]()).one(row, selection, options)
}
