import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../http/json.js'
import type { Exchange, Reply } from '../exchange.js'
import { newRequestId } from '../names.js'
import { pythonJson } from '../python.js'
import { catalogOf, type Region } from './catalog.js'
import { DOMAIN, type Project, roleOf } from './directory.js'
import { KeystoneProblem, missing, notAllowed, unauthorized } from './errors.js'
import { type Keyring, logIn, malformedBody } from './login.js'
import type { Token } from './tokens.js'

/** Keystone v3, as far as clients of other services use it. */
export class Keystone {
  readonly #keyring: Keyring
  readonly #regions: () => readonly Region[]

  /** @param regions the image services, known once the server listens. */
  constructor(keyring: Keyring, regions: () => readonly Region[]) {
    this.#keyring = keyring
    this.#regions = regions
  }

  answer(exchange: Exchange): Reply {
    const reply = this.#replyTo(exchange)
    reply.headers.Vary = 'X-Auth-Token'
    reply.headers['x-openstack-request-id'] = newRequestId()
    return reply
  }

  #replyTo(exchange: Exchange): Reply {
    try {
      return this.#route(exchange)
    } catch (error) {
      if (error instanceof KeystoneProblem) return error.reply(exchange)
      throw error
    }
  }

  #route(exchange: Exchange): Reply {
    const { method, path, base } = exchange
    const route = `${method} ${path.replace(/\/$/, '')}`
    switch (route) {
      case 'GET ':
        return { ...json(300, 'MULTIPLE CHOICES', { versions: { values: [version(base)] } }), ...located(base) }
      case 'GET /v3':
        return json(200, 'OK', { version: version(base) })
      case 'POST /v3/auth/tokens':
        return this.#issue(exchange)
      case 'GET /v3/auth/tokens':
      case 'HEAD /v3/auth/tokens':
        return this.#validate(exchange)
      case 'DELETE /v3/auth/tokens':
        return this.#revoke(exchange)
      case 'GET /v3/auth/catalog':
        return this.#catalog(exchange)
      case 'GET /v3/auth/projects':
        return this.#projects(exchange)
      default:
        return notFound()
    }
  }

  #issue(exchange: Exchange): Reply {
    const { auth } = bodyOf(exchange)
    if (auth === undefined) throw missing('auth', 'request body')
    const token = logIn(isJsonObject(auth) ? auth : {}, this.#keyring)
    return tokenReply(201, 'CREATED', token, this.#view(token, exchange))
  }

  #validate(exchange: Exchange): Reply {
    const caller = this.#caller(exchange)
    const token = this.#subject(exchange)
    const mayLook = caller.roles.includes('admin') || caller.user === token.user
    if (!mayLook) throw notAllowed('identity:validate_token')
    return tokenReply(200, 'OK', token, this.#view(token, exchange))
  }

  #revoke(exchange: Exchange): Reply {
    const caller = this.#caller(exchange)
    const token = this.#subject(exchange)
    const mayRevoke = caller.roles.includes('admin') || caller.user === token.user
    if (!mayRevoke) throw notAllowed('identity:revoke_token')
    this.#keyring.tokens.revoke(token)
    return { status: 204, reason: 'NO CONTENT', headers: {}, body: '' }
  }

  #catalog(exchange: Exchange): Reply {
    this.#caller(exchange)
    const catalog = catalogOf(`${exchange.base}/v3`, this.#regions())
    return json(200, 'OK', { catalog, links: { self: `${exchange.base}/v3/auth/catalog` } })
  }

  #projects(exchange: Exchange): Reply {
    const { user } = this.#caller(exchange)
    const { base } = exchange
    const projects = this.#keyring.directory.projectsOf(user).map((project) => projectView(project, base))
    return json(200, 'OK', { projects, links: { next: null, self: `${base}/v3/auth/projects`, previous: null } })
  }

  #caller({ headers }: Exchange): Token {
    const token = this.#keyring.tokens.find(headers['x-auth-token'])
    if (!token) throw unauthorized()
    return token
  }

  #subject({ headers }: Exchange): Token {
    const id = headers['x-subject-token']
    if (id === undefined) throw new KeystoneProblem(404, 'No token in the request')
    const token = this.#keyring.tokens.find(id)
    if (!token) throw new KeystoneProblem(404, 'Could not recognize Fernet token')
    return token
  }

  #view(token: Token, { base, query }: Exchange): JsonObject {
    const { user, scope } = token
    const view: JsonObject = {
      methods: token.methods,
      user: { domain: { ...DOMAIN }, id: user.id, name: user.name, password_expires_at: null },
      audit_ids: token.auditIds,
      expires_at: isoTime(token.expiresAt),
      issued_at: isoTime(token.issuedAt),
    }
    if (!scope) return view
    if ('project' in scope) {
      view.project = { domain: { ...DOMAIN }, ...scope.project }
      view.is_domain = false
    }
    if ('domain' in scope) view.domain = { ...DOMAIN }
    view.roles = token.roles.map(roleOf)
    if ('system' in scope) view.system = { all: true }
    if (!/(^|&)nocatalog(=|&|$)/.test(query)) view.catalog = catalogOf(`${base}/v3`, this.#regions())
    return view
  }
}

function bodyOf({ body }: Exchange): JsonObject {
  let value: JsonValue
  try {
    value = parseJson(body.toString('utf8'))
  } catch {
    throw malformedBody()
  }
  if (!isJsonObject(value)) throw malformedBody()
  return value
}

function version(base: string): JsonObject {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${base}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  }
}

function located(base: string): Pick<Reply, 'headers'> {
  return { headers: { 'Content-Type': 'application/json', Location: `${base}/v3/` } }
}

function json(status: number, reason: string, value: JsonValue): Reply {
  return { status, reason, headers: { 'Content-Type': 'application/json' }, body: pythonJson(value) }
}

function tokenReply(status: number, reason: string, token: Token, view: JsonObject): Reply {
  const reply = json(status, reason, { token: view })
  reply.headers['X-Subject-Token'] = token.id
  return reply
}

function projectView(project: Project, base: string): JsonObject {
  return {
    ...project,
    domain_id: DOMAIN.id,
    description: '',
    enabled: true,
    parent_id: DOMAIN.id,
    is_domain: false,
    tags: [],
    options: {},
    links: { self: `${base}/v3/projects/${project.id}` },
  }
}

function notFound(): Reply {
  const text =
    'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.'
  return {
    status: 404,
    reason: 'NOT FOUND',
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    body: `<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>${text}</p>\n`,
  }
}

/** Keystone's times: seconds, with six zeros behind them. */
function isoTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}.000000Z`
}
