import { UsageError } from '../errors.js'
import type { JsonObject, JsonValue } from '../http/json.js'
import { didYouMean } from '../nearest.js'

/** What the formats print: a JSON object. A key without a value is left out. */
export type Row = { readonly [key: string]: JsonValue | undefined }

/** A colour of a terminal. */
export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim'

/** How tables show the values of a column. */
export interface ColumnStyle {
  /** If a table is too wide, its columns are narrowed in the order of this number. */
  readonly narrowing: number
  /** In its turn, a column is narrowed to this number of cells. */
  readonly leastWidth: number
  /** The values are IDs or names: a table never narrows the column below `leastWidth`. */
  readonly isWhole?: boolean
  /** Wrap the values between words instead of cutting them. */
  readonly isWrapped?: boolean
  /** The usual width of the values, in cells. A long list keeps this room for values that arrive later. */
  readonly usualWidth?: number
  /** The values are ISO 8601 times. A terminal shows them relative to now. */
  readonly isTime?: boolean
  /** The colour of each value. */
  readonly colours?: Readonly<Record<string, Colour>>
}

/** Text of any length. */
export const TEXT: ColumnStyle = { narrowing: 0, leastWidth: 7 }
/** Text that a table shows whole, in as many lines as it takes. */
export const PROSE: ColumnStyle = { ...TEXT, leastWidth: 12, isWrapped: true }
/** One of a few words. */
export const WORD: ColumnStyle = { narrowing: 1, leastWidth: 7 }
/** A sentence for people: the words beside it are narrowed first. */
export const MESSAGE: ColumnStyle = { narrowing: 2, leastWidth: 24, usualWidth: 60 }
/** A time. */
export const TIME: ColumnStyle = { narrowing: 3, leastWidth: 10, isTime: true }
/** A status. Add `colours`. */
export const STATUS: ColumnStyle = { narrowing: 4, leastWidth: 7, usualWidth: 10 }
/** A name that users type or copy: a table never breaks or cuts it, unless it is longer than `leastWidth`. */
export const NAME: ColumnStyle = { narrowing: 5, leastWidth: 40, isWhole: true }
/** An ID. The IDs of OpenStack have at most 64 characters. */
export const ID: ColumnStyle = { narrowing: 5, leastWidth: 64, usualWidth: 36, isWhole: true }

/** A column: its name, how to read it from a row, and how a table shows it. */
export interface Column {
  /** The name in -c, the header in a table, and the key in JSON: snake_case everywhere. */
  readonly name: string
  readonly style: ColumnStyle
  /** The value as the API sent it; undefined if the row has none. */
  get(row: Row): JsonValue | undefined
  /** If a list is too wide, it omits columns in the order of this number. Default: never. */
  readonly omission?: number | undefined
  /** The variable in the shell format. Default: the name. */
  readonly variable?: string
}

/** The columns to print. */
export interface Selection {
  readonly columns: readonly Column[]
  /** Whether -c chose them. If not, json, jsonl and yaml write all keys of a row. */
  readonly isChosen: boolean
}

/**
 * A column for each key, in this order.
 *
 * @param omitted the columns that a list omits if it is too wide, the first of them first
 */
export function columnsFor<Name extends string>(
  styles: Readonly<Record<Name, ColumnStyle>>,
  omitted: readonly NoInfer<Name>[] = [],
): Column[] {
  return Object.entries<ColumnStyle>(styles).map(([name, style]) => {
    const order = omitted.indexOf(name as Name)
    return { name, style, get: (row) => row[name], ...(order < 0 ? {} : { omission: order }) }
  })
}

/**
 * Selects from a fixed set of columns.
 *
 * @param names the values of -c; undefined selects all columns
 * @throws UsageError for an unknown name
 */
export function selectColumns(columns: readonly Column[], names: readonly string[] | undefined): Selection {
  if (names === undefined) return { columns, isChosen: false }
  const chosen = names.map((name) => {
    const found = columns.find((column) => column.name === name.trim().toLowerCase())
    if (found !== undefined) return found
    throw new UsageError(`Unknown column ${JSON.stringify(name)}.`, {
      unusable: ['column'],
      hint: hintFor(
        name,
        columns.map((column) => column.name),
      ),
    })
  })
  return { columns: [...new Set(chosen)], isChosen: true }
}

function hintFor(name: string, columns: readonly string[]): string {
  return [didYouMean(name, columns), `The columns are: ${columns.join(', ')}.`].filter(Boolean).join(' ')
}

/** The columns of -c, or the default columns. */
export function selectionOf(chosen: readonly Column[] | undefined, byDefault: () => readonly Column[]): Selection {
  return chosen ? { columns: chosen, isChosen: true } : { columns: byDefault(), isChosen: false }
}

/** Returns a function that converts a row to what JSON and YAML write: all its keys, or the chosen columns. */
export function objectOf({ columns, isChosen }: Selection): (row: Row) => JsonObject {
  // JSON has no undefined values; the type allows them only because of optional keys.
  if (!isChosen) return (row) => row as JsonObject
  return (row) => Object.fromEntries(columns.map(({ name, get }) => [name, get(row) ?? null]))
}
