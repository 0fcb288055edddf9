import { AbortedError, ConnectionError, type GlanceTasksError, isGlanceTasksError, TimeoutError } from '../errors.js'
import { type Clock, systemClock } from '../http/clock.js'
import { withTimeout } from '../http/deadline.js'
import { maskUrl } from '../http/mask.js'
import type { Download, Fetcher, FetchOptions } from '../http/transfer/download.js'
import { exact } from './formats/bytes.js'
import { bytesNeeded, ENOUGH_BYTES, type Recognised, recognise } from './formats/recognise.js'

/** The response of a URL. No text contains secrets. Texts of the server are untrusted. */
export interface ProbedUrl {
  /** The requested URL. */
  url: string
  /** The targets of redirects, in order. The last one may not have been followed. */
  redirects: string[]
  /** The URL that responded: the last redirect that was followed, or `url`. */
  finalUrl: string
  /**
   * Why there is no response, or an incomplete one. A URL that this machine cannot reach may be reachable from the cloud,
   * which may be in another network.
   */
  failure?: GlanceTasksError
  /** The HTTP status of the GET, or without a response, of the HEAD. */
  status?: number
  /** The size of the file in bytes, if the server reports it; a bigint beyond 2^53. */
  length?: number | bigint
  contentType?: string
  /** The Content-Encoding, unless it is `identity`: Glance stores the encoded data. */
  contentEncoding?: string
  /** What the first bytes show; absent if none could be read. */
  recognised?: Recognised
}

export interface ProbeOptions {
  /** The timeout of all requests together, in milliseconds. Default 30 000. */
  timeout?: number | undefined
  /** The User-Agent header. Default: the header of the fetcher. */
  userAgent?: string | undefined
  /** Whether to follow a redirect to this URL. Default: all. */
  follow?: ((to: URL) => boolean) | undefined
  /** Finds the addresses of hosts. Default: the lookup of the system. */
  lookup?: FetchOptions['lookup']
  signal?: AbortSignal | undefined
  /** Default: the clock of the system. */
  clock?: Clock | undefined
}

const TIMEOUT = 30_000
/** Real headers have a few dozen characters. */
const LONGEST_HEADER = 100

/**
 * Requests a URL from this machine: with HEAD, and with a GET of the first bytes. It reads only as much as it needs to
 * recognise an image: 64 KiB, or for some formats at most 4 MiB.
 *
 * @throws AbortedError; UsageError for a URL that is not http: or https:. Errors of the network and the server are part of
 *   the result.
 */
export async function probeUrl(fetch: Fetcher, url: URL, options: ProbeOptions = {}): Promise<ProbedUrl> {
  const { timeout = TIMEOUT, userAgent, follow, lookup, signal: caller, clock = systemClock } = options
  const shown = maskUrl(url)
  const probed: ProbedUrl = { url: shown, redirects: [], finalUrl: shown }
  try {
    await withTimeout(clock, timeout, caller, async (signal) => {
      const how = { userAgent, follow, lookup }
      await requestHead(probed, clock, timeout / 2, signal, (signal) => fetch(url, { method: 'HEAD', ...how, signal }))
      await readBeginning(probed, (range) => fetch(url, { range, ...how, signal }))
    })
  } catch (error) {
    if (!isGlanceTasksError(error) || error.code === 'usage' || caller?.aborted) throw error
    probed.failure = error instanceof AbortedError ? tooSlow(url, timeout) : error
  }
  return probed
}

function tooSlow({ host }: URL, timeout: number): TimeoutError {
  return new TimeoutError(`${host} did not send the first bytes within ${timeout / 1000} s.`, {
    hint: 'Check the server, or try again later.',
  })
}

/** Records the headers of a response. */
function note(probed: ProbedUrl, { status, headers, url, redirects }: Download): void {
  probed.status = status
  probed.finalUrl = maskUrl(url)
  probed.redirects = redirects.map(maskUrl)
  const { 'content-type': contentType, 'content-encoding': encoding = 'identity' } = headers
  if (contentType !== undefined) probed.contentType = contentType.slice(0, LONGEST_HEADER)
  if (encoding.toLowerCase() !== 'identity' && encoding !== '')
    probed.contentEncoding = encoding.slice(0, LONGEST_HEADER)
  else delete probed.contentEncoding
}

