import type { CloudSettings } from '../config/settings.js'
import { unusedSettings } from '../config/unused-settings.js'
import { type Advice, AuthenticationError, ForbiddenError, UnexpectedAnswerError, withHint } from '../errors.js'
import { type Answer, requestIdOf } from '../http/answer.js'
import type { HttpClient } from '../http/client.js'
import { maskUrl } from '../http/mask.js'
import { markNotExecuted } from '../http/not-executed.js'
import type { Query, Service, ServiceRequest } from '../http/service.js'
import { urlBelow } from '../http/versioned-url.js'
import { findEndpoint } from '../identity/catalog.js'
import { credentialHint } from '../identity/credential-hint.js'
import type { Login } from '../identity/login.js'
import { loadLogin } from '../identity/methods/login-methods.js'
import { type Ask, secretsOf } from '../identity/secrets.js'
import { SessionLogin } from '../identity/tokens/session-login.js'
import { TokenCache } from '../identity/tokens/token-cache.js'
import { checkLogin } from './check-login.js'
import { imageBase, sendsInClear } from './endpoint.js'
import { type Confirm, type Guard, guardOf } from './exposed.js'
import { type HttpClientOptions, httpClientFor } from './http-client.js'

/** What a session needs besides the settings of its cloud. */
export interface SessionOptions extends HttpClientOptions {
  /** Whether the token may be kept on disk, where the cloud's settings allow it too. Default false. */
  tokenCache?: boolean | undefined
  /** Asks for a secret that is missing. Default: nobody can be asked. */
  ask?: Ask | undefined
  /** Asks whether a secret may go where a file in the working directory says. Default: nobody is asked, a warning. */
  confirm?: Confirm | undefined
  /** Called with what a person should know, such as an option that changes nothing. */
  warn?: ((text: string) => void) | undefined
  /** Called with what happens besides requests, such as the use of a cached token. */
  verbose?: ((text: string) => void) | undefined
}

/** A cloud's image service, logged in when it is first needed. */
export interface Session extends Service {
  readonly settings: CloudSettings
  /** The URL below which the image service's routes lie; logs in where the catalog is needed to know. */
  endpoint(signal?: AbortSignal): Promise<URL>
  /** The login as it is now, made if there is none. */
  login(signal?: AbortSignal): Promise<Login>
  /** Closes every connection; resolves when the login is kept, too. */
  close(): Promise<void>
}

/**
 * Opens a session. Nothing is sent yet; whatever is wrong with the settings is said here.
 *
 * @throws ConfigurationError
 */
export async function openSession(settings: CloudSettings, options: SessionOptions): Promise<Session> {
  const type = await checkLogin(settings)
  for (const text of unusedSettings(settings)) options.warn?.(text)
  const http = await httpClientFor(settings, options)
  const secret = secretsOf(settings, options.ask)
  const guard = guardOf(settings, options.confirm, options.warn)
  const logins = new SessionLogin(
    async (signal) => {
      await guard('login')
      const logIn = await loadLogin(settings.authType)
      return logIn({ settings, http, clock: options.clock, signal, secret })
    },
    options.clock,
    type.keystone ? storeFor(settings, options) : undefined,
  )
  return new CloudSession(settings, http, logins, guard, options.warn)
}

function storeFor(settings: CloudSettings, options: SessionOptions): TokenCache | undefined {
  const { tokenCache = false, environment, clock, verbose = () => {} } = options
  // Where the server did not have to prove who it is, its token is not kept for a run that verifies.
  const isKept = tokenCache && settings.cacheToken && settings.tls.verify
  return isKept ? new TokenCache(settings, environment, clock, verbose) : undefined
}

class CloudSession implements Session {
  // Private, for they hold passwords: nobody who prints a session sees them.
  readonly #settings: CloudSettings
  readonly #http: HttpClient
  readonly #logins: SessionLogin
  readonly #guard: Guard
  readonly #warn: SessionOptions['warn']
  #located: { login: Login; endpoint: URL } | undefined
  #toldOfHttp = false

