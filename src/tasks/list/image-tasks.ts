import { type Advice, ForbiddenError, NotFoundError, UnexpectedAnswerError, withHint } from '../../errors.js'
import { type Answer, jsonOf, requestIdOf } from '../../http/answer.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../http/json.js'
import { path } from '../../http/path.js'
import type { Service } from '../../http/service.js'
import type { Task } from '../task.js'
import { isUuid } from '../task-id.js'
import { isLater, isLaterOrWorse } from './later.js'
import { fetchPages, type PageRequest, wellFormed } from './pages.js'
import { inSortedOrder, type Order } from './sort.js'

type ImageOrder = Order & Pick<PageRequest, 'signal' | 'onWarning'>

/**
 * The tasks of one image, from GET /v2/images/{id}/tasks (Image API 2.12), which needs no admin role. The server returns
 * all of them at once, unsorted, as database rows. This sorts and converts them, so that they look like those of the tasks
 * API. If the cloud does not have the route or the image, it tries the tasks API with the filter image_id, which needs the
 * admin role.
 */
export async function* imageTasks(service: Service, imageId: string, order: ImageOrder): AsyncGenerator<Task[]> {
  yield await fromImageRoute(service, imageId, order).catch(async (error) => {
    if (!(error instanceof NotFoundError && error.isFromService)) throw error
    const found = await fromTasksApi(service, imageId, order, error)
    // Newest first, by the fractions of a second that the tasks API does not send.
    const places = new Map(found.map((task, place) => [task, place]))
    const isBefore = (a: Task, b: Task) => (places.get(a) ?? 0) < (places.get(b) ?? 0)
    return inSortedOrder(found, order, (a, b) => isLater(a, b) ?? isBefore(a, b))
  })
}

async function fromImageRoute(service: Service, imageId: string, order: ImageOrder): Promise<Task[]> {
  const { signal, onWarning } = order
  const answer = await service.request({ method: 'GET', path: path`images/${imageId}/tasks`, signal, json: true })
  // Rows are sorted before their conversion: only they have fractions of a second, and an import can take less than one.
  return inSortedOrder(wellFormed(rowsOf(answer), onWarning), order, isLaterOrWorse).map(fromRow)
}

function rowsOf(answer: Answer): JsonValue[] {
  const body = jsonOf(answer)
  const rows = isJsonObject(body) ? body.tasks : body
  if (Array.isArray(rows)) return rows
  throw new UnexpectedAnswerError("The image service's response is not a list of tasks.", {
    requestId: requestIdOf(answer),
    hint: 'Check that the endpoint is the URL of the image service.',
    remedy: { kind: 'diagnose' },
  })
}

async function fromTasksApi(
  service: Service,
  imageId: string,
  { signal, onWarning }: ImageOrder,
  notFound: NotFoundError,
): Promise<Task[]> {
  const found: Task[] = []
  try {
    const request = { query: { image_id: imageId }, pageSize: 1000, sortKey: 'created_at', sortDir: 'desc' } as const
    for await (const page of fetchPages(service, { ...request, signal, onWarning }))
      for (const task of page) found.push(task)
  } catch (error) {
    // Most users are not allowed to read this list. For them, report that the image was not found.
    if (found.length > 0 || !(error instanceof ForbiddenError && error.isFromService)) throw error
  }
  if (found.length === 0) throw unknownImage(imageId, notFound)
  return found
}

function unknownImage(imageId: string, notFound: NotFoundError): Error {
  const { hint, remedy } = notFound.hint === undefined ? (isUuid(imageId) ? CHECK_IMAGE : NOT_AN_ID) : notFound
  return withHint(notFound, { hint, remedy }, `Image ${imageId} not found, or not visible to this user.`)
}

const NOT_AN_ID: Advice = {
  hint: 'An image ID looks like 8f6c2c2e-5e93-4d48-903b-f98a6f7ec65d. Find the ID by the name of the image.',
}

const CHECK_IMAGE: Advice = {
  hint: 'Check the ID, the cloud and the project. A task contains the ID of its image in result.image_id.',
  remedy: { kind: 'find_image' },
}

const EMPTY_WHEN_NULL = new Set(['image_id', 'request_id', 'user_id', 'expires_at'])
const TIMES = new Set(['created_at', 'updated_at', 'expires_at'])

/** Converts a database row to the format of the tasks API: other time format, no unset keys, `message` never null. */
function fromRow(row: Task): Task {
  const task: JsonObject = {}
  for (const [key, value] of Object.entries(row)) {
    if (key === 'deleted' || key === 'deleted_at') continue
    if (value === null && EMPTY_WHEN_NULL.has(key)) continue
    define(task, key, TIMES.has(key) && typeof value === 'string' ? inSeconds(value) : value)
  }
  task.message ??= ''
  task.self ??= path`/v2/tasks/${row.id}`
  task.schema ??= '/v2/schemas/task'
  return task as JsonObject & Task
}

/** Sets a key. A plain assignment to `__proto__` would change the object's prototype. */
function define(object: JsonObject, key: string, value: JsonObject[string] | undefined): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
}

/** Converts `2026-11-23T18:13:00.958398`, which is UTC, to `2026-11-23T18:13:00Z`. */
function inSeconds(time: string): string {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?Z?$/.exec(time)
  return match ? `${match[1]}T${match[2]}Z` : time
}
