import { isUtf8 } from 'node:buffer'
import { type Exchange, PREFLIGHT, type Reply } from '../http/exchange.js'
import { healthReply } from '../http/health.js'
import { newRequestId } from '../ids.js'
import type { Tokens } from '../keystone/tokens.js'
import { pythonJson } from '../python/json.js'
import type { Schema } from '../python/json-schema.js'
import { unquotePath } from '../python/query.js'
import { Ticker } from '../ticker.js'
import { type Context, contextOf } from './context.js'
import { imageActionRoutes } from './images/actions.js'
import { imageDataRoutes } from './images/data.js'
import { MEMBER_SCHEMA, MEMBERS_SCHEMA } from './images/member-schema.js'
import { Quota, type Quotas } from './images/quota.js'
import { imageRoutes } from './images/routes.js'
import { IMAGE_SCHEMA, IMAGES_SCHEMA } from './images/schema.js'
import { ImageStore } from './images/store.js'
import { imageTagsRoute } from './images/tags.js'
import { Downloads } from './imports/download.js'
import { importRoute } from './imports/import-image.js'
import type { ImportFilter } from './imports/import-uri.js'
import { legacyImageUpdates } from './imports/legacy-image.js'
import { ImportRunner } from './imports/runner.js'
import { infoRoutes } from './info.js'
import { GlanceProblem, internalError, UnhandledError, unauthorized } from './problem.js'
import { crashesOnBody, type Route, Router, refusesBody } from './router.js'
import { imageTasksRoute } from './tasks/image-tasks.js'
import { taskRoutes } from './tasks/routes.js'
import { TaskRunner } from './tasks/runner.js'
import { TASK_SCHEMA, TASKS_SCHEMA } from './tasks/schema.js'
import { type TaskRow, TaskStore } from './tasks/store.js'
import { API_VERSIONS, versionsReply } from './versions.js'

/** Glance returns 500 to a longer X-Openstack-Request-Id. */
const MAX_REQUEST_ID_LENGTH = 64

/** The configuration of a Glance. */
export interface GlanceOptions {
  /** Milliseconds since the epoch. */
  now: () => number
  random: () => number
  /** How long a task takes, in milliseconds. */
  taskDuration: number
  /** The share of imports that fail at random, from 0 to 1. */
  failureRate: number
  filter: ImportFilter
  /** Whether members may use the Tasks API. */
  openTasks: boolean
  /** The stores for image data, the default store first. */
  stores: readonly string[]
  /** The limits of every project; undefined if Glance does not use Keystone's limits. */
  quotas: Quotas | undefined
  /** The images of another region; undefined if there is no such region. */
  imagesOf(region: string): ImageStore | undefined
  /** Ends all downloads. */
  signal: AbortSignal
  /** Is called after every change. */
  listener?: ChangeListener | undefined
}

/** Is called when a task or an image was added, changed or deleted. */
export interface ChangeListener {
  taskChanged(row: TaskRow): void
  imageChanged(id: string): void
}

/** A Glance with version 2 of the API and its own tasks and images. */
export class Glance {
  readonly tasks: TaskStore
  readonly images: ImageStore
  readonly #ticker: Ticker
  readonly #runner: TaskRunner
  readonly #importRunner: ImportRunner
  readonly #router: Router

