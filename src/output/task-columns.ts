import { UsageError } from '../errors.js'
import type { JsonObject } from '../http/json.js'
import { nearest } from '../nearest.js'
import { type Column, type ColumnStyle, ID, type Row, type Selection, STATUS, TEXT, TIME, WORD } from './columns.js'
import { visible } from './text.js'
import { valueAt } from './value-at.js'
import { jsonText } from './value-text.js'

const PROJECT: ColumnStyle = { ...TEXT, usualWidth: 32 }
const TYPE: ColumnStyle = { ...WORD, usualWidth: 16 }
/** Task statuses and their colours. */
export const TASK_STATUS: ColumnStyle = {
  ...STATUS,
  colours: { pending: 'yellow', processing: 'cyan', success: 'green', failure: 'red' },
}

interface KnownColumn {
  name: string
  style: ColumnStyle
  /** The server sends the key only in a task that is fetched by ID, not in a list. */
  isDetail?: boolean
  omission?: number
}

// In the order of the output of one task: the most important first.
const KNOWN: readonly KnownColumn[] = [
  { name: 'cloud', style: TEXT },
  { name: 'region', style: TEXT },
  { name: 'id', style: ID },
  { name: 'type', style: TYPE, omission: 2 },
  { name: 'status', style: TASK_STATUS },
  { name: 'owner', style: PROJECT, omission: 1 },
  { name: 'message', style: TEXT, isDetail: true },
  { name: 'result', style: TEXT, isDetail: true },
  { name: 'input', style: TEXT, isDetail: true },
  { name: 'image_id', style: ID, isDetail: true },
  { name: 'created_at', style: TIME, omission: 3 },
  { name: 'updated_at', style: TIME },
  { name: 'expires_at', style: TIME },
  { name: 'request_id', style: ID, isDetail: true },
  { name: 'user_id', style: PROJECT, isDetail: true },
  { name: 'self', style: TEXT },
  { name: 'schema', style: TEXT },
  // Added by us: why the details of a task could not be fetched.
  { name: '_incomplete', style: TEXT, isDetail: true },
]

// `self` and `schema` come last in the output of one task, after unknown keys.
const LAST = new Set(['self', 'schema'])

/** The names of the well-known columns. */
export const TASK_COLUMN_NAMES: readonly string[] = KNOWN.map(({ name }) => name)

const COLUMNS = new Map(
  KNOWN.map(({ name, style, omission }): [string, Column] => [
    name,
    { name, style, omission, get: (row) => row[name] },
  ]),
)
const DETAILS = new Set(KNOWN.filter(({ isDetail }) => isDetail).map(({ name }) => name))

/** A column for any key of a task. */
function columnOfKey(key: string): Column {
  return COLUMNS.get(key) ?? unknownColumn(key, TEXT, (row) => (Object.hasOwn(row, key) ? row[key] : undefined))
}

/** A column whose name comes from the server: the name must not set a shell variable with a meaning, such as PATH. */
function unknownColumn(name: string, style: ColumnStyle, get: Column['get']): Column {
  return { name, style, get, variable: `task_${name}` }
}

// `result.image_id` is an ID, too, and should not be cut.
function styleAt(path: string): ColumnStyle {
  return COLUMNS.get(path.slice(path.lastIndexOf('.') + 1))?.style === ID ? ID : TEXT
}

/** The columns of -c, or the default columns. */
export function selectionOf(chosen: readonly Column[] | undefined, byDefault: () => readonly Column[]): Selection {
  return chosen ? { columns: chosen, isChosen: true } : { columns: byDefault(), isChosen: false }
}

/**
 * The columns of a list without -c.
 *
 * @param origin whether the tasks come from several clouds or regions and have the keys `cloud` and `region`
 * @param details whether to show message, result and input
 */
export function taskListColumns({ origin, details }: { origin: boolean; details: boolean }): Column[] {
  const names = ['id', 'type', 'status', 'owner', 'created_at']
  if (origin) names.unshift('cloud', 'region')
  if (details) names.push('message', 'result', 'input')
  return names.map(columnOfKey)
}

/** Every key of one task as a column, the well-known ones first. */
export function columnsOfTask(task: Row): Column[] {
  const keys = Object.keys(task).filter((key) => task[key] !== undefined)
  const known = TASK_COLUMN_NAMES.filter((name) => keys.includes(name))
  const unknown = keys.filter((key) => !COLUMNS.has(key))
  return [...known.filter((name) => !LAST.has(name)), ...unknown, ...known.filter((name) => LAST.has(name))].map(
    columnOfKey,
  )
}

/**
 * The columns that -c selects, in the given order, without duplicates. A name can be
 *
 * - a known column, in any case, with `_`, `-` or a space between its words;
 * - a dotted path that starts with one: `result.image_id`, `input.import_from`;
 * - a path with a leading dot, `.any_key` or `.any_key.inside`, which is not validated: for keys of a newer server.
 *
 * @param names the values of -c, each possibly comma-separated; undefined without -c
 * @param details whether the tasks will have all keys (get, create, wait, `list --long`, `list --image`): an item of the
 *   server's list has no input, message, result, image_id, request_id and user_id
 * @throws UsageError for an unknown name, or for one that an item of a list does not have
 */
export function selectTaskColumns(
  names: readonly string[] | undefined,
  { details }: { details: boolean },
): Column[] | undefined {
  if (names === undefined) return undefined
  const wanted = names.flatMap((name) => name.split(',')).map((name) => name.trim())
  const selected = new Map<string, Column>()
  for (const name of wanted.filter(Boolean)) {
    const chosen = selectTaskColumn(name)
    selected.set(chosen.name, chosen)
  }
  if (selected.size === 0) throw new UsageError('--column is empty.', { hint: `The columns are: ${LISTED}.` })
  for (const name of details ? [] : selected.keys()) checkIsListed(headOf(name))
  return [...selected.values()]
}

function checkIsListed(key: string): void {
  if (!DETAILS.has(key)) return
  throw new UsageError(`A list does not contain ${key}.`, { hint: 'Add --long to fetch it.' })
}

function selectTaskColumn(name: string): Column {
  if (name.startsWith('.')) return columnAt(name.slice(1))
  const column = COLUMNS.get(normalised(name))
  if (column) return column
  const head = headOf(name)
  const start = COLUMNS.get(normalised(head))
  if (!start || name.endsWith('.')) throw unknownName(name, head)
  return columnAt(start.name + name.slice(head.length))
}

function normalised(name: string): string {
  return name.toLowerCase().replaceAll(/[\s-]/g, '_')
}

function headOf(path: string): string {
  return path.split('.', 1)[0] ?? path
}

function columnAt(path: string): Column {
  if (path === '' || path.startsWith('.') || path.endsWith('.')) throw unknownName(`.${path}`, path)
  const get: Column['get'] = (row) => valueAt(row as JsonObject, path)
  if (COLUMNS.has(headOf(path))) return COLUMNS.get(path) ?? { name: path, style: styleAt(path), get }
  return unknownColumn(path, styleAt(path), get)
}

const LISTED = TASK_COLUMN_NAMES.join(', ')

function unknownName(name: string, head: string): UsageError {
  const near = nearest(head.toLowerCase(), TASK_COLUMN_NAMES)
  const hint =
    near === undefined
      ? 'A dot reaches inside a column (result.image_id); a dot in front takes a key that is not listed here (.key).'
      : `Did you mean ${visible(near)}?`
  return new UsageError(`Unknown column ${jsonText(name)}. The columns are: ${LISTED}.`, { hint })
}
