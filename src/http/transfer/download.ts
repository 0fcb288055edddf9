// Downloads from servers other than the cloud's, such as an image at a URL. It sends no token and no cookies, and follows
// redirects. Loaded only when it is needed.
import type { Dispatcher } from 'undici'
import { AbortedError, TimeoutError, UnexpectedAnswerError, UsageError } from '../../errors.js'
import { type Clock, systemClock } from '../clock.js'
import { type ConnectionOptions, connectTo } from '../connection/connection.js'
import { plainHeaders } from '../connection/headers.js'
import { maskUrl } from '../mask.js'
import { throwIfAborted, whenAborted } from '../signal.js'
import { downloadFailureOf, interruptedDownload } from './download-failure.js'
import { isHere, lookupElsewhere } from './this-machine.js'
import { Transfer } from './transfer.js'

/** An answer whose body is read as a stream. */
export interface Download {
  /** The HTTP status. An error status is not an error here. */
  readonly status: number
  /** Names are in lower case. If a header occurs several times, its values are joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  /** The URL that answered, after redirects. It may contain a password: show it only through `maskUrl`. */
  readonly url: URL
  /** The target of each redirect, in order. The last one is `url`, or one that `follow` refused. */
  readonly redirects: readonly URL[]
  /**
   * The bytes while they arrive. It can be read once. A reader that stops early closes the connection.
   * Throws ConnectionError if the connection is lost, TimeoutError if no byte arrives for `idleTimeout`, AbortedError.
   */
  readonly body: AsyncIterable<Uint8Array>
  /** Closes the connection. Call it if `body` is not read to its end. Further calls do nothing. */
  close(): void
}

/** What to request from a server. */
export interface FetchOptions {
  /** Default GET. */
  method?: 'GET' | 'HEAD' | undefined
  /** Request only these bytes, counted from 0, including the last one. A server may still send everything. */
  range?: { first: number; last: number } | undefined
  /** The User-Agent header. Default: the header of the fetcher. */
  userAgent?: string | undefined
  /**
   * Whether to follow a redirect to this URL. A redirect that is not followed is the answer. Default: follow all, but a redirect
   * from https: to http:, or from another host to this machine, is an error.
   */
  follow?: ((to: URL) => boolean) | undefined
  /** As in ConnectionOptions, also for the targets of redirects. */
  lookup?: ConnectionOptions['lookup']
  signal?: AbortSignal | undefined
}

/**
 * How to connect to foreign servers. Do not pass the TLS settings of a cloud: they are for its own servers only. Its certificate
 * authority should not vouch for other hosts, and its client certificate should not be sent to them. Node.js also trusts the
 * authorities in NODE_EXTRA_CA_CERTS.
 */
export interface DownloadOptions extends Omit<ConnectionOptions, 'connections' | 'lookup'> {
  userAgent: string
  /** The longest time without a byte from the server, in milliseconds; 0 for no limit. Default 60 000. */
  idleTimeout?: number | undefined
  /** Default: the clock of the system. */
  clock?: Clock | undefined
}

/** Requests a URL from a foreign server. See `openDownload`. */
export type Fetcher = (url: URL, options?: FetchOptions) => Promise<Download>

/** A fetcher that uses these options for all requests. */
export function fetcher(options: DownloadOptions): Fetcher {
  return (url, fetch = {}) =>
    openDownload(url, { ...options, ...fetch, userAgent: fetch.userAgent ?? options.userAgent })
}

const MAX_REDIRECTS = 5
const IDLE_TIMEOUT = 60_000

/**
 * Requests a URL and follows at most 5 redirects, but not from https: to http:, nor from another host to a service that only this
 * machine can reach, unless `follow` allows it. A user and a password in the URL are sent to its own origin only.
 *
 * @returns any answer that is not a redirect, also one with an error status; and a redirect that `follow` refuses.
 * @throws ConnectionError, TimeoutError, CertificateError, AbortedError; UnexpectedAnswerError for a redirect that cannot be
 *   followed; UsageError for a URL that is not http: or https:.
 */
export async function openDownload(url: URL, options: DownloadOptions & FetchOptions): Promise<Download> {
  if (!isWeb(url)) throw new UsageError(`${maskUrl(url)} cannot be read: only http: and https: URLs are supported.`)
  const redirects: URL[] = []
  const isForeign = (to: URL) => !options.follow && to.hostname !== url.hostname && !isHere(url.hostname)
  let how = options
  for (let at = url; ; ) {
    const download = await ask(at, credentialsFor(at, url), redirects, how)
    const target = redirectOf(download)
    if (target === undefined) return download
    download.close()
    checkRedirect(at, target, [url, ...redirects], options.follow !== undefined)
    redirects.push(target)
    if (options.follow?.(target) === false) return { ...download, redirects }
    how = isForeign(target) ? elsewhere(at, target, options) : options
    at = target
  }
}

