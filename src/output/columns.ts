import { UsageError } from '../errors.js'
import type { JsonValue } from '../http/json.js'
import { nearest } from '../nearest.js'
import type { Task } from '../tasks/task.js'
import { visible } from './text.js'
import { valueAt } from './value-at.js'
import { jsonText } from './value-text.js'

/** The kind of a column, as far as its display depends on it. */
export type ColumnKind = 'id' | 'type' | 'status' | 'project' | 'time' | 'text'

/** A column: its name, and how to read it from a task. */
export interface Column {
  /** The name in -c, the header in a table, and the key in JSON: snake_case everywhere. */
  readonly name: string
  readonly kind: ColumnKind
  /** The value as the API sent it; undefined if the task has none. */
  get(task: Task): JsonValue | undefined
}

/** Where the server sends a key: in every task, or only in a task that is fetched by ID. */
type Sent = 'always' | 'whole'

// In the order of the output of one task: the most important first.
const KNOWN: readonly { name: string; kind: ColumnKind; sent: Sent }[] = [
  { name: 'cloud', kind: 'text', sent: 'always' },
  { name: 'region', kind: 'text', sent: 'always' },
  { name: 'id', kind: 'id', sent: 'always' },
  { name: 'type', kind: 'type', sent: 'always' },
  { name: 'status', kind: 'status', sent: 'always' },
  { name: 'owner', kind: 'project', sent: 'always' },
  { name: 'message', kind: 'text', sent: 'whole' },
  { name: 'result', kind: 'text', sent: 'whole' },
  { name: 'input', kind: 'text', sent: 'whole' },
  { name: 'image_id', kind: 'id', sent: 'whole' },
  { name: 'created_at', kind: 'time', sent: 'always' },
  { name: 'updated_at', kind: 'time', sent: 'always' },
  { name: 'expires_at', kind: 'time', sent: 'always' },
  { name: 'request_id', kind: 'id', sent: 'whole' },
  { name: 'user_id', kind: 'project', sent: 'whole' },
  { name: 'self', kind: 'text', sent: 'always' },
  { name: 'schema', kind: 'text', sent: 'always' },
  // Added by us: why the details of a task could not be fetched.
  { name: '_incomplete', kind: 'text', sent: 'whole' },
]

// `self` and `schema` come last in the output of one task, after unknown keys.
const LAST = new Set(['self', 'schema'])

/** The names of the well-known columns. */
export const COLUMN_NAMES: readonly string[] = KNOWN.map(({ name }) => name)

const COLUMNS = new Map(KNOWN.map(({ name, kind }) => [name, column(name, kind, (task) => task[name])]))
const WHOLE_ONLY = new Set(KNOWN.filter(({ sent }) => sent === 'whole').map(({ name }) => name))

function column(name: string, kind: ColumnKind, get: Column['get']): Column {
  return { name, kind, get }
}

/** A column for any key of a task. */
function columnOfKey(key: string): Column {
  return COLUMNS.get(key) ?? column(key, 'text', (task) => (Object.hasOwn(task, key) ? task[key] : undefined))
}

/**
 * The columns of records other than tasks.
 *
 * @param names the keys of the records
 * @param chosen the names of -c, if given
 * @throws UsageError for an unknown name
 */
export function recordColumns(names: readonly string[], chosen: readonly string[] | undefined): Column[] {
  const wanted = (chosen ?? names).map((name) => {
    const found = names.find((each) => each === name.trim().toLowerCase())
    if (found !== undefined) return found
    throw new UsageError(`Unknown column ${JSON.stringify(name)}.`, { hint: `The columns are: ${names.join(', ')}.` })
  })
  return [...new Set(wanted)].map((name) => column(name, 'text', (record) => record[name]))
}

/** The columns of a list without -c. */
export function listColumns({ origin, long }: { origin: boolean; long: boolean }): Column[] {
  const names = ['id', 'type', 'status', 'owner', 'created_at']
  if (origin) names.unshift('cloud', 'region')
  if (long) names.push('message', 'result', 'input')
  return names.map(columnOfKey)
}

