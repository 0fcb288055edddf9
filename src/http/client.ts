import { isAscii, isUtf8 } from 'node:buffer'
import type { Dispatcher as UndiciDispatcher } from 'undici'
import { AbortedError, ApiError, GlanceTasksError, TimeoutError } from '../errors.js'
import { type Answer, errorOf, jsonOf } from './answer.js'
import type { Clock } from './clock.js'
import { checkOpen, closedError } from './closed.js'
import { type ConnectionOptions, type Connections, connectTo } from './connection/connection.js'
import { plainHeaders } from './connection/headers.js'
import { PendingRequest } from './connection/pending-request.js'
import { loginHeaders, proxyFor } from './connection/proxy.js'
import { Deadline } from './deadline.js'
import { failureOf } from './failure.js'
import { markNotExecuted } from './not-executed.js'
import { DEFAULT_RETRY, isPermanent, isSafe, isTransient, isUnsent, type RetryPolicy, retryDelay } from './retry.js'
import { anySignal, throwIfAborted } from './signal.js'
import { bodyOf, CallbackError, type Upload, uploadHeaders } from './transfer/upload.js'

/**
 * Receives every request and answer, for example to print a trace. They contain secrets, which it must mask. If it throws,
 * the request fails with its error and is not sent again.
 */
export interface HttpObserver {
  onRequest?(request: HttpRequest): void
  onAnswer?(answer: Answer, ms: number): void
  onFailure?(request: HttpRequest, error: unknown, ms: number): void
  /** The request will be sent again after `delay` milliseconds. `attempt` is 1 after the first failure. */
  onRetry?(request: HttpRequest, error: unknown, delay: number, attempt: number): void
}

/**
 * A dispatcher of undici 7 or later, such as its Agent, ProxyAgent or MockAgent. The parameters have undici's types, which
 * this package does not include.
 */
export interface Dispatcher {
  dispatch(options: never, handler: never): boolean
}

export interface HttpOptions extends ConnectionOptions {
  clock: Clock
  userAgent: string
  /** The timeout of one request with its whole answer, in milliseconds; 0 for none. Default 60 000. */
  requestTimeout?: number | undefined
  retry?: { [K in keyof RetryPolicy]?: RetryPolicy[K] | undefined } | undefined
  observer?: HttpObserver | undefined
  /** Sends the requests instead of the client's own connections. It then replaces `tls`, `proxy` and `connections`. */
  dispatcher?: Dispatcher | undefined
}

/** One HTTP request. */
export interface HttpRequest {
  method: string
  url: URL
  headers?: Record<string, string>
  body?: string | undefined
  /**
   * A streamed body, instead of `body`. The client never sends such a request again. `timeout` then limits how long the
   * server may accept no data, and how long it may take to answer after the last byte, but not the whole upload.
   */
  upload?: Upload | undefined
  signal?: AbortSignal | undefined
  /** The timeout of one attempt in milliseconds; 0 for none. Default: the client's `requestTimeout`. */
  timeout?: number | undefined
  /** The maximum number of times that it is sent again. Default: as the client's `retry` defines. */
  retries?: number | undefined
  /**
   * Whether it is sent again if that may help; a function decides by the error. Default: GET and HEAD always, others only
   * if they certainly did not reach the server.
   */
  retry?: boolean | ((error: unknown) => boolean) | undefined
  /** Error statuses whose answers are returned instead of thrown. */
  acceptedStatuses?: readonly number[] | undefined
  /** The answer must be JSON. Damaged JSON counts as a transient failure. */
  json?: boolean | undefined
  /** More error statuses after which the request is sent again, such as 500, if it may be repeated. */
  retryStatuses?: readonly number[] | undefined
}

type Body = string | null | AsyncIterable<Uint8Array>

const REQUEST_TIMEOUT = 60_000

/**
 * Sends requests and reads whole answers. It follows no redirect, so that tokens and passwords go only to the host of the
 * URL.
 */
export class HttpClient {
  readonly #options: HttpOptions
  readonly #retry: RetryPolicy
  readonly #dispatchers = new Map<string, Promise<Connections>>()
  readonly #closing = new AbortController()

  constructor(options: HttpOptions) {
    this.#options = options
    this.#retry = { ...DEFAULT_RETRY, ...withoutUndefined(options.retry) }
  }

  /**
   * Sends a request, and sends it again if that may help and does no harm.
   *
   * @returns any answer below 400.
   * @throws ApiError if the answer has an error status, ConnectionError, TimeoutError, CertificateError, AbortedError (also
   *   after the client is closed).
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

  /** Aborts when the client is closed, which ends waits between requests. */
  get closed(): AbortSignal {
    return this.#closing.signal
  }

