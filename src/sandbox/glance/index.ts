import type { Exchange, Reply } from '../exchange.js'
import type { Tokens } from '../keystone/tokens.js'
import { newRequestId } from '../names.js'
import { pythonJson, unquotePath } from '../python.js'
import { Ticker } from '../ticker.js'
import { contextOf } from './context.js'
import type { ImportFilter } from './import-uri.js'
import { GlanceProblem, internalError, unauthorized } from './problem.js'
import { type Route, Router } from './routes.js'
import type { Schema } from './schema.js'
import { TaskRunner } from './task-runner.js'
import { TASK_SCHEMA, TASKS_SCHEMA } from './task-schema.js'
import { TaskStore } from './task-store.js'
import { taskRoutes } from './tasks.js'
import { API_VERSIONS, versionsReply } from './versions.js'

/** The longest X-Openstack-Request-Id that Glance takes. */
const LONGEST_REQUEST_ID = 64

export interface GlanceOptions {
  /** Milliseconds since the epoch. */
  now: () => number
  random: () => number
  taskDuration: number
  failureRate: number
  filter: ImportFilter
  openTasks: boolean
}

/** One Glance: version 2 of its API, with tasks and images of its own. */
export class Glance {
  readonly tasks = new TaskStore()
  readonly #ticker: Ticker
  readonly #runner: TaskRunner
  readonly #router: Router

  constructor(options: GlanceOptions) {
    this.#ticker = new Ticker(options.now)
    this.#runner = new TaskRunner(this.tasks, options)
    const tasks = {
      store: this.tasks,
      runner: this.#runner,
      ticker: this.#ticker,
      filter: options.filter,
      open: options.openTasks,
    }
    this.#router = new Router([
      schemaRoute('task', TASK_SCHEMA),
      schemaRoute('tasks', TASKS_SCHEMA),
      ...taskRoutes(tasks),
    ])
  }

  /** @param keystone the URL that a 401 names. */
  answer(exchange: Exchange, tokens: Tokens, keystone: string): Reply {
    const { path, base, headers } = exchange
    if (path === '/healthcheck') return plain('OK')
    const [, version = '', rest = ''] = /^\/*([^/]*)(.*)$/s.exec(unquotePath(path)) ?? []
    if (version === 'versions') return versionsReply(base, 200)
    const byMediaType = /^application\/vnd\.openstack\.images-(.*)$/.exec(headers.accept ?? '')?.[1]
    if (!API_VERSIONS.has(byMediaType ?? version)) return versionsReply(base, 300)
    const inner = byMediaType === undefined ? rest : unquotePath(path)
    const token = tokens.find(headers['x-auth-token'])
    if (!token) return unauthorized(keystone).reply(exchange)
    const given = headers['x-openstack-request-id']
    if (given !== undefined && given.length > LONGEST_REQUEST_ID) return internalError().reply(exchange)
    const requestId = given || newRequestId()
    const reply = this.#route(exchange, () => {
      this.#runner.advance(this.#ticker.now())
      return this.#router.answer(contextOf(exchange, token, requestId), inner)
    })
    reply.headers['X-Openstack-Request-Id'] = requestId.startsWith('req-') ? requestId : `req-${requestId}`
    return reply
  }

  #route(exchange: Exchange, answer: () => Reply): Reply {
    try {
      return answer()
    } catch (error) {
      if (error instanceof GlanceProblem) return error.reply(exchange)
      throw error
    }
  }
}

function schemaRoute(name: string, schema: Schema): Route {
  const body = pythonJson(schema)
  const reply = () => ({ status: 200, reason: 'OK', headers: { 'Content-Type': 'application/json' }, body })
  return { pattern: `/schemas/${name}`, methods: { GET: reply } }
}

function plain(body: string): Reply {
  return { status: 200, reason: 'OK', headers: { 'Content-Type': 'text/plain; charset=UTF-8' }, body }
}
