import type { AuthType } from '../config/auth-types.js'
import type { CloudSettings } from '../config/settings.js'
import { unusedSettings } from '../config/unused-settings.js'
import {
  type Advice,
  type ApiError,
  AuthenticationError,
  ForbiddenError,
  GlanceTasksError,
  type UnexpectedAnswerError,
  withHint,
} from '../errors.js'
import { type Answer, redirectError } from '../http/answer.js'
import type { HttpClient } from '../http/client.js'
import { markNotExecuted } from '../http/not-executed.js'
import { isSafe } from '../http/retry.js'
import type { Query, Service, ServiceRequest } from '../http/service.js'
import { urlBelow } from '../http/versioned-url.js'
import { allImageRegions, findEndpoint } from '../identity/catalog.js'
import { credentialHint } from '../identity/credential-hint.js'
import type { Login } from '../identity/login.js'
import { loadLogin } from '../identity/methods/login-methods.js'
import { type Ask, secretsOf } from '../identity/secrets.js'
import { SessionLogin } from '../identity/tokens/session-login.js'
import { TokenCache } from '../identity/tokens/token-cache.js'
import { keystoneUrl } from '../identity/url.js'
import { checkLogin } from './check-login.js'
import { imageBase, sendsUnencrypted } from './endpoint.js'
import { type Confirm, type Guard, guardOf } from './exposed.js'
import { type HttpClientOptions, httpClientFor } from './http-client.js'

/** What a session needs besides the settings of its cloud. */
export interface SessionOptions extends HttpClientOptions {
  /** Whether to cache the token on disk, if the cloud's settings also allow that. Default false. */
  tokenCache?: boolean | undefined
  /**
   * Whether to log in if there is no cached token that the service accepts. Default true. If false, the requests fail instead,
   * and no password is ever sent.
   */
  logIn?: boolean | undefined
  /** Prompts for a missing secret. Default: no prompts. */
  ask?: Ask | undefined
  /** Asks for permission to send a secret to a host that a file in the working directory names. Default: a warning. */
  confirm?: Confirm | undefined
  /** Called with warnings, such as an unused setting. */
  warn?: ((text: string) => void) | undefined
  /** Called with warnings of secrets that are at risk. Default: `warn`. */
  caution?: ((text: string) => void) | undefined
  /** Called with events other than requests, such as the use of a cached token. */
  verbose?: ((text: string) => void) | undefined
}

/** A request that reads from Keystone. */
export type IdentityRequest = Pick<ServiceRequest, 'path' | 'query' | 'signal'>

/** The image service of a cloud. The first request logs in. */
export interface Session extends Service {
  readonly settings: CloudSettings
  /** The base URL of the image service. Logs in if the URL comes from the catalog. */
  endpoint(signal?: AbortSignal): Promise<URL>
  /** The current login. Logs in if there is none. */
  login(signal?: AbortSignal): Promise<Login>
  /**
   * Reads from Keystone, which has the login's URL, with the login's token.
   *
   * @param request its path is below /v3, such as `projects`
   * @throws the errors of request(); ConfigurationError if the cloud has no auth_url.
   */
  requestIdentity(request: IdentityRequest): Promise<Answer>
  /** Closes all connections. Resolves when the token is also cached. */
  close(): Promise<void>
}

/**
 * Opens a session. Checks the settings, but sends nothing.
 *
 * @throws ConfigurationError if the settings are invalid.
 */
export async function openSession(settings: CloudSettings, options: SessionOptions): Promise<Session> {
  const type = await checkLogin(settings)
  for (const text of unusedSettings(settings)) options.warn?.(text)
  const http = await httpClientFor(settings, options)
  const { get: secret, accepted, refused } = secretsOf(settings, options.ask)
  const caution = options.caution ?? options.warn
  const guard = guardOf(settings, options.confirm, caution)
  const mayLogIn = options.logIn !== false || sendsNoPassword(type)
  const logins = new SessionLogin(
    async (signal) => {
      const logIn = await loadLogin(settings.authType)
      return logIn({ settings, http, clock: options.clock, signal, secret, accepted, refused })
    },
    options.clock,
    type.keystone ? tokenCacheFor(settings, options) : undefined,
    async () => {
      if (!mayLogIn) throw new GlanceTasksError('not_authenticated', 'There is no usable cached token.')
      await guard('login')
      // Nobody waits for a prompt.
      return type.secrets.every((key) => settings.auth[key] !== undefined)
    },
  )
  return new CloudSession(settings, http, logins, guard, caution)
}