function isWeb({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:'
}

/** The user and the password for a URL: its own, or those of the first URL as long as the origin is the same. */
function credentialsFor(at: URL, first: URL): string | undefined {
  const holder = at.username || at.password || at.origin !== first.origin ? at : first
  if (!holder.username && !holder.password) return undefined
  return `Basic ${Buffer.from(`${decoded(holder.username)}:${decoded(holder.password)}`).toString('base64')}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** The target of a redirect; undefined for other answers. */
function redirectOf({ status, headers: { location }, url, close }: Download): URL | undefined {
  if (!REDIRECTS.has(status) || location === undefined) return undefined
  if (URL.canParse(location, url.href)) return new URL(location, url)
  close()
  throw new UnexpectedAnswerError(`${url.host} redirects to something that is not a URL.`, {
    hint: 'Open the URL in a browser, and use the URL that it leads to.',
  })
}

/** @throws UnexpectedAnswerError if a redirect must not be followed. */
function checkRedirect(from: URL, to: URL, seen: readonly URL[], mayBePlain: boolean): void {
  const refuse = (why: string, hint: string) => refused(from, why, hint)
  if (!isWeb(to)) throw refuse(`to a ${to.protocol} URL, which is not followed`, 'Use an http: or https: URL.')
  if (from.protocol === 'https:' && to.protocol === 'http:' && !mayBePlain) {
    throw refuse(
      `from https: to ${maskUrl(to)}, which is not encrypted`,
      'If it does not matter that others can read and change the data, use that URL.',
    )
  }
  if (seen.some((url) => url.href === to.href)) {
    throw refuse('in a loop', 'Check the URL in a browser: it may need a login.')
  }
  if (seen.length > MAX_REDIRECTS) {
    throw refuse(`on after ${MAX_REDIRECTS} redirects`, 'Use the URL that the redirects lead to.')
  }
}

function refused({ host }: URL, why: string, hint: string): UnexpectedAnswerError {
  return new UnexpectedAnswerError(`${host} redirects ${why}.`, { hint })
}

/**
 * The options for a redirect that a foreign server chose. It must not make this machine read, and perhaps upload, the answer of a
 * service that only this machine can reach, such as the metadata of a virtual machine.
 *
 * @throws UnexpectedAnswerError
 */
function elsewhere<Options extends FetchOptions>(from: URL, to: URL, options: Options): Options {
  const error = refused(
    from,
    `to ${maskUrl(to)}, which only this machine can reach`,
    'It may be a private service. If it has the file that you want, use that URL.',
  )
  if (isHere(to.hostname)) throw error
  return { ...options, lookup: lookupElsewhere(options.lookup, error) }
}

async function ask(
  url: URL,
  authorization: string | undefined,
  redirects: readonly URL[],
  options: DownloadOptions & FetchOptions,
): Promise<Download> {
  const { method = 'GET', range, userAgent, signal, idleTimeout = IDLE_TIMEOUT, clock = systemClock } = options
  throwIfAborted(signal)
  const transfer = new Transfer()
  const connection = await connectTo(url, { ...options, connections: 1 })
  const forget = whenAborted(signal, () =>
    transfer.end(new AbortedError(undefined, { sent: transfer.isSent, cause: signal?.reason })),
  )
  const close = () => {
    forget()
    transfer.end(new AbortedError('The download was closed.', { sent: true }))
    connection.destroy().catch(() => {})
  }
  const request: Dispatcher.DispatchOptions = {
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers: {
      'user-agent': userAgent,
      accept: '*/*',
      // The bytes of an image must arrive as they are stored.
      'accept-encoding': 'identity',
      ...(range && { range: `bytes=${range.first}-${range.last}` }),
      ...(authorization && { authorization }),
    },
  }
  try {
    const idle = { clock, url, timeout: idleTimeout, transfer }
    const { status, headers } = await patiently(idle, () => transfer.send(connection, request))
    const plain = plainHeaders(headers)
    const body = bodyOf(idle, method === 'HEAD' ? 0 : lengthOf(plain), close, options)
    return { status, headers: plain, url, redirects: [...redirects], body, close }
  } catch (error) {
    close()
    throw downloadFailureOf(error, url, options.proxy, transfer.isSent)
  }
}

interface Idle {
  clock: Clock
  url: URL
  timeout: number
  transfer: Transfer
}

/** Waits for a server, at most for the idle timeout. */
async function patiently<T>({ clock, url, timeout, transfer }: Idle, wait: () => Promise<T>): Promise<T> {
  if (timeout === 0) return wait()
  const stopTimer = clock.startTimer(timeout, () => transfer.end(idleError(url, timeout, transfer)))
  try {
    return await wait()
  } finally {
    stopTimer()
  }
}

function idleError({ host }: URL, timeout: number, { received, isSent }: Transfer): TimeoutError {
  const what = received > 0 ? `sent nothing more for ${timeout / 1000} s` : `did not respond within ${timeout / 1000} s`
  return new TimeoutError(`${host} ${what}.`, { sent: isSent, hint: 'Check the server, or try again later.' })
}

async function* bodyOf(
  idle: Idle,
  length: number | undefined,
  close: () => void,
  { proxy }: DownloadOptions,
): AsyncGenerator<Uint8Array> {
  const { transfer, url } = idle
  try {
    for (;;) {
      const chunk = await patiently(idle, () => transfer.next())
      if (chunk === undefined) return
      yield chunk
    }
  } catch (error) {
    throw interruptedDownload(downloadFailureOf(error, url, proxy, true), url, transfer.received, length)
  } finally {
    close()
  }
}

/** The length of the body, if the server reports it. */
function lengthOf(headers: Readonly<Record<string, string>>): number | undefined {
  const text = headers['content-length']
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
