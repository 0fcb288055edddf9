import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../http/json.js'
import { bestOffer } from '../http/accept.js'
import { type Exchange, PREFLIGHT, type Reply } from '../http/exchange.js'
import { healthReply } from '../http/health.js'
import { newRequestId } from '../ids.js'
import { pythonJson } from '../python/json.js'
import { catalogOf, type Region } from './catalog.js'
import { KeystoneProblem, missing, notAllowed, unauthorized } from './errors.js'
import { htmlProblem, normalisePath, redirect } from './framework.js'
import { jsonHome } from './json-home.js'
import { type LoginStores, logIn } from './login.js'
import { MoreMethodsNeeded } from './receipts.js'
import type { Token } from './tokens.js'
import { domainView, projectView, tokenView, versionView } from './views.js'

type Handler = (exchange: Exchange, body: JsonObject) => Reply

/** One path of the API. */
interface Resource {
  methods: Record<string, Handler>
  /** Whether a 405 is JSON. The version documents return 405 with a web page. */
  json: boolean
}

/** The part of Keystone v3 that clients of other services use. */
export class Keystone {
  readonly #stores: LoginStores
  readonly #regions: () => readonly Region[]
  readonly #resources: Record<string, Resource>
  readonly #project: (id: string) => Resource

  /** @param regions returns the URLs of the image services, which are known once the server listens. */
  constructor(stores: LoginStores, regions: () => readonly Region[]) {
    this.#stores = stores
    this.#regions = regions
    const page = (get: Handler): Resource => ({ methods: { GET: get }, json: false })
    const resource = (methods: Record<string, Handler>): Resource => ({ methods, json: true })
    this.#resources = {
      '': page(preferJsonHome('/v3', versions)),
      '/v3': page(preferJsonHome('', ({ base }) => json(200, 'OK', { version: versionView(base) }))),
      '/v3/auth/tokens': resource({
        DELETE: (exchange) => this.#revoke(exchange),
        POST: (exchange, body) => this.#issue(exchange, body),
        GET: (exchange) => this.#validate(exchange),
      }),
      '/v3/auth/catalog': resource({ GET: (exchange) => this.#catalog(exchange) }),
      '/v3/auth/projects': resource({ GET: (exchange) => this.#projects(exchange) }),
      '/v3/auth/domains': resource({ GET: (exchange) => this.#domains(exchange) }),
      '/v3/auth/system': resource({ GET: (exchange) => this.#system(exchange) }),
      '/v3/projects': resource({ GET: (exchange) => this.#allProjects(exchange) }),
    }
    this.#project = (id) => resource({ GET: (exchange) => this.#projectById(id, exchange) })
  }

  answer(exchange: Exchange): Reply {
    const path = normalisePath(exchange.path)
    const isHealth = /^\/healthcheck(\/|$)/.test(path)
    const reply = isHealth ? healthReply(exchange, []) : this.#replyTo(exchange, path)
    if (exchange.method === 'OPTIONS' && reply.status >= 300) return PREFLIGHT
    return withHeaders(reply, { 'x-openstack-request-id': newRequestId() })
  }

  #replyTo(exchange: Exchange, path: string): Reply {
    return withHeaders(this.#answerOrRefuse(exchange, path), { Vary: 'X-Auth-Token' })
  }

  #answerOrRefuse(exchange: Exchange, path: string): Reply {
    try {
      // Keystone parses the body of every request before it looks at the path.
      return this.#route(exchange, path, bodyOf(exchange))
    } catch (error) {
      if (error instanceof KeystoneProblem || error instanceof MoreMethodsNeeded) return error.reply(exchange)
      throw error
    }
  }

  #route(exchange: Exchange, path: string, body: JsonObject): Reply {
    const { method } = exchange
    const name = path.replace(/^\/+/, '/')
    const resource = this.#resource(name)
    if (!resource) return this.#unknownPath(exchange, name)
    const handler = resource.methods[method === 'HEAD' ? 'GET' : method]
    if (handler) return handler(exchange, body)
    const allow = ['OPTIONS', 'HEAD', ...Object.keys(resource.methods)].join(', ')
    if (method === 'OPTIONS')
      return { ...PREFLIGHT, headers: { 'Content-Type': 'text/html; charset=utf-8', Allow: allow } }
    if (!resource.json) return htmlProblem(405, { Allow: allow })
    const message = 'The method is not allowed for the requested URL.'
    return withHeaders(jsonLine(405, 'METHOD NOT ALLOWED', { message }), { Allow: allow })
  }

  #resource(name: string): Resource | undefined {
    const [, id] = /^\/v3\/projects\/([^/]+)$/.exec(name) ?? []
    if (id !== undefined) return this.#project(id)
    return Object.hasOwn(this.#resources, name) ? this.#resources[name] : undefined
  }

  /** Redirects if the path is known without its double slashes; otherwise 404. */
  #unknownPath(exchange: Exchange, name: string): Reply {
    const single = name.replaceAll('//', '/')
    return this.#resource(single) ? redirect(exchange, single) : htmlProblem(404)
  }

  #issue(exchange: Exchange, { auth }: JsonObject): Reply {
    const token = logIn(auth, exchange.headers['openstack-auth-receipt'], this.#stores)
    return this.#tokenReply(201, 'CREATED', token, exchange)
  }

  #validate(exchange: Exchange): Reply {
    const action = exchange.method === 'HEAD' ? 'identity:check_token' : 'identity:validate_token'
    const token = this.#subject(exchange, this.#caller(exchange), action)
    return this.#tokenReply(200, 'OK', token, exchange)
  }

  #revoke(exchange: Exchange): Reply {
    const token = this.#subject(exchange, this.#caller(exchange), 'identity:revoke_token')
    this.#stores.tokens.revoke(token)
    return { status: 204, reason: 'NO CONTENT', headers: {}, body: '' }
  }

  #catalog(exchange: Exchange): Reply {
    const { scope } = this.#caller(exchange)
    if (!scope || !('project' in scope)) {
      throw new KeystoneProblem(403, 'You are not authorized to perform the requested action.')
    }
    const catalog = catalogOf(`${exchange.base}/v3`, this.#regions())
    return jsonLine(200, 'OK', { catalog, links: { self: `${exchange.base}/v3/auth/catalog` } })
  }

  #projects(exchange: Exchange): Reply {
    const { user } = this.#caller(exchange)
    const { base } = exchange
    const projects = this.#stores.directory.projectsOf(user).map((project) => projectView(project, base))
    return jsonLine(200, 'OK', { projects, links: linksOf(exchange, '/v3/auth/projects') })
  }

  #allProjects(exchange: Exchange): Reply {
    if (!this.#caller(exchange).roles.includes('admin')) throw notAllowed('identity:list_projects')
    const { base, query } = exchange
    const name = new URLSearchParams(query).get('name')
    const projects = this.#stores.directory.projects
      .filter((project) => name === null || project.name === name)
      .map((project) => projectView(project, base))
    return jsonLine(200, 'OK', { projects, links: linksOf(exchange, '/v3/projects') })
  }

  #projectById(id: string, exchange: Exchange): Reply {
    const { roles, scope } = this.#caller(exchange)
    const project = this.#stores.directory.project({ id })
    const isOwn = scope !== undefined && 'project' in scope && scope.project.id === id
    if (!roles.includes('admin') && !isOwn) throw notAllowed('identity:get_project')
    if (!project) throw new KeystoneProblem(404, `Could not find project: ${id}.`)
    return jsonLine(200, 'OK', { project: projectView(project, exchange.base) })
  }

  #domains(exchange: Exchange): Reply {
    const { user } = this.#caller(exchange)
    const domains = user.account.domain?.length ? [domainView(exchange.base)] : []
    return jsonLine(200, 'OK', { domains, links: linksOf(exchange, '/v3/auth/domains') })
  }

  #system(exchange: Exchange): Reply {
    const { user } = this.#caller(exchange)
    const system = user.account.system?.length ? [{ all: true }] : []
    return jsonLine(200, 'OK', { system, links: { self: `${exchange.base}/v3/auth/system` } })
  }