/** Whether a login sends no request, and its requests contain no password. */
function sendsNoPassword({ keystone, secrets }: AuthType): boolean {
  return !keystone && !secrets.includes('password')
}

function tokenCacheFor(settings: CloudSettings, options: SessionOptions): TokenCache | undefined {
  const { tokenCache = false, environment, clock, verbose = () => {} } = options
  // A token from a server that was not verified must not be used in a run that verifies it.
  const isCached = tokenCache && settings.cacheToken && settings.tls.verify
  return isCached ? new TokenCache(settings, environment, clock, verbose) : undefined
}

class CloudSession implements Session {
  // Private, because they contain passwords that must not appear when a session is printed.
  readonly #settings: CloudSettings
  readonly #http: HttpClient
  readonly #logins: SessionLogin
  readonly #guard: Guard
  readonly #caution: SessionOptions['caution']
  #located: { login: Login; endpoint: URL } | undefined
  #hasWarnedOfHttp = false

  constructor(
    settings: CloudSettings,
    http: HttpClient,
    logins: SessionLogin,
    guard: Guard,
    caution: SessionOptions['caution'],
  ) {
    this.#guard = guard
    this.#caution = caution
    this.#settings = settings
    this.#http = http
    this.#logins = logins
  }

  get settings(): CloudSettings {
    return this.#settings
  }

  get closed(): AbortSignal {
    return this.#http.closed
  }

  get cloud(): string {
    return this.#settings.name
  }

  get region(): string | undefined {
    return this.#settings.image.regionName
  }

  async login(signal?: AbortSignal): Promise<Login> {
    return this.#logins.get(signal)
  }

  async imageRegions(signal?: AbortSignal): Promise<string[]> {
    return allImageRegions((await this.#logins.get(signal)).catalog)
  }

  async endpoint(signal?: AbortSignal): Promise<URL> {
    return this.#endpointFor(await this.#logins.get(signal))
  }

  request(request: ServiceRequest): Promise<Answer> {
    return this.#withLogin(request, async (login) => {
      await this.#guard('requests')
      return this.#send(this.#endpointFor(login), request, login)
    })
  }

  async requestIdentity({ path, query, signal }: IdentityRequest): Promise<Answer> {
    const base = await keystoneUrl(this.#settings)
    const request: ServiceRequest = { method: 'GET', path, query, signal, json: true }
    return this.#withLogin(request, async (login) => {
      // A cached token needs no login, but it goes to the same host.
      await this.#guard('login')
      return this.#send(base, request, login)
    })
  }

  async #withLogin(request: ServiceRequest, send: (login: Login) => Promise<Answer>): Promise<Answer> {
    const login = await this.#loginFor(request)
    try {
      return await send(login)
    } catch (error) {
      if (!needsNewLogin(error, request)) throw explained(error, request)
      await this.#logins.drop(login)
    }
    const renewed = await this.#loginFor(request)
    try {
      return await send(renewed)
    } catch (error) {
      if (error instanceof AuthenticationError && !isForeign(error))
        throw withHint(error, credentialHint(this.#settings))
      throw explained(error, request)
    }
  }

  /** The login for a request. If it fails, the request is not sent. */
  #loginFor({ signal }: ServiceRequest): Promise<Login> {
    return this.#logins.get(signal).catch((error) => {
      throw markNotExecuted(error)
    })
  }

  async close(): Promise<void> {
    await Promise.all([this.#logins.saved(), this.#http.close()])
  }

  async #send(base: URL, request: ServiceRequest, login: Login): Promise<Answer> {
    const { method, path, query, headers, body, upload, signal, timeout, retries, retry, json, retryStatuses } = request
    const url = urlBelow(base, path)
    url.search = queryText(query)
    const answer = await this.#http.request({
      method,
      url,
      headers: mergeHeaders(
        { accept: 'application/json' },
        body === undefined ? {} : { 'content-type': 'application/json' },
        headers,
        // Last, so that a header of the caller cannot replace the token.
        login.headers,
      ),
      body,
      upload,
      signal,
      timeout,
      retries,
      retry,
      json,
      retryStatuses,
    })
    if (answer.status >= 300)
      throw NOT_EXECUTED_HERE.has(answer.status) ? markNotExecuted(unexpected(answer, base)) : unexpected(answer, base)
    return answer
  }

  /** Determined once per login, because a list with details needs it thousands of times. */
  #endpointFor(login: Login): URL {
    if (this.#located?.login !== login) this.#located = { login, endpoint: this.#locate(login) }
    return this.#located.endpoint
  }

  #locate(login: Login): URL {
    const { name, image, auth } = this.#settings
    // `auth.endpoint` is used only for logins without a catalog.
    const configured = image.endpointOverride ?? (login.catalog.length === 0 ? auth.endpoint : undefined)
    const endpoint = configured ?? findEndpoint(login.catalog, image, name)
    const base = imageBase(endpoint, { projectId: login.projectId, regionName: image.regionName })
    if (configured === undefined && sendsUnencrypted(this.#settings, base) && !this.#hasWarnedOfHttp) {
      this.#hasWarnedOfHttp = true
      this.#caution?.(
        `The token goes to ${base.host} unencrypted: the catalog names an http endpoint of the image service.`,
      )
    }
    return base
  }
}

