import { UnknownOutcomeError } from '../../errors.js'
import { withTimeout } from '../../http/deadline.js'
import { formatPythonJson, isJsonObject, type JsonObject, type JsonValue } from '../../http/json.js'
import { path } from '../../http/path.js'
import { newRequestId } from '../../http/request-id.js'
import type { Service } from '../../http/service.js'
import { importRequestOf } from '../../tasks/import-task.js'
import { tasksOfImage } from '../../tasks/list/tasks-of-image.js'
import type { Task } from '../../tasks/task.js'
import { findImage } from '../records.js'
import { carryOut } from './carry-out.js'
import { imageDeleted } from './import-fault.js'
import type { ImportMethod, ImportOptions } from './import-options.js'
import type { ImportRun } from './run.js'

/** The import to start. */
export interface ImportRequest {
  imageId: string
  method: ImportMethod
  /** The URL of a web-download. */
  url?: URL | undefined
  /** The IDs of the tasks that the image had before. */
  earlier: ReadonlySet<string>
}

/**
 * Starts an import and finds its task, which the response does not name. It is the task with the ID of the request, or, if a
 * proxy replaced the ID, the new task with this import.
 *
 * @returns the task; undefined if all stores to copy to already have the image.
 * @throws the error of the service; ImportFault if the image was deleted meanwhile; UnknownOutcomeError; AbortedError.
 */
export async function startImport(run: ImportRun, request: ImportRequest): Promise<Task | undefined> {
  const { service, options, signal } = run
  const { imageId } = request
  const requestId = newRequestId()
  const body = importBody(request, options)
  const find = (within: AbortSignal) => findTask(service, { ...request, requestId, body }, within)
  const started = await carryOut<Task | 'started'>(run, {
    done: 'the import was started',
    imageId,
    requestId,
    async send() {
      const headers = { 'x-openstack-request-id': requestId }
      const text = formatPythonJson(body)
      await service.request({
        method: 'POST',
        path: path`images/${imageId}/import`,
        headers,
        body: text,
        signal,
        retry: false,
      })
      return 'started'
    },
    find,
    isTransient: ({ status, message }) => status === 404 || (status === 409 && !LASTING_CONFLICT.test(message)),
  })
  const pauses = isCopyToAll(request, options) ? POLL_PAUSES.slice(0, 3) : POLL_PAUSES
  const task = started === 'started' ? await awaitTask(run, find, pauses) : started
  if (task) run.emit({ event: 'started', imageId, taskId: task.id, task, requestId })
  if (task || isCopyToAll(request, options)) return task
  if (await isGone(run, imageId)) throw imageDeleted(imageId)
  throw new UnknownOutcomeError('The server accepted the import, but shows no task for it.', requestId, {
    hint: 'Check the image: its status shows whether the import continues.',
    remedy: { kind: 'resume_import', imageId },
  })
}

/** Whether the service reports that the image does not exist. A failure to read it proves nothing. */
async function isGone({ service, signal }: ImportRun, imageId: string): Promise<boolean> {
  try {
    return (await findImage(service, imageId, { signal })) === undefined
  } catch (error) {
    if (signal?.aborted) throw error
    return false
  }
}

/** Conflicts that are permanent. Others are temporary: an ended import blocks the next one for a moment. */
const LASTING_CONFLICT = /Store for identifier|cannot be target|be targeted|needs to be set/

/** The server creates no task if all its stores have the image. */
function isCopyToAll({ method }: ImportRequest, { allStores }: ImportOptions): boolean {
  return method === 'copy-image' && allStores === true
}

/** The body of an import request. */
export function importBody({ method, url }: Pick<ImportRequest, 'method' | 'url'>, options: ImportOptions): JsonObject {
  const { stores, allStores, allowPartial } = options
  return {
    method: { name: method, ...methodOptions(method, url, options) },
    ...(stores && stores.length > 0 ? { stores: [...stores] } : {}),
    ...(allStores ? { all_stores: true } : {}),
    // The default is true, and a server with a single store rejects false.
    ...(allowPartial && (allStores || (stores && stores.length > 1)) ? { all_stores_must_succeed: false } : {}),
  }
}

function methodOptions(method: ImportMethod, url: URL | undefined, options: ImportOptions): JsonObject {
  if (method === 'web-download' && url) return { uri: url.href }
  if (method !== 'glance-download') return {}
  return { glance_region: options.fromRegion ?? '', glance_image_id: options.imageId ?? '' }
}

/** Pauses before each poll for the task, in milliseconds: the members of a cluster do not see a change at the same time. */
const POLL_PAUSES = [0, 500, 1000, 2000, 4000, 8000, 15_000]

async function awaitTask(
  { clock, signal }: ImportRun,
  find: (signal: AbortSignal) => Promise<Task | undefined>,
  pauses: readonly number[],
): Promise<Task | undefined> {
  for (const pause of pauses) {
    await clock.sleep(pause, signal)
    const task = await withTimeout(clock, 10_000, signal, find).catch((error) => {
      if (signal?.aborted) throw error
    })
    if (task) return task
  }
  return undefined
}

interface Wanted extends ImportRequest {
  requestId: string
  body: JsonObject
}

/** The task of an import, if it exists. */
async function findTask(service: Service, wanted: Wanted, signal: AbortSignal): Promise<Task | undefined> {
  const tasks = await tasksOfImage(service, wanted.imageId, signal)
  const byRequest = tasks.find((task) => task.request_id === wanted.requestId)
  if (byRequest) return byRequest
  return tasks.find((task) => !wanted.earlier.has(task.id) && isOf(task, wanted.body))
}

/** Whether a task belongs to an import request. The server may add keys to the request. */
function isOf(task: Task, body: JsonObject): boolean {
  return task.type === 'api_image_import' && isWithin(body, importRequestOf(task))
}

function isWithin(wanted: JsonValue | undefined, actual: JsonValue | undefined): boolean {
  if (!isJsonObject(wanted) || !isJsonObject(actual)) return JSON.stringify(wanted) === JSON.stringify(actual)
  return Object.keys(wanted).every((key) => isWithin(wanted[key], actual[key]))
}