  /** Closes all connections. Running requests, and all later ones, fail immediately with AbortedError. */
  async close(): Promise<void> {
    this.#closing.abort()
    const dispatchers = [...this.#dispatchers.values()]
    // A dispatcher that could not be created has failed its requests already.
    await Promise.allSettled(dispatchers.map(async (dispatcher) => (await dispatcher).destroy()))
  }

  async #repeat(request: HttpRequest): Promise<Answer> {
    const { clock, observer } = this.#options
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#requestOnce(request)
      } catch (error) {
        if (attempt >= (request.retries ?? this.#maxRetries(error)) || !canRepeat(request, error)) throw error
        const delay = retryDelay(attempt, error, this.#retry, clock)
        observer?.onRetry?.(request, error, delay, attempt + 1)
        await clock.sleep(delay, request.signal)
      }
    }
  }

  #maxRetries(error: unknown): number {
    const { retries, connectRetries = retries } = this.#retry
    return isUnsent(error) ? connectRetries : retries
  }

  async #requestOnce(request: HttpRequest): Promise<Answer> {
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
      .catch(async (thrown) => {
        const { isSent } = exchange
        const error = await this.#failureOf(deadline.reason(request.url, isSent) ?? thrown, request.url, isSent)
        observer?.onFailure?.(request, error, clock.monotonic() - started)
        throw error
      })
      .finally(() => deadline.clear())
    // An error of an observer is not a failure of the request.
    observer?.onAnswer?.(answer, clock.monotonic() - started)
    return answer
  }

  async #failureOf(thrown: unknown, url: URL, sent: boolean): Promise<unknown> {
    if (thrown instanceof CallbackError) return thrown.thrown
    if (thrown instanceof GlanceTasksError && !(thrown instanceof TimeoutError)) return thrown
    const proxy = this.#proxyFor(url)
    if (proxy === undefined) return failureOf(thrown, url, sent)
    // Rarely needed.
    return (await import('./proxy-failure.js')).proxyFailureOf(thrown, url, proxy, sent)
  }

  async #send(request: HttpRequest, body: Body, exchange: PendingRequest): Promise<Answer> {
    const { method, url, headers, upload } = request
    const raw = await exchange.send(await this.#dispatcher(url), {
      origin: url.origin,
      path: url.pathname + url.search,
      method: method as UndiciDispatcher.HttpMethod,
      headers: { 'user-agent': this.#options.userAgent, ...headers, ...(upload && uploadHeaders(upload)) },
      // undici accepts any async iterable, but its types do not.
      body: body as string | null,
    })
    const proxy = url.protocol === 'http:' ? this.#proxyFor(url) : undefined
    const sent = { headers: { ...headers, ...(proxy && loginHeaders(proxy)) }, body: request.body }
    // Not in the answer of a login, whose headers contain the token. Loaded on demand.
    const hide = raw.status >= 300 ? (await import('./hide-secrets.js')).hideSecrets : undefined
    const shown = (text: string) => hide?.(text, sent) ?? text
    return {
      request: { method, url },
      status: raw.status,
      headers: plainHeaders(raw.headers, shown),
      body: shown(textOf(raw.bytes)),
      isGarbled: !isUtf8(raw.bytes),
      proxy: proxy?.host,
    }
  }

  #proxyFor(url: URL): URL | undefined {
    return this.#options.dispatcher ? undefined : proxyFor(url, this.#options.proxy ?? {})
  }

  async #dispatcher(url: URL): Promise<Pick<Connections, 'dispatch'>> {
    if (this.#options.dispatcher) return this.#options.dispatcher as Pick<Connections, 'dispatch'>
    let dispatcher = this.#dispatchers.get(url.origin)
    if (!dispatcher) {
      dispatcher = connectTo(url, this.#options)
      this.#dispatchers.set(url.origin, dispatcher)
    }
    return dispatcher
  }
}

function canRepeat(request: HttpRequest, error: unknown): boolean {
  if (request.upload || request.retry === false || !(isTransient(error) || isRetryStatus(request, error))) return false
  if (isPermanent(error)) return false
  if (typeof request.retry === 'function') return request.retry(error)
  return request.retry === true || isSafe(request.method) || isUnsent(error)
}

function isRetryStatus({ retryStatuses = [] }: HttpRequest, error: unknown): boolean {
  return error instanceof ApiError && retryStatuses.includes(error.status)
}

/** The text of an answer. Most answers are ASCII, which needs no decoding. */
function textOf(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString('latin1') : bytes.toString().replace(/^\uFEFF/, '')
}

/** The object without properties that are undefined, as exactOptionalPropertyTypes requires. */
function withoutUndefined<T extends object>(object: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object ?? {}).filter(([, value]) => value !== undefined)) as never
}
