import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../http/json.js'
import { isTruthy } from '../../python/json.js'
import { isDownloaded } from '../imports/download.js'
import type { ImportFilter } from '../imports/import-uri.js'
import { legacyProperties } from '../imports/legacy-properties.js'
import type { TaskRow } from './store.js'

/** The outcome of a task, which is decided when the task is created. */
export interface TaskOutcome {
  status: 'success' | 'failure'
  message: string
  result: JsonValue
  /** If set, the task never ends and stays in this status. */
  stuck?: 'pending' | 'processing'
  /** The URL to download. If that fails, the task fails. */
  download?: string
}

const INTERNAL_ERROR = 'Task failed due to Internal Error'

/** Decides at random whether an import fails that would succeed otherwise. */
export type FailureChance = () => boolean

/** What the outcome of a task depends on, besides the task itself. */
export interface OutcomeConditions {
  stores: readonly string[]
  filter: ImportFilter
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
  { stores, filter, failsByChance, isAdmin }: OutcomeConditions,
): TaskOutcome {
  const absent = ['import_from', 'import_from_format', 'image_properties'].find((key) => !(key in input))
  if (absent) return failure(`Input does not contain '${absent}' field`)
  const { backend = null } = input
  if (isTruthy(backend) && !(typeof backend === 'string' && stores.includes(backend))) return failure(INTERNAL_ERROR)
  const properties = legacyProperties(input.image_properties)
  if (properties === undefined) return failure(INTERNAL_ERROR)
  // Without an owner in the input the image has none, and a member may create images of the member's own project only.
  if (!isAdmin && properties.owner !== owner) return failure(INTERNAL_ERROR)
  const success = { status: 'success' as const, message: '', result: { image_id: randomUUID() } }
  const source = input.import_from
  const download = isDownloaded(source, filter) ? source : undefined
  const forced = outcomeAt(source)
  if (download === undefined && forced.stuck) return { ...failure(''), stuck: forced.stuck }
  if (download === undefined && forced.error) return failure(`Uploading the image failed due to: ${forced.error}`)
  if (failsByChance()) return failure(INTERNAL_ERROR)
  return { ...success, ...(download !== undefined && { download }) }
}

function failure(message: string): TaskOutcome {
  return { status: 'failure', message, result: null }
}

/**
 * The outcome that the last part of a URL's path forces if the sandbox does not download it: an HTTP error for a status
 * such as `/404`, a task that never ends for `/stuck`, and one that never begins for `/stuck-pending`. An import from any
 * other URL succeeds.
 */
export function outcomeAt(uri: JsonValue | undefined): { error?: string; stuck?: 'pending' | 'processing' } {
  const name = typeof uri === 'string' && URL.canParse(uri) ? new URL(uri).pathname.split('/').at(-1) : undefined
  if (name === 'stuck') return { stuck: 'processing' }
  if (name === 'stuck-pending') return { stuck: 'pending' }
  return name && /^[45]\d\d$/.test(name) ? { error: `HTTP Error ${name}: ${STATUS_CODES[name] ?? 'Unknown'}` } : {}
}