  #tokenReply(status: number, reason: string, token: Token, { base, query }: Exchange): Reply {
    const regions = new URLSearchParams(query).has('nocatalog') ? undefined : this.#regions()
    const reply = json(status, reason, { token: tokenView(token, base, regions) })
    return withHeaders(reply, { 'X-Subject-Token': token.id })
  }

  #caller(exchange: Exchange): Token {
    const token = this.#stores.tokens.ofRequest(exchange)
    if (!token) throw unauthorized()
    return token
  }

  /** The token in X-Subject-Token, if the caller may access it. */
  #subject({ headers }: Exchange, caller: Token, action: string): Token {
    const id = headers['x-subject-token']
    if (id === undefined && !caller.roles.includes('admin')) throw notAllowed(action)
    const token = this.#stores.tokens.find(id)
    if (!token) throw this.#stores.tokens.problem(id)
    if (!mayAccess(caller, token)) throw notAllowed(action)
    return token
  }
}

/** Whether the caller may access a token: users their own tokens, admins all. */
function mayAccess(caller: Token, token: Token): boolean {
  return caller.roles.includes('admin') || caller.user === token.user
}

/** The links of a list. Keystone returns it as a single page. */
function linksOf({ base, query }: Exchange, path: string): JsonObject {
  return { next: null, self: base + path + (query === '' ? '' : `?${query}`), previous: null }
}

// For Werkzeug the media type ends at a semicolon, a comma or a space.
const JSON_TYPE = /^application\/(?:json|[^;,\s]*\+json)(?:[;,\s]|$)/i

function bodyOf({ body, headers }: Exchange): JsonObject {
  if (body.length === 0) return {}
  const { 'content-type': type = '' } = headers
  if (type !== '' && !JSON_TYPE.test(type)) throw missing('application/json', 'Content-Type header')
  let value: JsonValue
  try {
    value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    value = null
  }
  if (!isJsonObject(value)) throw missing('valid JSON', 'request body')
  return value
}

function versions({ base }: Exchange): Reply {
  const reply = json(300, 'MULTIPLE CHOICES', { versions: { values: [versionView(base)] } })
  return withHeaders(reply, { Location: `${base}/v3/` })
}

const HOME = 'application/json-home'

/** Answers with the JSON Home document if the client prefers it. */
function preferJsonHome(prefix: string, get: Handler): Handler {
  return (exchange, body) => {
    const { accept } = exchange.headers
    if (accept === undefined || bestOffer(accept, ['application/json', HOME]) !== HOME) return get(exchange, body)
    return withHeaders(json(200, 'OK', jsonHome(prefix)), { 'Content-Type': HOME })
  }
}

function json(status: number, reason: string, value: JsonValue): Reply {
  return { status, reason, headers: { 'Content-Type': 'application/json' }, body: pythonJson(value) }
}

/** JSON with a line feed at the end, as Keystone's framework writes it. */
function jsonLine(status: number, reason: string, value: JsonValue): Reply {
  const reply = json(status, reason, value)
  return { ...reply, body: `${reply.body}\n` }
}

function withHeaders(reply: Reply, headers: Record<string, string>): Reply {
  return { ...reply, headers: { ...reply.headers, ...headers } }
}
