import { isJsonObject, type JsonObject, type JsonValue } from '../../../http/json.js'
import { originOf, type Reply } from '../../http/exchange.js'
import type { Ticker } from '../../ticker.js'
import { jsonBody, validate } from '../body.js'
import type { Context } from '../context.js'
import { type ImportFilter, requireImportUri } from '../imports/import-uri.js'
import { badRequest, internalError } from '../problem.js'
import { json } from '../reply.js'
import { type FailureChance, outcomeOfTask } from './outcome.js'
import { newTask } from './record.js'
import type { TaskRunner } from './runner.js'
import { STRICT_TASK_SCHEMA } from './schema.js'
import { taskView } from './view.js'

/** What a create needs. */
export interface CreateOptions {
  runner: TaskRunner
  ticker: Ticker
  filter: ImportFilter
  stores: readonly string[]
  failsByChance: FailureChance
}

/** POST /v2/tasks. */
export function createTask(context: Context, { runner, ticker, filter, stores, failsByChance }: CreateOptions): Reply {
  const body = jsonBody(context.exchange)
  if (body === undefined) throw badRequest('Body expected in request.')
  for (const key of ['type', 'input']) if (!contains(body, key)) throw badRequest(`Task '${key}' is required`)
  validate(body, STRICT_TASK_SCHEMA, 'task')
  // An array that contains both words gets this far, and makes Glance fail.
  if (!isJsonObject(body)) throw internalError()
  const input = body.input ?? null
  if (body.type === 'import') requireImportUri(isJsonObject(input) ? (input.import_from ?? null) : null, filter)
  if (!isJsonObject(input)) throw internalError()
  if (context.projectId === undefined) throw internalError()
  const row = newTask(context, ticker.tick(), { type: String(body.type), imageId: imageIdOf(input), input })
  // This answer repeats the image id of the input. Later answers have the value that the database stored.
  const view = taskView(row, input.image_id ?? null)
  runner.start(row, outcomeOfTask(row, { stores, filter, failsByChance, isAdmin: context.isAdmin }))
  const reply = json(201, view)
  reply.headers.Location = `${originOf(context.exchange)}/v2/tasks/${row.id}`
  return reply
}

function contains(body: JsonValue, key: string): boolean {
  return Array.isArray(body) ? body.includes(key) : isJsonObject(body) && key in body
}

function imageIdOf({ image_id: imageId = null }: JsonObject): string | null {
  if (imageId === null) return null
  if (typeof imageId === 'object') throw internalError()
  return typeof imageId === 'boolean' ? String(Number(imageId)) : String(imageId)
}
