import { UsageError } from '../errors.js'
import { isJsonObject, type JsonValue } from '../http/json.js'
import { nearest } from '../nearest.js'
import { type Column, type ColumnStyle, ID, TEXT } from './columns.js'
import { isDetail, knownColumn, serverColumn, TASK_COLUMN_NAMES } from './task-columns.js'
import { visible } from './text.js'
import { jsonText } from './value-text.js'

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
  if (!isDetail(key)) return
  throw new UsageError(`A list does not contain the column ${key}.`, {
    hint: 'Add --long to fetch it.',
    unusable: ['column'],
  })
}

function selectTaskColumn(name: string): Column {
  if (name.startsWith('.')) return columnAt(name.slice(1))
  const head = headOf(name)
  const start = knownColumn(normalised(head))
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
  const known = knownColumn(path)
  if (known) return known
  const get: Column['get'] = (row) => valueAt(row as JsonValue, path)
  return knownColumn(headOf(path)) ? { name: path, style: styleAt(path), get } : serverColumn(path, styleAt(path), get)
}

// `result.image_id` is an ID, too, and should not be cut.
function styleAt(path: string): ColumnStyle {
  return knownColumn(path.slice(path.lastIndexOf('.') + 1))?.style.isWhole ? ID : TEXT
}

/**
 * The value at a dotted path such as `result.image_id` or `input.stores.0`, or undefined. Also finds keys that contain dots
 * (`org.example.os`): at every level, the longest matching key wins.
 */
function valueAt(value: JsonValue | undefined, path: string): JsonValue | undefined {
  if (Array.isArray(value)) {
    const [, index, rest] = /^(\d+)(?:\.(.+))?$/s.exec(path) ?? []
    if (index === undefined) return undefined
    return rest === undefined ? value[Number(index)] : valueAt(value[Number(index)], rest)
  }
  if (!isJsonObject(value)) return undefined
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const key = path.slice(0, end)
    if (Object.hasOwn(value, key)) return end === path.length ? value[key] : valueAt(value[key], path.slice(end + 1))
  }
  return undefined
}

const LISTED = TASK_COLUMN_NAMES.join(', ')

function unknownName(name: string, head: string): UsageError {
  const near = nearest(head, TASK_COLUMN_NAMES)
  const hint =
    near === undefined
      ? 'A dot selects a value inside a column (result.image_id). A leading dot selects a key that is not listed here (.key).'
      : `Did you mean ${visible(near)}?`
  return new UsageError(`Unknown column ${jsonText(name)}. The columns are: ${LISTED}.`, { hint })
}
