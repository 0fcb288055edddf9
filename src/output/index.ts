import type { JsonObject } from '../http/json.js'
import type { Task } from '../tasks/task.js'
import { type Column, columnsOf, listColumns, recordColumns, selectColumns } from './columns.js'
import type { Format, FormatWriter, ListWriter, OutputOptions } from './format.js'

export { COLUMN_NAMES, checkColumns } from './columns.js'
export { FORMATS, type Format, isStructured, type ListWriter, type OutputOptions } from './format.js'

// One file a format, loaded only when it is asked for: cli-table3, chalk and yaml cost what a whole request costs.
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
 * A writer for a list of tasks. Without -c, json, jsonl and yaml write whole tasks, the others the columns of a list.
 *
 * @throws UsageError for an unknown column, and for the shell format, which shows one task only
 */
export async function listWriter(format: Format, options: OutputOptions): Promise<ListWriter> {
  const columns = options.columns ? selectColumns(options.columns) : listColumns(options)
  return newListWriter(format, columns, options)
}

/**
 * One task: an object in json, jsonl and yaml, a table of fields and values, a heading and a row of CSV, one value a line, or
 * shell assignments.
 *
 * @throws UsageError for a column that is neither known nor a key of the task
 */
export async function formatOne(format: Format, task: Task, options: OutputOptions): Promise<string> {
  const columns = options.columns ? selectColumns(options.columns, Object.keys(task)) : columnsOf(task)
  const writer = await WRITERS[format]()
  return writer.one(task, columns, { ...options, chosen: options.columns !== undefined })
}

/**
 * Several tasks that were asked for one by one: what `list --long` writes.
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
 * A list of records that are no tasks, such as clouds.
 *
 * @param names what each record holds, in the order of the columns
 * @throws UsageError for a column that they do not have, and for the shell format
 */
export async function formatRecords(
  format: Format,
  names: readonly string[],
  records: readonly JsonObject[],
  options: Omit<OutputOptions, 'origin' | 'long'>,
): Promise<string> {
  const columns = recordColumns(names, options.columns)
  const list = await newListWriter(format, columns, { ...options, origin: false, long: false })
  // The writers ask nothing of a task but what its columns read.
  return list.begin() + (await list.rows(records as unknown as readonly Task[])) + list.end()
}

/**
 * One record that is no task, as an object: for the formats that have objects.
 *
 * @throws UsageError for a column that it does not have
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
