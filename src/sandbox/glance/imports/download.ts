import { type IncomingMessage, request } from 'node:http'
import { isIP } from 'node:net'
import { type ImportFilter, passesFilter } from './import-uri.js'

/** A download, finished or not. */
export interface Download {
  /** When it ended, in microseconds since the epoch; undefined while it runs. */
  endedAt?: number
  /** Undefined if the download failed. */
  data?: Buffer
  /** Whether the server sent a Content-Length. */
  hasLength?: boolean
}

/** What Downloads needs. */
export interface DownloadOptions {
  filter: ImportFilter
  /** Microseconds since the epoch. */
  now: () => number
  /** Ends all downloads. */
  signal: AbortSignal
}

/** Larger files make a download fail, because the sandbox keeps them in memory. */
const MAX_BYTES = 256 * 1024 * 1024
/** As in Python's urllib. */
const MAX_REDIRECTS = 10

/** Whether the sandbox really downloads a URL: only from this machine, and only where the import filter allows it. */
export function isDownloaded(uri: unknown, filter: ImportFilter): uri is string {
  if (typeof uri !== 'string' || !URL.canParse(uri) || !passesFilter(uri, filter)) return false
  const { protocol, hostname } = new URL(uri)
  return protocol === 'http:' && (hostname === 'localhost' || (isIP(hostname) === 4 && hostname.startsWith('127.')))
}

/** Downloads of tasks. They run in the background, as Glance's do. */
export class Downloads {
  readonly #options: DownloadOptions
  readonly #byTask = new Map<string, Download>()

  constructor(options: DownloadOptions) {
    this.#options = options
  }

  start(taskId: string, uri: string): void {
    const download: Download = {}
    this.#byTask.set(taskId, download)
    this.#run(uri)
      .catch(() => ({}))
      .then((ended) => Object.assign(download, ended, { endedAt: this.#options.now() }))
  }

  /** The download of a task; undefined if an earlier run of the sandbox started it. */
  get(taskId: string): Download | undefined {
    return this.#byTask.get(taskId)
  }

  remove(taskId: string): void {
    this.#byTask.delete(taskId)
  }

  async #run(uri: string, redirects = 0): Promise<Download> {
    const answer = await open(uri, this.#options.signal)
    const { statusCode = 0, headers } = answer
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      answer.destroy()
      const next = new URL(headers.location, uri).href
      if (!isDownloaded(next, this.#options.filter)) throw new Error(`Redirect to disallowed URL: ${next}`)
      if (redirects === MAX_REDIRECTS) throw new Error(`More than ${MAX_REDIRECTS} redirects: ${next}`)
      return await this.#run(next, redirects + 1)
    }
    if (statusCode < 200 || statusCode >= 300) {
      answer.destroy()
      throw new Error(`${uri} answered with the status ${statusCode}.`)
    }
    return { data: await read(answer), hasLength: headers['content-length'] !== undefined }
  }
}

function open(uri: string, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = { 'User-Agent': 'Python-urllib/3.11', 'Accept-Encoding': 'identity', Connection: 'close' }
  return new Promise((resolve, reject) => {
    request(uri, { agent: false, headers, signal }, resolve).on('error', reject).end()
  })
}

async function read(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer) {
    chunks.push(chunk)
    length += chunk.length
    if (length > MAX_BYTES) throw new Error(`The file is longer than ${MAX_BYTES} bytes.`)
  }
  return Buffer.concat(chunks)
}
