import type { Task } from '../tasks/task.js'
import type { Column } from './columns.js'

/** The formats of -f. */
export const FORMATS = ['table', 'json', 'jsonl', 'yaml', 'csv', 'value', 'shell'] as const
export type Format = (typeof FORMATS)[number]

/** Whether a format holds what is nested as it is; the others have lines and cells. */
export function isStructured(format: Format): boolean {
  return format === 'json' || format === 'jsonl' || format === 'yaml'
}

/** Whether those who read a format read JSON. */
export function isJson(format: Format): boolean {
  return format === 'json' || format === 'jsonl'
}

/** How tasks are to be written. */
export interface OutputOptions {
  /** What -c names, as typed; undefined: the format's own choice. */
  columns?: readonly string[] | undefined
  /** JSON is indented by two. */
  indent: boolean
  /** Tables and CSV have a heading. */
  header: boolean
  /** How many cells of a terminal a table may be wide; undefined: nothing is cut. */
  maxWidth?: number | undefined
  /** Tables colour the status. */
  color: boolean
  /** Whether a terminal shows the output: then no control character may reach it, not even in CSV and shell. */
  terminal: boolean
  /** Milliseconds since the epoch, which "3 minutes ago" counts from. */
  now: number
  /** Tables say "3 minutes ago" instead of the time. */
  relativeTimes: boolean
  /** The tasks come from several clouds or regions, and say so in their keys `cloud` and `region`. */
  origin: boolean
  /** Lists show message, result and input. */
  long: boolean
}

/**
 * Writes a list as it comes. `begin`, any number of `rows`, each awaited before the next, and `end` are the output, one
 * after the other.
 */
export interface ListWriter {
  begin(): string
  /** A promise where a table has to load what measures wide characters. */
  rows(tasks: readonly Task[]): string | Promise<string>
  /**
   * @param isWhole whether all tasks came; else what was held back is written, and the array or the table is not closed.
   *   Default true.
   */
  end(isWhole?: boolean): string
}

/** What each format's file exports. */
export interface FormatWriter {
  /** @param columns what to show; `chosen` tells whether -c chose them */
  list(columns: readonly Column[], options: Chosen): ListWriter | Promise<ListWriter>
  one(task: Task, columns: readonly Column[], options: Chosen): string | Promise<string>
}

/** The options, and whether the columns were chosen by -c. Formats that keep all keys do so only when they were not. */
export interface Chosen extends OutputOptions {
  chosen: boolean
}
