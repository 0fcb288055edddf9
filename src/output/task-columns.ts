import { type Column, type ColumnStyle, ID, MESSAGE, type Row, STATUS, TEXT, TIME, WORD } from './columns.js'

const PROJECT: ColumnStyle = { ...ID, usualWidth: 32 }
// JSON that is cut shorter says nothing. The usual result is the ID of an image.
const RESULT: ColumnStyle = { ...TEXT, leastWidth: 51 }
const INPUT: ColumnStyle = { ...TEXT, leastWidth: 40 }
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
  /** A list that is too wide omits columns in the order of this number. */
  omission?: number
}

// In the order of the output of one task: the most important first.
const KNOWN: readonly KnownColumn[] = [
  { name: 'cloud', style: TEXT, omission: 7 },
  { name: 'region', style: TEXT, omission: 6 },
  { name: 'id', style: ID },
  { name: 'type', style: TYPE, omission: 4 },
  { name: 'status', style: TASK_STATUS },
  { name: 'owner', style: PROJECT, omission: 3 },
  { name: 'message', style: MESSAGE, isDetail: true },
  { name: 'result', style: RESULT, isDetail: true, omission: 2 },
  { name: 'input', style: INPUT, isDetail: true, omission: 1 },
  { name: 'image_id', style: ID, isDetail: true },
  { name: 'created_at', style: TIME, omission: 5 },
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

/** The well-known column of a name; undefined for another key. */
export function knownColumn(name: string): Column | undefined {
  return COLUMNS.get(name)
}

/** Whether the server sends a key only in a task that is fetched by ID. */
export function isDetail(name: string): boolean {
  return DETAILS.has(name)
}

/** A column for any key of a task. */
function columnOfKey(key: string): Column {
  return COLUMNS.get(key) ?? serverColumn(key, TEXT, (row) => (Object.hasOwn(row, key) ? row[key] : undefined))
}

/** A column whose name comes from the server: the name must not set a shell variable with a meaning, such as PATH. */
export function serverColumn(name: string, style: ColumnStyle, get: Column['get']): Column {
  return { name, style, get, variable: `task_${name}` }
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

/** The columns left of a timeline, the most important first. */
export function timelineColumns({ origin }: { origin: boolean }): Column[] {
  return ['id', 'status', ...(origin ? ['cloud', 'region'] : []), 'type'].map(columnOfKey)
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
