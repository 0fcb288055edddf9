import { AbortedError, ConnectionError, type GlanceTasksError, isGlanceTasksError, TimeoutError } from '../errors.js'
import { type Clock, systemClock } from '../http/clock.js'
import { withTimeout } from '../http/deadline.js'
import { maskUrl } from '../http/mask.js'
import type { Download, Fetcher } from '../http/transfer/download.js'
import { exact } from './formats/bytes.js'
import { bytesNeeded, ENOUGH_BYTES, type Recognised, recognise } from './formats/recognise.js'

/** How a URL looks from here. All texts are without secrets; those of the server can hold anything else. */
export interface ProbedUrl {
  /** The URL as it was asked. */
  url: string
  /** Where redirects led to, in order; empty without any. The last one may not have been followed. */
  redirects: string[]
  /** The URL that answered: the last redirect that was followed, or `url`. */
  finalUrl: string
  /**
   * Why there is no answer, or not all of it. That a URL cannot be reached from here says little about the cloud, which
   * may be in another network.
   */
  failure?: GlanceTasksError
  /** The HTTP status: of a GET, if that was answered, else of a HEAD. */
  status?: number
  /** How many bytes the file has, where the server says it; a bigint beyond 2^53. */
  length?: number | bigint
  contentType?: string
  /** The Content-Encoding, unless it is `identity`: Glance stores the bytes as they come, still encoded. */
  contentEncoding?: string
  /** What the first bytes say; absent where none could be read. */
  recognised?: Recognised
}

export interface ProbeOptions {
  /** How long it may take in all, in milliseconds. Default 30 000. */
  timeout?: number | undefined
  /** The User-Agent header. Default: that of the fetcher. */
  userAgent?: string | undefined
  /** Whether to follow a redirect to this URL. Default: all. */
  follow?: ((to: URL) => boolean) | undefined
  signal?: AbortSignal | undefined
  /** Default: the clock of the system. */
  clock?: Clock | undefined
}

const TIMEOUT = 30_000
/** Real ones have some dozen characters. */
const LONGEST_HEADER = 100

/**
 * Looks at a URL as it can be seen from here: with HEAD, and with a GET of the first bytes. It reads no more than is needed
 * to recognise an image: 64 KiB, and at the most 4 MiB where its format wants it.
 *
 * @throws AbortedError; UsageError for a URL that is not http: or https:. What the network and the server do is in the result.
 */
export async function probeUrl(fetch: Fetcher, url: URL, options: ProbeOptions = {}): Promise<ProbedUrl> {
  const { timeout = TIMEOUT, userAgent, follow, signal: caller, clock = systemClock } = options
  const shown = maskUrl(url)
  const probed: ProbedUrl = { url: shown, redirects: [], finalUrl: shown }
  try {
    await withTimeout(clock, timeout, caller, async (signal) => {
      const how = { userAgent, follow }
      await look(probed, clock, timeout / 2, signal, (signal) => fetch(url, { method: 'HEAD', ...how, signal }))
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

/** Notes what the beginning of an answer says. */
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

/** Asks with HEAD. Some servers never answer that, or break the connection; then GET says what there is to say. */
async function look(
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

/** Reads the first bytes, whatever HEAD said: many a server answers HEAD wrongly, or not at all. */
async function readBeginning(probed: ProbedUrl, get: Get): Promise<void> {
  const answer = await get({ first: 0, last: ENOUGH_BYTES - 1 })
  // A server answers so for an empty file; others have no ranges there.
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
    // Bytes from somewhere else in the file say nothing.
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

/** Whether an answer brings the data. */
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

/** The first bytes of a file, with what its format needs besides those that are there. */
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

/** What a Content-Range says: `bytes 0-65535/1048576`, whose last part may be `*`. */
function rangeOf({ headers }: Download): { first: number; total: string | undefined } | undefined {
  const [, first, total] = /^bytes\s+(\d{1,15})-\d+\/(\d+|\*)$/i.exec(headers['content-range']?.trim() ?? '') ?? []
  return first === undefined ? undefined : { first: Number(first), total }
}

/** Records the length of the file, if it is a number. */
function setLength(probed: ProbedUrl, text: string | undefined): void {
  if (text !== undefined && /^\d{1,20}$/.test(text)) probed.length = exact(BigInt(text))
  else delete probed.length
}
