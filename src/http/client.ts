import { isAscii, isUtf8 } from 'node:buffer'
import type { Dispatcher as UndiciDispatcher } from 'undici'
import { AbortedError, ApiError, GlanceTasksError } from '../errors.js'
import { type Answer, errorOf, jsonOf } from './answer.js'
import type { Clock } from './clock.js'
import { checkOpen, closedError } from './closed.js'
import { type ConnectionOptions, connectTo } from './connection.js'
import { Deadline } from './deadline.js'
import { failureOf, proxyFailureOf } from './failure.js'
import { markNotExecuted } from './not-executed.js'
import { PendingRequest } from './pending-request.js'
import { proxyFor } from './proxy.js'
import { DEFAULT_RETRY, isPermanent, isTransient, isUnsent, type RetryPolicy, retryDelay } from './retry.js'
import { anySignal, throwIfAborted } from './signal.js'
import { bodyOf, type Upload, uploadHeaders } from './upload.js'

/**
 * Follows what goes over the wire, such as a trace. It is given secrets and must mask them. What it throws
 * ends the request, which is not sent again.
 */
export interface HttpObserver {
  onRequest?(request: HttpRequest): void
  onAnswer?(answer: Answer, ms: number): void
  onFailure?(request: HttpRequest, error: unknown, ms: number): void
  /** The request will be sent again after `delay` milliseconds. */
  onRetry?(request: HttpRequest, error: unknown, delay: number): void
}

/**
 * What sends requests: a dispatcher of undici 7 or later, such as its Agent, ProxyAgent or MockAgent. The parameters
 * are undici's own, whose types this package does not bring along.
 */
export interface Dispatcher {
  dispatch(options: never, handler: never): boolean
}

export interface HttpOptions extends ConnectionOptions {
  clock: Clock
  userAgent: string
  /** How long one request may take, its answer read to the end, in milliseconds. Default 60 000; 0: as long as it likes. */
  requestTimeout?: number | undefined
  retry?: { [K in keyof RetryPolicy]?: RetryPolicy[K] | undefined } | undefined
  observer?: HttpObserver | undefined
  /** Sends the requests instead of the client's own connections. Then `tls`, `proxy` and `connections` are its affair. */
  dispatcher?: Dispatcher | undefined
}

/** One HTTP request. */
export interface HttpRequest {
  method: string
  url: URL
  headers?: Record<string, string>
  body?: string | undefined
  /**
   * A streamed body, instead of `body`. The request is then never sent again by the client, and `timeout` is how long the
   * server may take no data, or, when it has them all, not answer; all of it may take any time.
   */
  upload?: Upload | undefined
  signal?: AbortSignal | undefined
  /** How long one attempt may take, in milliseconds; 0: no limit. Default: the client's `requestTimeout`. */
  timeout?: number | undefined
  /** How often it is sent again at the most. Default: what the client's `retry` says. */
  retries?: number | undefined
  /**
   * Whether it is sent again when that may help; a function decides by the error. Default: GET yes, others only when
   * they were certainly not sent.
   */
  retry?: boolean | ((error: unknown) => boolean) | undefined
  /** Error statuses whose answers are returned, for what their headers and body say. */
  acceptedStatuses?: readonly number[] | undefined
  /** The answer must be JSON: one that was damaged on its way counts as a failure that may pass. */
  json?: boolean | undefined
  /** Further error statuses after which a request that may be repeated is sent again, such as 500. */
  retryStatuses?: readonly number[] | undefined
}

type Body = string | null | AsyncIterable<Uint8Array>

const REQUEST_TIMEOUT = 60_000

/**
 * Sends requests and reads answers, whole. It follows no redirect: what it is given to send (tokens, passwords) goes to
 * the host of the URL and to no other.
 */
export class HttpClient {
  readonly #options: HttpOptions
  readonly #retry: RetryPolicy
  readonly #dispatchers = new Map<string, Promise<UndiciDispatcher>>()
  readonly #closing = new AbortController()

  constructor(options: HttpOptions) {
    this.#options = options
    this.#retry = { ...DEFAULT_RETRY, ...definedOf(options.retry) }
  }

  /**
   * Sends a request, again where that may help and do no harm.
   *
   * @returns any answer below 400.
   * @throws ApiError for an error status, ConnectionError, TimeoutError, CertificateError, AbortedError (also once the
   *   client is closed).
   */
  async request(request: HttpRequest): Promise<Answer> {
    checkOpen(this)
    throwIfAborted(request.signal)
    const { signal, forget } = anySignal(request.signal, this.closed)
    try {
      return await this.#repeat({ ...request, signal })
    } catch (error) {
      const isClosed = error instanceof AbortedError && this.closed.aborted && !request.signal?.aborted
      throw isClosed ? closedError(error.sent) : error
    } finally {
      forget()
    }
  }

