import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../http/json.js'
import { isTruthy } from '../../python/json.js'
import { legacyProperties } from '../imports/legacy-properties.js'
import type { TaskRow } from './store.js'

/** The outcome of a task, which is decided when the task is created. */
export interface TaskOutcome {
  status: 'success' | 'failure'
  message: string
  result: JsonValue
  /** If set, the task never ends and stays in this status. */
  stuck?: 'pending' | 'processing'
}

const INTERNAL_ERROR = 'Task failed due to Internal Error'

/** Decides at random whether an import fails that would succeed otherwise. */
export type FailureChance = () => boolean

/** What the outcome of a task depends on, besides the task itself. */
export interface OutcomeConditions {
  stores: readonly string[]
  failsByChance: FailureChance
  /** Whether an admin created the task. */
  isAdmin: boolean
}

/** The outcome of a task created by POST /v2/tasks. */
export function outcomeOfTask(row: TaskRow, conditions: OutcomeConditions): TaskOutcome {
  const input = isJsonObject(row.input) ? row.input : {}
  return row.type === 'import' ? outcomeOfLegacyImport(row, input, conditions) : outcomeOfApiImageImport(input)
}

/**
 * An `api_image_import` task created by POST /v2/tasks lacks data that only POST /v2/images/{id}/import adds. Glance fails
 * in the background and never ends the task.
 */
function outcomeOfApiImageImport(input: JsonObject): TaskOutcome {
  if (Object.keys(input).length === 0) return failure('Input to api_image_import task is empty.')
  if (!('image_id' in input)) return failure("Missing required 'image_id' field")
  return { ...failure(''), stuck: 'processing' }
}

function outcomeOfLegacyImport(
  { owner }: TaskRow,
  input: JsonObject,
  { stores, failsByChance, isAdmin }: OutcomeConditions,
): TaskOutcome {
  const absent = ['import_from', 'import_from_format', 'image_properties'].find((key) => !(key in input))
  if (absent) return failure(`Input does not contain '${absent}' field`)
  const { backend = null } = input
  if (isTruthy(backend) && !(typeof backend === 'string' && stores.includes(backend))) return failure(INTERNAL_ERROR)
  const properties = legacyProperties(input.image_properties)
  if (properties === undefined) return failure(INTERNAL_ERROR)
  // Without an owner in the input the image has none, and a member may create images of the member's own project only.
  if (!isAdmin && properties.owner !== owner) return failure(INTERNAL_ERROR)
  const forced = outcomeAt(input.import_from)
  if (forced.stuck) return { ...failure(''), stuck: forced.stuck }
  if (forced.error) return failure(`Uploading the image failed due to: ${forced.error}`)
  if (failsByChance()) return failure(INTERNAL_ERROR)
  return { status: 'success', message: '', result: { image_id: randomUUID() } }
}

/** The outcome of a task created by POST /v2/images/{id}/import. */
export function outcomeOfImport(
  imageId: string,
  uri: JsonValue | undefined,
  size: number,
  failsByChance: FailureChance,
): TaskOutcome {
  const forced = outcomeAt(uri)
  if (forced.stuck) return { ...failure(''), stuck: forced.stuck }
  if (forced.error || failsByChance()) return failure(INTERNAL_ERROR)
  return { status: 'success', message: `Copied ${Math.floor(size / 2 ** 20)} MiB`, result: { image_id: imageId } }
}

function failure(message: string): TaskOutcome {
  return { status: 'failure', message, result: null }
}

/**
 * The outcome that the last part of a URL's path forces: an HTTP error for a status such as `/404`, a task that never ends
 * for `/stuck`, and one that never begins for `/stuck-pending`. An import from any other URL succeeds.
 */
function outcomeAt(uri: JsonValue | undefined): { error?: string; stuck?: 'pending' | 'processing' } {
  const name = typeof uri === 'string' && URL.canParse(uri) ? new URL(uri).pathname.split('/').at(-1) : undefined
  if (name === 'stuck') return { stuck: 'processing' }
  if (name === 'stuck-pending') return { stuck: 'pending' }
  return name && /^[45]\d\d$/.test(name) ? { error: `HTTP Error ${name}: ${STATUS_CODES[name] ?? 'Unknown'}` } : {}
}
