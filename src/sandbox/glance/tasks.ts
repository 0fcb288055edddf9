import { randomUUID } from 'node:crypto'
import { isJsonObject, type JsonObject, type JsonValue } from '../../http/json.js'
import { originOf, type Reply } from '../exchange.js'
import { isoSeconds, type Ticker } from '../ticker.js'
import { jsonBody } from './body.js'
import type { Context } from './context.js'
import { type ImportFilter, requireImportUri } from './import-uri.js'
import { collection, last, type Pairs, parseDirection, parseLimit, queryOf, take } from './paging.js'
import { badRequest, forbidden, GlanceProblem, internalError, notFound } from './problem.js'
import { json } from './reply.js'
import { type Route, upsetByBody } from './routes.js'
import { type Luck, outcomeOfTask } from './task-outcome.js'
import type { TaskRunner } from './task-runner.js'
import { STRICT_TASK_SCHEMA } from './task-schema.js'
import { isColumn, type TaskRow, type TaskStore } from './task-store.js'
import { validate } from './validate.js'

export interface TasksOptions {
  store: TaskStore
  runner: TaskRunner
  ticker: Ticker
  filter: ImportFilter
  stores: readonly string[]
  luck: Luck
  /** Whether members may use the Tasks API too. Glance's default policy lets admins alone. */
  open: boolean
}

/** /v2/tasks: Glance's Tasks API. */
export function taskRoutes(options: TasksOptions): Route[] {
  const { open } = options
  const guarded = (handler: (context: Context, id: string) => Reply) => {
    return (context: Context, { id = '' }: Record<string, string>) => {
      if (!open && !context.isAdmin) throw notAuthorized()
      return handler(context, id)
    }
  }
  return [
    {
      pattern: '/tasks',
      methods: {
        GET: guarded((context) => listTasks(context, options)),
        POST: guarded((context) => createTask(context, options)),
      },
    },
    {
      pattern: '/tasks/{id}',
      methods: {
        GET: upsetByBody(guarded((context, id) => getTask(context, id, options))),
        DELETE: upsetByBody(guarded(deleteTask)),
      },
    },
  ]
}

function notAuthorized(): GlanceProblem {
  return forbidden('You are not authorized to complete tasks_api_access action.')
}

function listTasks(context: Context, { store, ticker }: TasksOptions): Reply {
  const pairs = queryOf(context.exchange)
  const rest = [...pairs]
  const limitText = take(rest, 'limit')
  const markerText = take(rest, 'marker')
  const direction = parseDirection(take(rest, 'sort_dir') ?? 'desc')
  const sortKey = take(rest, 'sort_key') ?? 'created_at'
  checkFilter(rest, 'status', ['pending', 'processing', 'success', 'failure'])
  checkFilter(rest, 'type', ['import'])
  if (markerText && !isUuidLike(markerText)) throw badRequest('Invalid marker format')
  const limit = parseLimit(limitText)
  if (context.projectId) store.removeExpired(context.projectId, ticker.now())
  const marker = markerText === undefined ? undefined : findMarker(markerText, context, store)
  if (!isColumn(sortKey)) throw badRequest('Sort key supplied was not valid.')
  // Glance knows no default for a column of truth values, and falls over it.
  if (sortKey === 'deleted' && marker) throw internalError()
  const rows = store.list({
    owner: context.isAdmin ? undefined : context.projectId,
    filters: rest.flatMap(([key, value]) => (isColumn(key) && key !== 'deleted' ? [[key, value] as const] : [])),
    marker,
    limit,
    sortKey,
    descending: direction === 'desc',
  })
  const next = rows.length === limit ? rows.at(-1)?.id : undefined
  return json(200, collection('tasks', rows.map(stubView), pairs, next))
}

function checkFilter(pairs: Pairs, key: string, allowed: readonly string[]): void {
  const value = last(pairs, key)
  if (value && !allowed.includes(value)) throw badRequest(`Invalid ${key} value: ${value}`)
}

/** What oslo takes for a UUID: braces, `urn:uuid:` and the place of the dashes do not matter. */
function isUuidLike(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(
    text
      .replace('urn:', '')
      .replace('uuid:', '')
      .replace(/^[{}]+|[{}]+$/g, '')
      .replaceAll('-', '')
      .toLowerCase(),
  )
}

function findMarker(id: string, context: Context, store: TaskStore): TaskRow {
  const row = store.get(id)
  const hidden = row && row.deletedAt !== null && !context.isAdmin
  if (!row || hidden) throw badRequest(`Task with the given id ${id} was not found`)
  return row
}

function getTask(context: Context, id: string, { store }: TasksOptions): Reply {
  const row = store.get(id)
  const visible = row && (context.isAdmin || (row.owner === context.projectId && row.deletedAt === null))
  if (!visible) throw notFound(`Could not find task ${id}`)
  return json(200, taskView(row))
}

function deleteTask(): Reply {
  throw new GlanceProblem(
    405,
    'This operation is currently not permitted on Glance Tasks. They are auto deleted after reaching the time based on their expires_at property.',
    { headers: { Allow: 'GET' }, tail: '' },
  )
}

function createTask(context: Context, { runner, ticker, filter, stores, luck }: TasksOptions): Reply {
  const body = jsonBody(context.exchange)
  if (body === undefined) throw badRequest('Body expected in request.')
  for (const key of ['type', 'input']) if (!contains(body, key)) throw badRequest(`Task '${key}' is required`)
  validate(body, STRICT_TASK_SCHEMA, 'task')
  // An array that holds both words passes until here, and Glance falls over it.
  if (!isJsonObject(body)) throw internalError()
  const input = body.input ?? null
  if (body.type === 'import') requireImportUri(isJsonObject(input) ? (input.import_from ?? null) : null, filter)
  if (!isJsonObject(input)) throw internalError()
  if (context.projectId === undefined) throw internalError()
  const now = ticker.tick()
  const row: TaskRow = {
    id: randomUUID(),
    type: String(body.type),
    status: 'pending',
    owner: context.projectId,
    createdAt: now,
    updatedAt: now,
    expiresAt: null,
    deletedAt: null,
    imageId: imageIdOf(input),
    requestId: context.requestId,
    userId: context.userId,
    input,
    result: null,
    message: '',
  }
  const view = { ...taskView(row), ...(input.image_id && { image_id: input.image_id }) }
  runner.start(row, outcomeOfTask(row, stores, luck))
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
  return String(imageId)
}

/** A task as POST and GET show it. */
function taskView(row: TaskRow): JsonObject {
  const { id, input, type, status, owner, message, result } = row
  const view: JsonObject = {
    id,
    input,
    type,
    status,
    owner,
    message,
    result,
    created_at: isoSeconds(row.createdAt),
    updated_at: isoSeconds(row.updatedAt),
    self: `/v2/tasks/${id}`,
    schema: '/v2/schemas/task',
  }
  if (row.imageId) view.image_id = row.imageId
  if (row.requestId) view.request_id = row.requestId
  if (row.userId) view.user_id = row.userId
  if (row.expiresAt !== null) view.expires_at = isoSeconds(row.expiresAt)
  return view
}

/** A task as a list shows it. */
function stubView(row: TaskRow): JsonObject {
  const { id, type, status, owner } = row
  const view: JsonObject = {
    id,
    type,
    status,
    owner,
    created_at: isoSeconds(row.createdAt),
    updated_at: isoSeconds(row.updatedAt),
    self: `/v2/tasks/${id}`,
    schema: '/v2/schemas/task',
  }
  if (row.expiresAt !== null) view.expires_at = isoSeconds(row.expiresAt)
  return view
}