/** Every key of one task as a column, the well-known ones first. */
export function columnsOf(task: Task): Column[] {
  const keys = Object.keys(task).filter((key) => task[key] !== undefined)
  const known = COLUMN_NAMES.filter((name) => keys.includes(name))
  const unknown = keys.filter((key) => !COLUMNS.has(key))
  return [...known.filter((name) => !LAST.has(name)), ...unknown, ...known.filter((name) => LAST.has(name))].map(
    columnOfKey,
  )
}

/**
 * The columns that -c selects, in the given order, without duplicates. A name can be
 *
 * - a known column or one of `keys`, in any case, with `_`, `-` or a space between its words;
 * - a dotted path that starts with one: `result.image_id`, `input.import_from`;
 * - a path with a leading dot, `.any_key` or `.any_key.inside`, which is not validated: for keys of a newer server.
 *
 * @param names the values of -c, each possibly comma-separated
 * @param keys further keys of the tasks
 * @throws UsageError for an unknown name
 */
export function selectColumns(names: readonly string[], keys: readonly string[] = []): Column[] {
  const wanted = names.flatMap((name) => name.split(',')).map((name) => name.trim())
  const selected = new Map<string, Column>()
  for (const name of wanted) {
    if (name === '') continue
    const chosen = selectColumn(name, keys)
    selected.set(chosen.name, chosen)
  }
  if (selected.size === 0) throw new UsageError('--column is empty.', { hint: `The columns are: ${listed(keys)}.` })
  return [...selected.values()]
}

function selectColumn(name: string, keys: readonly string[]): Column {
  if (name.startsWith('.')) return columnAt(name.slice(1))
  const key = findKey(name, keys)
  if (key !== undefined) return columnOfKey(key)
  const [head = ''] = name.split('.', 1)
  const start = findKey(head, keys)
  if (start === undefined || name.endsWith('.')) throw unknownColumn(name, head, keys)
  return columnAt(start + name.slice(head.length))
}

function findKey(name: string, keys: readonly string[]): string | undefined {
  if (keys.includes(name)) return name
  const wanted = name.toLowerCase().replaceAll(/[\s-]/g, '_')
  if (COLUMNS.has(wanted)) return wanted
  return keys.find((key) => key.toLowerCase() === name.toLowerCase())
}

function columnAt(path: string): Column {
  if (path === '' || path.startsWith('.') || path.endsWith('.')) throw unknownColumn(`.${path}`, path, [])
  const known = COLUMNS.get(path)
  return known ?? column(path, kindAt(path), (task) => valueAt(task as { [key: string]: JsonValue }, path))
}

// `result.image_id` is an ID, too, and should not be cut.
function kindAt(path: string): ColumnKind {
  return COLUMNS.get(path.slice(path.lastIndexOf('.') + 1))?.kind === 'id' ? 'id' : 'text'
}

function unknownColumn(name: string, head: string, keys: readonly string[]): UsageError {
  const near = nearest(head.toLowerCase(), [...COLUMN_NAMES, ...keys])
  const hint =
    near === undefined
      ? 'A dot reaches inside a column (result.image_id); a dot in front takes a key that is not listed here (.key).'
      : `Did you mean ${visible(near)}?`
  return new UsageError(`Unknown column ${jsonText(name)}. The columns are: ${listed(keys)}.`, { hint })
}

// Keys are text of the server and must be escaped for a terminal.
function listed(keys: readonly string[]): string {
  return [...new Set([...COLUMN_NAMES, ...keys.map(visible)])].join(', ')
}

/**
 * Validates the names of -c before any request.
 *
 * @param whole whether the tasks will have all keys (get, create, wait, `list --long`, `list --image`): an item of the
 *   server's list has no input, message, result, image_id, request_id and user_id
 * @throws UsageError for an unknown name, or for one that an item of a list does not have
 */
export function checkColumns(names: readonly string[], { whole }: { whole: boolean }): void {
  for (const { name } of selectColumns(names)) {
    const head = name.split('.', 1)[0] ?? name
    if (whole || !WHOLE_ONLY.has(head)) continue
    throw new UsageError(`A list does not contain ${head}.`, { hint: 'Add --long to fetch it.' })
  }
}
