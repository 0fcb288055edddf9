import { UsageError } from '../../errors.js'
import { isJsonObject, type JsonValue, parseJson } from '../../http/json.js'
import { idKey, storedId } from '../../tasks/task-id.js'
import type { Context } from '../context.js'
import { readStdin } from './read-all.js'

/** The task ids of a command line. */
export interface IdsPlan {
  /** In the order of the command line. `-` stands for ids on standard input. */
  ids: readonly string[]
  /** Whether the command line names exactly one task. */
  isOne: boolean
}

/** The task ids of a command line. @throws UsageError for an invalid id */
export function parseIds(args: readonly string[]): IdsPlan {
  const ids = args.map((arg) => arg.trim()).map((id) => (id === STDIN ? id : taskId(id)))
  return { ids, isOne: ids.length === 1 && ids[0] !== STDIN }
}

const STDIN = '-'

/**
 * Reads the task ids of a command line. `-` reads ids from standard input: one per line, a JSON array of ids or tasks, or JSON lines
 * of tasks. Removes duplicates, ignoring case, and keeps the order. Empty standard input is not an error: it is the output
 * of an empty list.
 *
 * @throws UsageError for an invalid id on standard input.
 */
export async function readIds(context: Context, { ids: given }: Pick<IdsPlan, 'ids'>): Promise<string[]> {
  const ids: string[] = []
  for (const id of given) {
    // Not as arguments of one call, which has a limit.
    for (const each of id === STDIN ? idsIn(await readStdin(context)).map(taskId) : [id]) ids.push(each)
  }
  return distinctIds(ids)
}

/** The ids without duplicates, ignoring case. */
export function distinctIds(ids: readonly string[]): string[] {
  const distinct = new Map<string, string>()
  for (const id of ids) if (!distinct.has(idKey(id))) distinct.set(idKey(id), id)
  return [...distinct.values()]
}

/** The length of every ID of Glance. */
const ID_LENGTH = 36
/** A shorter prefix would often be ambiguous. */
const MIN_LENGTH = 4

/** Whether an id may be a prefix of a longer one. */
export function isShortened(id: string): boolean {
  return id.length < ID_LENGTH
}

/** The ids in a text. */
function idsIn(text: string): string[] {
  const trimmed = text.trim()
  const whole = /^[[{]/.test(trimmed) ? parsed(trimmed) : undefined
  if (Array.isArray(whole)) return whole.map((item, i) => idOf(item, `item ${i + 1}`))
  if (whole !== undefined) return [idOf(whole, 'the object')]
  if (trimmed.startsWith('[')) throw new UsageError('Standard input is not a valid JSON array.', { hint: IDS_HINT })
  return text
    .split(/\r?\n/)
    .map((line, i) => ({ line: line.trim(), number: i + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => (line.startsWith('{') ? idOfLine(line, number) : line))
}

/** Undefined if the text is not JSON. */
function parsed(text: string): JsonValue | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

function idOfLine(line: string, number: number): string {
  const value = parsed(line)
  if (value === undefined) throw new UsageError(`Line ${number} of standard input is not JSON.`, { hint: IDS_HINT })
  return idOf(value, `line ${number}`)
}

function idOf(value: JsonValue, where: string): string {
  const id = isJsonObject(value) ? value.id : value
  if (typeof id === 'string') return id
  throw new UsageError(`Standard input, ${where}: no task ID found.`, { hint: IDS_HINT })
}

const IDS_HINT = 'Provide one ID per line, a JSON array of IDs or tasks, or one JSON task per line.'

/**
 * A task ID as Glance stores it, or the prefix of one. Adds the hyphens to a UUID without them. Accepts UUIDs and any other
 * plausible id, but no spaces or slashes, which are mistakes.
 */
function taskId(id: string): string {
  if (!/^[\w.:-]+$/.test(id) || id === '.' || id === '..') {
    throw new UsageError(`${JSON.stringify(id)} is not a task ID.`, { hint: LIST_HINT })
  }
  // As in `kubectl get task ID`.
  if (/^tasks?$/i.test(id)) throw new UsageError(`${JSON.stringify(id)} is not a task ID.`, { hint: NOUN_HINT })
  if (id.length < MIN_LENGTH) {
    throw new UsageError(`${JSON.stringify(id)} is too short for a task ID.`, {
      hint: `Type at least ${MIN_LENGTH} characters of the ID. ${LIST_HINT}`,
    })
  }
  const [, ...parts] = /^([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})$/i.exec(id) ?? []
  return storedId(parts.length > 0 ? parts.join('-') : id)
}

const NOUN_HINT = 'Specify the IDs only. To list the tasks, use: glance-tasks list'
const LIST_HINT = 'List the task IDs with: glance-tasks list -f value -c id'