  constructor(options: GlanceOptions) {
    const { now, random, taskDuration, failureRate, filter, openTasks, stores, quotas, imagesOf, signal, listener } =
      options
    const store = new TaskStore((row) => listener?.taskChanged(row))
    const images = new ImageStore((id) => listener?.imageChanged(id))
    this.tasks = store
    this.images = images
    const ticker = new Ticker(now)
    const downloads = new Downloads({ filter, signal, now: () => ticker.now() })
    const runner = new TaskRunner(store, legacyImageUpdates(images, stores), downloads, taskDuration)
    const quota = new Quota(images, quotas)
    const importRunner = new ImportRunner({ tasks: store, images, downloads, imagesOf, quota })
    const failsByChance = () => random() < failureRate
    this.#ticker = ticker
    this.#runner = runner
    this.#importRunner = importRunner
    this.#router = new Router([
      schemaRoute('task', TASK_SCHEMA),
      schemaRoute('tasks', TASKS_SCHEMA),
      schemaRoute('image', IMAGE_SCHEMA),
      schemaRoute('images', IMAGES_SCHEMA),
      schemaRoute('member', MEMBER_SCHEMA),
      schemaRoute('members', MEMBERS_SCHEMA),
      ...taskRoutes({ store, runner, ticker, filter, stores, failsByChance, open: openTasks }),
      ...imageRoutes({ images, ticker, stores, quota }),
      ...imageDataRoutes({ images, ticker, stores, quota }),
      ...imageActionRoutes({ images, ticker }),
      imageTagsRoute({ images, ticker }),
      importRoute({
        images,
        tasks: store,
        runner: importRunner,
        ticker,
        filter,
        stores,
        quota,
        failsByChance,
        taskDuration,
      }),
      imageTasksRoute({ images, store, ticker }),
      ...infoRoutes(stores, quota),
    ])
  }

  /** Adds an existing task. If it has not ended, it continues. */
  restoreTask(row: TaskRow): void {
    this.tasks.add(row)
    this.#runner.resume(row.id)
    this.#importRunner.resume(row.id)
  }

  /** @param keystone Keystone's URL, for the header of a 401. */
  answer(exchange: Exchange, tokens: Tokens, keystone: string): Reply {
    const reply = this.#negotiate(exchange, tokens, keystone)
    return exchange.method === 'OPTIONS' && reply.status >= 300 ? PREFLIGHT : reply
  }

  /** Answers version and health requests, which need no token, and passes the others to their routes. */
  #negotiate(exchange: Exchange, tokens: Tokens, keystone: string): Reply {
    const { base, headers } = exchange
    const path = unquotePath(exchange.path)
    if (!isUtf8(Buffer.from(path, 'latin1'))) return new UnhandledError().reply()
    if (/^\/+healthcheck$/.test(path)) return healthReply(exchange, ['OK'])
    const [, version = '', rest = ''] = /^\/*([^/]*)(.*)$/s.exec(path) ?? []
    if (version === 'versions') return versionsReply(base, 200)
    const byMediaType = /^application\/vnd\.openstack\.images-(.*)$/.exec(withoutFullWeight(headers.accept))?.[1]
    if (!API_VERSIONS.has(byMediaType ?? version)) return versionsReply(base, 300)
    const token = tokens.ofRequest(exchange)
    if (!token) return unauthorized(keystone).reply(exchange)
    const given = headers['x-openstack-request-id']
    if (given !== undefined && given.length > MAX_REQUEST_ID_LENGTH) return internalError().reply(exchange)
    const context = contextOf(exchange, token, given || newRequestId())
    try {
      const reply = this.#route(context, byMediaType === undefined ? rest : path)
      const { requestId } = context
      reply.headers['X-Openstack-Request-Id'] = requestId.startsWith('req-') ? requestId : `req-${requestId}`
      return reply
    } catch (error) {
      if (error instanceof UnhandledError) return error.reply()
      throw error
    }
  }

  #route(context: Context, path: string): Reply {
    this.#runner.advance(this.#ticker.now())
    this.#importRunner.advance(this.#ticker.now())
    if (path === '') return redirectToRoot(context.exchange)
    try {
      return this.#router.answer(context, path.replace(/\/{2,}/g, '/'))
    } catch (error) {
      if (error instanceof GlanceProblem) return error.reply(context.exchange)
      throw error
    }
  }
}

/** An Accept header as WebOb serialises it, without a weight of 1. */
function withoutFullWeight(accept = ''): string {
  return accept.replace(/[ \t]*;[ \t]*q=1(\.0{0,3})?$/i, '')
}

/** Glance redirects `/v2` to `/v2/`. */
function redirectToRoot(exchange: Exchange): Reply {
  const headers = { 'Content-Type': 'text/plain; charset=utf8', Location: `${exchange.base}/v2/` }
  return { status: 302, reason: 'Found', headers, body: '' }
}

function schemaRoute(name: string, schema: Schema): Route {
  const reply = () => ({
    status: 200,
    reason: 'OK',
    headers: { 'Content-Type': 'application/json' },
    body: pythonJson(schema),
  })
  const guard = name.startsWith('task') ? crashesOnBody : refusesBody
  return { pattern: `/schemas/${name}`, methods: { GET: guard(reply) } }
}
