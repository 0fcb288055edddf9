import type { JsonObject } from '../http/json.js'
import type { Task } from '../tasks/task.js'
import { type Column, columnsOf, listColumns, recordColumns, selectColumns } from './columns.js'
import type { Format, FormatWriter, ListWriter, OutputOptions } from './format.js'

export { COLUMN_NAMES, checkColumns } from './columns.js'
export { FORMATS, type Format, isStructured, type ListWriter, type OutputOptions } from './format.js'

// One file per format, loaded on demand: loading cli-table3, chalk and yaml takes as long as a request.
const WRITERS: Record<Format, () => Promise<FormatWriter>> = {
  table: async () => (await import('./table.js')).table,
  json: async () => (await import('./json.js')).json,
  jsonl: async () => (await import('./jsonl.js')).jsonl,
  yaml: async () => (await import('./yaml.js')).yaml,
  csv: async () => (await import('./csv.js')).csv,
  value: async () => (await import('./value.js')).value,
  shell: async () => (await import('./shell.js')).shell,
}

/**
 * A writer for a list of tasks. Without -c, json, jsonl and yaml write all keys, the others the columns of a list.
 *
 * @throws UsageError for an unknown column, and for the shell format, which can print one task only
 */
export async function listWriter(format: Format, options: OutputOptions): Promise<ListWriter> {
  const columns = options.columns ? selectColumns(options.columns) : listColumns(options)
  return newListWriter(format, columns, options)
}

/**
 * Formats one task: an object in json, jsonl and yaml, a table of fields and values, a header and a row of CSV, one value per
 * line, or shell assignments.
 *
 * @throws UsageError for a column that is neither known nor a key of the task
 */
export async function formatOne(format: Format, task: Task, options: OutputOptions): Promise<string> {
  const columns = options.columns ? selectColumns(options.columns, Object.keys(task)) : columnsOf(task)
  const writer = await WRITERS[format]()
  return writer.one(task, columns, { ...options, chosen: options.columns !== undefined })
}

/**
 * Formats several tasks that were fetched one by one, like `list --long`.
 *
 * @throws UsageError for a column that is neither known nor a key of any task, and for the shell format
 */
export async function formatMany(format: Format, tasks: readonly Task[], options: OutputOptions): Promise<string> {
  const keys = new Set(tasks.flatMap((task) => Object.keys(task)))
  const columns = options.columns ? selectColumns(options.columns, [...keys]) : listColumns({ ...options, long: true })
  const list = await newListWriter(format, columns, options)
  return list.begin() + (await list.rows(tasks)) + list.end()
}

/**
 * Formats a list of records other than tasks, such as clouds.
 *
 * @param names the keys of each record, in the order of the columns
 * @throws UsageError for an unknown column, and for the shell format
 */
export async function formatRecords(
  format: Format,
  names: readonly string[],
  records: readonly JsonObject[],
  options: Omit<OutputOptions, 'origin' | 'long'>,
): Promise<string> {
  const columns = recordColumns(names, options.columns)
  const list = await newListWriter(format, columns, { ...options, origin: false, long: false })
  // The writers read a task only through its columns.
  return list.begin() + (await list.rows(records as unknown as readonly Task[])) + list.end()
}

/**
 * Formats one record other than a task as an object: for json, jsonl and yaml.
 *
 * @throws UsageError for an unknown column
 */
export async function formatRecord(
  format: Format,
  names: readonly string[],
  record: JsonObject,
  options: Omit<OutputOptions, 'origin' | 'long'>,
): Promise<string> {
  const columns = recordColumns(names, options.columns)
  const writer = await WRITERS[format]()
  const chosen = options.columns !== undefined
  return writer.one(record as unknown as Task, columns, { ...options, origin: false, long: false, chosen })
}

async function newListWriter(format: Format, columns: Column[], options: OutputOptions): Promise<ListWriter> {
  const writer = await WRITERS[format]()
  return writer.list(columns, { ...options, chosen: options.columns !== undefined })
}