  constructor(
    settings: CloudSettings,
    http: HttpClient,
    logins: SessionLogin,
    guard: Guard,
    warn: SessionOptions['warn'],
  ) {
    this.#guard = guard
    this.#warn = warn
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

  async endpoint(signal?: AbortSignal): Promise<URL> {
    return this.#endpointFor(await this.#logins.get(signal))
  }

  async request(request: ServiceRequest): Promise<Answer> {
    const login = await this.#loginFor(request)
    try {
      return await this.#send(request, login)
    } catch (error) {
      if (!isForNewLogin(error, request)) throw explained(error, request)
      await this.#logins.drop(login)
    }
    const renewed = await this.#loginFor(request)
    try {
      return await this.#send(request, renewed)
    } catch (error) {
      if (error instanceof AuthenticationError) throw withHint(error, credentialHint(this.#settings))
      throw explained(error, request)
    }
  }

  /** The login for a request, which is not sent where the login fails. */
  #loginFor({ signal }: ServiceRequest): Promise<Login> {
    return this.#logins.get(signal).catch((error) => {
      throw markNotExecuted(error)
    })
  }

  async close(): Promise<void> {
    await Promise.all([this.#logins.saved(), this.#http.close()])
  }

  async #send(request: ServiceRequest, login: Login): Promise<Answer> {
    await this.#guard('requests')
    const { method, path, query, headers, body, upload, signal, timeout, retries, retry, json, retryStatuses } = request
    const url = urlBelow(this.#endpointFor(login), path)
    url.search = queryText(query)
    const answer = await this.#http.request({
      method,
      url,
      headers: mergeHeaders(
        { accept: 'application/json' },
        body === undefined ? {} : { 'content-type': 'application/json' },
        headers,
        // A caller's header never stands in the token's place.
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
      throw LEADS_ELSEWHERE.has(answer.status) ? markNotExecuted(unexpected(answer)) : unexpected(answer)
    return answer
  }

  /** Found out once for each login: `list --long` asks for it thousands of times. */
  #endpointFor(login: Login): URL {
    if (this.#located?.login !== login) this.#located = { login, endpoint: this.#locate(login) }
    return this.#located.endpoint
  }

  #locate(login: Login): URL {
    const { name, image, auth } = this.#settings
    // `endpoint` is where the image service is when no Keystone could say it.
    const told = image.endpointOverride ?? (login.catalog.length === 0 ? auth.endpoint : undefined)
    const endpoint = told ?? findEndpoint(login.catalog, image, name)
    const base = imageBase(endpoint, { projectId: login.projectId, regionName: image.regionName })
    if (told === undefined && sendsInClear(this.#settings, base) && !this.#toldOfHttp) {
      this.#toldOfHttp = true
      this.#warn?.(
        `The token goes to ${base.host} unencrypted: the catalog names an http endpoint of the image service.`,
      )
    }
    return base
  }
}

/** Headers laid over each other, the last one on top, whatever the case of their names. */
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
 * Whether a new login may help. A request that must not be carried out twice is sent again only where the check of the
 * token refused it: a proxy may answer 401 after the service has carried the request out. Data that can be read only once
 * cannot be sent again.
 */
function isForNewLogin(error: unknown, { method, upload }: ServiceRequest): boolean {
  if (upload?.isRepeatable === false) return false
  return error instanceof AuthenticationError && (method === 'GET' || error.origin === 'token check')
}

/** Statuses that ask to send the request to another place: it was not carried out here. After a 303 it was. */
const LEADS_ELSEWHERE = new Set([300, 301, 302, 307, 308])

/** Glance answers a route or a version that it does not know with 300; a redirect would lead the token elsewhere. */
function unexpected(answer: Answer): UnexpectedAnswerError {
  const { method, url } = answer.request
  return new UnexpectedAnswerError(`${method} ${maskUrl(url)} answered ${answer.status}, which leads elsewhere.`, {
    requestId: requestIdOf(answer),
    hint: 'No redirect is followed. Check the endpoint of the image service (image_endpoint_override).',
    remedy: { kind: 'diagnose' },
  })
}

const ADMIN_ONLY: Advice = {
  hint: 'The Tasks API is admin only by default policy (tasks_api_access). The tasks of one image can be listed without it (imageId); else ask the operator.',
  remedy: { kind: 'list_by_image' },
}

const ADMIN_CREATES: Advice = {
  hint: 'The Tasks API is admin only by default policy (tasks_api_access): ask the operator. An image can be imported without it.',
  remedy: { kind: 'import_image' },
}

/** The error with the remedy that only a session knows. */
function explained(error: unknown, { method, path }: ServiceRequest): unknown {
  const isTasks = /^tasks(\/|$)/.test(path)
  if (!(error instanceof ForbiddenError) || !isTasks) return error
  return withHint(error, method === 'POST' ? ADMIN_CREATES : ADMIN_ONLY)
}
