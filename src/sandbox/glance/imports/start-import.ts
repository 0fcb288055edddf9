import type { JsonObject, JsonValue } from '../../../http/json.js'
import { str } from '../../python/pprint.js'
import { type Ticker, wholeMilliseconds } from '../../ticker.js'
import type { Context } from '../context.js'
import type { Quota } from '../images/quota.js'
import type { ImageRow, ImageStore } from '../images/store.js'
import { type FailureChance, outcomeAt } from '../tasks/outcome.js'
import { newTask } from '../tasks/record.js'
import type { TaskStore } from '../tasks/store.js'
import { isDownloaded } from './download.js'
import type { ImportFilter } from './import-uri.js'
import { IMPORT_TASK, type ImportMethod, type ImportSource } from './run.js'
import type { ImportRunner } from './runner.js'

/** What the import route needs. */
export interface ImportOptions {
  images: ImageStore
  tasks: TaskStore
  runner: ImportRunner
  ticker: Ticker
  filter: ImportFilter
  stores: readonly string[]
  quota: Quota
  failsByChance: FailureChance
  /** How long an import takes, in milliseconds. */
  taskDuration: number
}

/** The parsed body of POST /v2/images/{id}/import. */
export interface ImportRequest {
  body: JsonObject
  /** The object `method` of the body. */
  target: JsonObject
  method: ImportMethod
  uri: JsonValue | undefined
}

/** Locks the image and starts the task of an import that Glance accepts. */
export function startImport(
  context: Context,
  image: ImageRow,
  request: ImportRequest,
  stores: string[],
  { images, runner, ticker, filter, taskDuration, failsByChance }: ImportOptions,
): void {
  const input = { image_id: image.id, import_req: request.body, backend: stores }
  const now = ticker.tick()
  const task = newTask(context, now, { type: 'api_image_import', imageId: image.id, input })
  images.update(image, { properties: new Map([[IMPORT_TASK, task.id], ...image.properties]) })
  const { stuck } = request.method === 'web-download' ? outcomeAt(request.uri) : {}
  const source = sourceOf(context, request, filter)
  const isStuck = source.kind === 'zeros' ? stuck : undefined
  runner.start(task, {
    method: request.method,
    source,
    stores,
    tried: 0,
    filled: [],
    allMustSucceed: request.body.all_stores_must_succeed !== false,
    failsByChance: failsByChance(),
    phase: 'pending',
    copyingSince: 0,
    ...timesOf(now, taskDuration * 1000, stores.length, isStuck),
  })
}

function sourceOf(
  { isAdmin, projectId }: Context,
  { method, uri, target }: ImportRequest,
  filter: ImportFilter,
): ImportSource {
  if (method === 'glance-direct' || method === 'copy-image') return { kind: 'image' }
  if (method === 'glance-download') {
    const { glance_region: region, glance_image_id: imageId, glance_service_interface: name } = target
    // Without an endpoint the import fails, as with a region that does not exist.
    const isKnown = name === 'public' || name === 'internal' || name === 'admin'
    return { kind: 'region', region: isKnown ? str(region ?? null) : '', imageId: String(imageId), isAdmin, projectId }
  }
  return isDownloaded(uri, filter) ? { kind: 'url', uri } : { kind: 'zeros', fails: outcomeAt(uri).error !== undefined }
}

/** The times of an import: a quarter of its duration each to wait and to get the data, half of it to copy them. */
function timesOf(created: number, duration: number, stores: number, stuck: 'pending' | 'processing' | undefined) {
  const since = wholeMilliseconds(created)
  const quarter = Math.floor(duration / 4)
  return {
    next: stuck === 'pending' ? null : since + quarter,
    fetchTime: stuck === 'processing' ? null : quarter,
    copyTime: Math.floor((duration - 2 * quarter) / stores),
    unlockTime: Math.floor(duration / 10),
  }
}
