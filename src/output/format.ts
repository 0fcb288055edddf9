import type { Row, Selection } from './columns.js'

/** The formats of -f. */
export const FORMATS = ['table', 'json', 'jsonl', 'yaml', 'csv', 'value', 'shell'] as const
export type Format = (typeof FORMATS)[number]

/** Whether a format keeps nested values; the others have lines and cells. */
export function isStructured(format: Format): boolean {
  return format === 'json' || format === 'jsonl' || format === 'yaml'
}

/** Whether a format is JSON. */
export function isJson(format: Format): boolean {
  return format === 'json' || format === 'jsonl'
}

/** How to format rows. */
export interface OutputOptions {
  /** Indent JSON by two spaces. */
  indent: boolean
  /** Print the header of a table or CSV. */
  header: boolean
  /** The maximum width of a table in terminal cells; undefined: no limit. */
  maxWidth?: number | undefined
  /** Colour values in a table. */
  color: boolean
  /** Whether the output goes to a terminal: then control characters are escaped in CSV and shell, too. */
  terminal: boolean
  /** The current time for "3 minutes ago", in milliseconds since the epoch. */
  now: number
  /** Print "3 minutes ago" instead of the time in tables. */
  relativeTimes: boolean
}

/**
 * Formats a list while it arrives. The output is the concatenation of `begin`, any number of `rows` and `end`. Await each
 * call of `rows` before the next.
 */
export interface ListWriter {
  begin(): string
  /** Returns a promise if a table has to load the code that measures wide characters. */
  rows(rows: readonly Row[]): string | Promise<string>
  /**
   * @param isWhole whether the list is complete. If not, held-back rows are written, but the array or table is not closed.
   *   Default: true.
   */
  end(isWhole?: boolean): string
}

/** What the file of each format exports. */
export interface FormatWriter {
  /** A writer for a list. */
  list(selection: Selection, options: OutputOptions): ListWriter | Promise<ListWriter>
  /** The text of a single row. */
  one(row: Row, selection: Selection, options: OutputOptions): string | Promise<string>
}
