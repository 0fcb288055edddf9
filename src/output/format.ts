import type { Row, Selection } from './columns.js'

/** A format of -f. */
interface FormatEntry {
  /** Loads its file. Loading cli-table3, chalk and yaml takes as long as a request. */
  load(): Promise<FormatWriter>
  /** Whether it keeps nested values; the others have lines and cells. */
  isStructured?: boolean
  /** Whether an error is also printed as JSON. */
  isJson?: boolean
  /** Whether a list can be read only when it is complete. */
  needsEnd?: boolean
}

const TABLE = {
  table: { load: async () => (await import('./formats/table.js')).table },
  json: {
    load: async () => (await import('./formats/json.js')).json,
    isStructured: true,
    isJson: true,
    needsEnd: true,
  },
  jsonl: { load: async () => (await import('./formats/jsonl.js')).jsonl, isStructured: true, isJson: true },
  yaml: { load: async () => (await import('./formats/yaml.js')).yaml, isStructured: true, needsEnd: true },
  csv: { load: async () => (await import('./formats/csv.js')).csv },
  value: { load: async () => (await import('./formats/value.js')).value },
  shell: { load: async () => (await import('./formats/shell.js')).shell },
} satisfies Record<string, FormatEntry>

/** The name of a format. */
export type Format = keyof typeof TABLE

/** The names of the formats. */
export const FORMATS = Object.keys(TABLE) as Format[]

/** A value of -f: a format for rows, or the format of metrics. */
export type AnyFormat = Format | 'prometheus'

/** Loads a format. */
export function loadFormat(format: Format): Promise<FormatWriter> {
  return TABLE[format].load()
}

/** Whether a format keeps nested values. */
export function isStructured(format: AnyFormat): boolean {
  return entryOf(format)?.isStructured === true
}

/** Whether an error is also printed as JSON. */
export function isJson(format: AnyFormat): boolean {
  return entryOf(format)?.isJson === true
}

/** Whether a list in this format can be read only when it is complete, such as an array in JSON. */
export function needsEnd(format: string): boolean {
  return entryOf(format)?.needsEnd === true
}

function entryOf(format: string): FormatEntry | undefined {
  return (TABLE as Record<string, FormatEntry>)[format]
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
  /** Whether the output may contain `…` and other characters of ours that are not ASCII. Default true. */
  unicode?: boolean | undefined
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
  /** Writes rows that a table holds back to determine its widths. Only for lists that continue after a pause. */
  flush?(): string
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