  /** Aborts when the client is closed: what waits between two requests ends then. */
  get closed(): AbortSignal {
    return this.#closing.signal
  }

  /** Closes every connection. Requests under way, and all later ones, fail at once with AbortedError. */
  async close(): Promise<void> {
    this.#closing.abort()
    const dispatchers = [...this.#dispatchers.values()]
    await Promise.all(dispatchers.map(async (dispatcher) => (await dispatcher).destroy()))
  }

  async #repeat(request: HttpRequest): Promise<Answer> {
    const { clock, observer } = this.#options
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#ask(request)
      } catch (error) {
        if (attempt >= (request.retries ?? this.#allowed(error)) || !mayRepeat(request, error)) throw error
        const delay = retryDelay(attempt, error, this.#retry, clock.random)
        observer?.onRetry?.(request, error, delay)
        await clock.sleep(delay, request.signal)
      }
    }
  }

  #allowed(error: unknown): number {
    const { retries, connectRetries = retries } = this.#retry
    return isUnsent(error) ? connectRetries : retries
  }

  async #ask(request: HttpRequest): Promise<Answer> {
    const answer = await this.#exchange(request)
    if (answer.status >= 400 && !request.acceptedStatuses?.includes(answer.status))
      throw errorOf(answer, this.#options.clock.now())
    if (request.json && answer.status < 300 && answer.status !== 204) jsonOf(answer)
    return answer
  }

  async #exchange(request: HttpRequest): Promise<Answer> {
    const { clock, observer, requestTimeout = REQUEST_TIMEOUT } = this.#options
    const started = clock.monotonic()
    try {
      observer?.onRequest?.(request)
    } catch (error) {
      throw markNotExecuted(error)
    }
    const exchange = new PendingRequest()
    const timeout = request.timeout ?? requestTimeout
    const deadline = new Deadline(clock, timeout, request.signal, () => exchange.abort())
    const body = request.upload ? bodyOf(request.upload, deadline, timeout, clock) : (request.body ?? null)
    const answer = await this.#send(request, body, exchange)
      .catch((thrown) => {
        const error =
          deadline.reason(request.url, exchange.isSent) ?? this.#failureOf(thrown, request.url, exchange.isSent)
        observer?.onFailure?.(request, error, clock.monotonic() - started)
        throw error
      })
      .finally(() => deadline.clear())
    // What an observer throws is its own error, and no failure of the request.
    observer?.onAnswer?.(answer, clock.monotonic() - started)
    return answer
  }

  #failureOf(thrown: unknown, url: URL, sent: boolean): GlanceTasksError {
    if (thrown instanceof GlanceTasksError) return thrown
    const proxy = this.#options.dispatcher ? undefined : proxyFor(url, this.#options.proxy ?? {})
    return proxy ? proxyFailureOf(thrown, url, proxy, sent) : failureOf(thrown, url, sent)
  }

  async #send({ method, url, headers, upload }: HttpRequest, body: Body, exchange: PendingRequest): Promise<Answer> {
    const raw = await exchange.send(await this.#dispatcher(url), {
      origin: url.origin,
      path: url.pathname + url.search,
      method: method as UndiciDispatcher.HttpMethod,
      headers: { 'user-agent': this.#options.userAgent, ...headers, ...(upload && uploadHeaders(upload)) },
      // undici takes any async iterable, which its types do not say.
      body: body as string | null,
    })
    return {
      request: { method, url },
      status: raw.status,
      headers: plainHeaders(raw.headers),
      body: textOf(raw.bytes),
      isGarbled: !isUtf8(raw.bytes),
    }
  }

  async #dispatcher(url: URL): Promise<UndiciDispatcher> {
    if (this.#options.dispatcher) return this.#options.dispatcher as UndiciDispatcher
    let dispatcher = this.#dispatchers.get(url.origin)
    if (!dispatcher) {
      dispatcher = connectTo(url, this.#options)
      this.#dispatchers.set(url.origin, dispatcher)
    }
    return dispatcher
  }
}

function mayRepeat(request: HttpRequest, error: unknown): boolean {
  if (request.upload || request.retry === false || !(isTransient(error) || isListed(request, error))) return false
  if (isPermanent(error)) return false
  if (typeof request.retry === 'function') return request.retry(error)
  return request.retry === true || request.method === 'GET' || isUnsent(error)
}

function isListed({ retryStatuses = [] }: HttpRequest, error: unknown): boolean {
  return error instanceof ApiError && retryStatuses.includes(error.status)
}

/** The text of an answer: most is ASCII, which needs no decoding. */
function textOf(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString('latin1') : bytes.toString().replace(/^\uFEFF/, '')
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return plain
}

/** The entries of an object that have a value; what exactOptionalPropertyTypes asks for at the border to a library. */
function definedOf<T extends object>(object: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object ?? {}).filter(([, value]) => value !== undefined)) as never
}