/** Sends HEAD. Some servers never respond to it, or close the connection: then only the GET counts. */
async function requestHead(
  probed: ProbedUrl,
  clock: Clock,
  timeout: number,
  caller: AbortSignal,
  ask: (signal: AbortSignal) => Promise<Download>,
): Promise<void> {
  try {
    const head = await withTimeout(clock, timeout, caller, ask)
    head.close()
    note(probed, head)
    if (isGood(head)) setLength(probed, head.headers['content-length'])
  } catch (error) {
    const isSent = (error instanceof AbortedError || error instanceof ConnectionError) && error.sent
    if (!isSent || caller.aborted) throw error
  }
}

type Get = (range?: { first: number; last: number }) => Promise<Download>

/** Reads the first bytes, even if HEAD failed: many servers respond to HEAD incorrectly, or not at all. */
async function readBeginning(probed: ProbedUrl, get: Get): Promise<void> {
  const answer = await get({ first: 0, last: ENOUGH_BYTES - 1 })
  // The status for an empty file; or the server has no ranges for this file.
  const download = answer.status === 416 ? await without(answer, get) : answer
  try {
    note(probed, download)
    if (!isGood(download)) {
      delete probed.length
      return
    }
    const range = rangeOf(download)
    if (download.status === 206) setLength(probed, range?.total)
    else setLength(probed, download.headers['content-length'])
    // Bytes from another place in the file are useless.
    if (download.status === 206 && range?.first !== 0) return
    const bytes = await firstBytes(download)
    const more = download.status === 206 ? await moreBytes(bytes, get) : bytes
    const recognised = recognise(more)
    if (recognised) probed.recognised = recognised
    else probed.length = 0
  } finally {
    download.close()
  }
}

async function without(answer: Download, get: Get): Promise<Download> {
  answer.close()
  return get()
}

/** Whether a response contains the data. */
export function isGood({ status }: { status?: number }): boolean {
  return status === 200 || status === 206 || status === 203
}

/** The first bytes of a body, as many as its format needs. */
async function firstBytes({ body }: Download): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  let needed = ENOUGH_BYTES
  for await (const chunk of body) {
    chunks.push(chunk)
    length += chunk.length
    if (length < needed) continue
    needed = bytesNeeded(Buffer.concat(chunks))
    if (length >= needed) break
  }
  return Buffer.concat(chunks)
}

/** The first bytes of a file, with the additional bytes that its format needs. */
async function moreBytes(bytes: Uint8Array, get: Get): Promise<Uint8Array> {
  const needed = bytesNeeded(bytes)
  if (bytes.length < ENOUGH_BYTES || bytes.length >= needed) return bytes
  const download = await get({ first: bytes.length, last: needed - 1 })
  try {
    if (download.status !== 206 || rangeOf(download)?.first !== bytes.length) return bytes
    const chunks = [bytes]
    let length = bytes.length
    for await (const chunk of download.body) {
      chunks.push(chunk)
      length += chunk.length
      if (length >= needed) break
    }
    const all = Buffer.concat(chunks)
    return length < needed ? all : moreBytes(all, get)
  } finally {
    download.close()
  }
}

/** Parses a Content-Range: `bytes 0-65535/1048576`, whose last part may be `*`. */
function rangeOf({ headers }: Download): { first: number; total: string | undefined } | undefined {
  const [, first, total] = /^bytes\s+(\d{1,15})-\d+\/(\d+|\*)$/i.exec(headers['content-range']?.trim() ?? '') ?? []
  return first === undefined ? undefined : { first: Number(first), total }
}

/** Records the length of the file, if it is a number. */
function setLength(probed: ProbedUrl, text: string | undefined): void {
  if (text !== undefined && /^\d{1,20}$/.test(text)) probed.length = exact(BigInt(text))
  else delete probed.length
}