/** Merges headers. Later ones replace earlier ones, in any letter case. */
function mergeHeaders(...layers: readonly (Readonly<Record<string, string>> | undefined)[]): Record<string, string> {
  const merged: Record<string, string> = {}
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer ?? {})) merged[name.toLowerCase()] = value
  }
  return merged
}

function queryText(query: Query | undefined): string {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue
    for (const each of Array.isArray(value) ? value : [value]) parameters.append(key, String(each))
  }
  return parameters.toString()
}

/**
 * Whether a new login may help. A request that must not be executed twice is sent again only if the token check rejected
 * it, because a proxy may return 401 after the service has executed the request. Data that can be read only once cannot be
 * sent again.
 */
function needsNewLogin(error: unknown, { method, upload }: ServiceRequest): boolean {
  if (upload?.isRepeatable === false) return false
  return error instanceof AuthenticationError && (isSafe(method) || error.origin === 'token check')
}

/** Redirects that ask to repeat the request elsewhere, so it was not executed here. After a 303 it was. */
const NOT_EXECUTED_HERE = new Set([300, 301, 302, 307, 308])

/** Glance returns 300 for an unknown route or version. Following a redirect would send the token to another host. */
function unexpected(answer: Answer, base: URL): UnexpectedAnswerError {
  return redirectError(answer, (target) => {
    const moved = target && movedBase(base, answer.request.url, target)
    if (moved !== undefined) return { hint: `If you trust this URL, set image_endpoint_override to ${moved}.` }
    return {
      hint: 'Redirects are not followed. Check the endpoint of the image service (image_endpoint_override).',
      remedy: { kind: 'diagnose' },
    }
  })
}

/** The new URL of the image service, if a route of it is redirected to the same route there. */
function movedBase(base: URL, from: URL, to: URL): string | undefined {
  const route = from.pathname.slice(base.pathname.length)
  const version = /\/v\d+\/$/.exec(base.pathname)?.[0] ?? '/'
  if (!to.pathname.endsWith(version + route)) return undefined
  return `${to.origin}${to.pathname.slice(0, -(version + route).length)}`
}

/** Whether the error's own hint says that something before the service sent it. The login and the policy are then irrelevant. */
function isForeign({ isFromService, hint }: ApiError): boolean {
  return !isFromService && hint !== undefined
}

const ADMIN_ONLY: Advice = {
  hint: 'By default, only administrators can use the Tasks API (policy tasks_api_access). List the tasks of one image instead (imageId), or ask the operator.',
  remedy: { kind: 'list_by_image' },
}

const ADMIN_CREATES: Advice = {
  hint: 'By default, only administrators can use the Tasks API (policy tasks_api_access). Ask the operator, or import an image without the Tasks API.',
  remedy: { kind: 'import_image' },
}

/** Adds a hint that depends on the request. */
function explained(error: unknown, { method, path }: ServiceRequest): unknown {
  const isTasks = /^tasks(\/|$)/.test(path)
  if (!(error instanceof ForbiddenError) || !isTasks || isForeign(error)) return error
  return withHint(error, method === 'POST' ? ADMIN_CREATES : ADMIN_ONLY)
}
