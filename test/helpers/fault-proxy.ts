import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomFrom } from './random.js'

/** What a bad network does to a request. */
export const NETWORK_FAULTS = [
  'drop before', // the connection ends before the server receives the request
  'drop after sending', // the server processes the request, but its response is lost
  'drop during', // the connection ends after half of the response
  'drop after', // the connection ends after the whole response
  'late', // the connection ends, or a 504 arrives, and the server receives the request only afterwards
  'delay',
  'refuse', // 429, 502 or 503 instead of forwarding the request
  'lie', // 500, 502 or 503, although the server processed the request
  'truncate', // half of the response, with a matching length
  'corrupt', // some bytes of the response are replaced by bytes that are invalid in JSON
] as const

/** The statuses that a proxy may return, in HTML, after the server processed the request. */
const STATUSES = [400, 401, 403, 404, 408, 409, 413, 429, 500, 502, 503, 504] as const

/** What an interfering proxy does to a request. */
export const PROXY_FAULTS = [
  'repeat', // sends the request to the server twice
  'strip', // removes the request ID in both directions
  'replace', // replaces the request ID by another one
  ...STATUSES.map((status) => `answer ${status}` as const),
] as const

export type Fault = (typeof NETWORK_FAULTS)[number] | (typeof PROXY_FAULTS)[number]

export interface FaultProxyOptions {
  /** The server that receives the requests. */
  target: string
  /** The seed. It determines what happens to each request of a sequence. */
  seed: number
  /** The share of affected requests, from 0 to 1. */
  rate: number
  /** What may happen to them. Default: the faults of a bad network. */
  faults?: readonly Fault[]
  /** The method of the affected requests. Default: all. */
  method?: string
  /** The longest delay, in milliseconds. */
  longest?: number
  /** How much later a late request arrives, in milliseconds. Default: any time up to `longest`. */
  lateness?: number
}

interface Exchanged {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/** One POST that a client sent. */
export interface Posted {
  body: string
  /** The request ID from the client. */
  requestId: string
  /** What happened to it. */
  fault: Fault | undefined
  /** How often it was forwarded to the server. */
  forwarded: number
}

const REQUEST_ID = 'x-openstack-request-id'

/** A proxy on loopback that simulates the random faults of a bad network and of bad proxies. */
export async function faultProxy(options: FaultProxyOptions) {
  const { target, seed, rate, faults = NETWORK_FAULTS, method, longest = 200, lateness } = options
  const random = randomFrom(seed)
  const counts = Object.fromEntries(faults.map((fault) => [fault, 0])) as Record<Fault, number>
  const posts: Posted[] = []
  const underWay = new Set<Promise<unknown>>()
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T
  const deals = new Map<string | undefined, () => Fault>()

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(incoming)
    const isMeant = method === undefined || incoming.method === method
    const deal = deals.get(incoming.method) ?? dealer(faults, random)
    deals.set(incoming.method, deal)
    const fault = isMeant && random() < rate ? deal() : undefined
    const pause = random() * longest
    const answersLate = random() < 0.5
    const status = pick(fault === 'lie' ? [500, 502, 503] : [429, 502, 503])
    if (fault) counts[fault]++
    const posted = { body: `${body}`, requestId: String(incoming.headers[REQUEST_ID]), fault, forwarded: 0 }
    if (incoming.method === 'POST') posts.push(posted)
    const forward = (headers: IncomingHttpHeaders = incoming.headers) => {
      posted.forwarded++
      return exchange(target, incoming, headers, body)
    }

    if (fault === 'drop before') return void response.destroy()
    if (fault === 'refuse') return send(response, page(status))
    if (fault === 'late') {
      if (answersLate) send(response, page(504))
      else response.destroy()
    }
    if (fault === 'late' || fault === 'delay')
      await new Promise((resolve) => setTimeout(resolve, fault === 'late' ? (lateness ?? pause) : pause))
    if (fault === 'repeat') await forward()
    const { [REQUEST_ID]: _, ...anonymous } = incoming.headers
    if (fault === 'strip') {
      const { headers, ...answer } = await forward(anonymous)
      const { [REQUEST_ID]: __, ...left } = headers
      return send(response, { ...answer, headers: left })
    }
    const another = { ...anonymous, [REQUEST_ID]: `req-${Math.floor(random() * 1e15)}` }
    const answer = await forward(fault === 'replace' ? another : incoming.headers)
    switch (fault) {
      case 'late':
        return
      case 'drop after sending':
        return void response.destroy()
      case 'drop during':
        response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length })
        response.write(half(answer.body))
        return void setTimeout(() => response.destroy(), 5)
      case 'drop after':
        response.on('finish', () => setTimeout(() => response.destroy(), 1))
        return send(response, answer)
      case 'lie':
        return send(response, { status, headers: {}, body: Buffer.from('{"message": "no"}') })
      case 'truncate':
        return send(response, { ...answer, body: half(answer.body) })
      case 'corrupt':
        return send(response, { ...answer, body: corrupted(answer.body, random) })
      default:
        return send(response, fault?.startsWith('answer ') ? page(Number(fault.slice('answer '.length))) : answer)
    }
  }

  const server = createServer((incoming, response) => {
    const work = handle(incoming, response).catch(() => response.destroy())
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    /** The received POSTs, in order. */
    posts,
    /** Resolves when all delayed requests have arrived. */
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Yields the items in random order, each equally often. */
function dealer<T>(items: readonly T[], random: () => number): () => T {
  let deck: T[] = []
  return () => {
    if (deck.length === 0) deck = [...items]
    return deck.splice(Math.floor(random() * deck.length), 1)[0] as T
  }
}

/** An HTML page of a proxy. */
function page(status: number): Exchanged {
  const body = Buffer.from(`<html><body><h1>${status}</h1>The proxy says no.</body></html>`)
  return { status, headers: { 'content-type': 'text/html' }, body }
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function exchange(
  target: string,
  { method, url = '/' }: IncomingMessage,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(url, target), { method, headers, agent: false }, async (answer) => {
      bytesOf(answer).then(
        (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }),
        reject,
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function send(response: ServerResponse, { status, headers, body }: Exchanged): void {
  const { 'transfer-encoding': _, connection: __, ...own } = headers
  response.writeHead(status, { ...own, 'content-length': body.length }).end(body)
}

function half(body: Buffer): Buffer {
  return body.subarray(0, Math.floor(body.length / 2))
}

/** No client could notice a changed digit, so these bytes are invalid in JSON. */
function corrupted(body: Buffer, random: () => number): Buffer {
  const bytes = Buffer.from(body)
  const at = Math.floor(random() * Math.max(1, bytes.length - 4))
  for (let i = at; i < Math.min(at + 4, bytes.length); i++) bytes[i] = 0xf8 + Math.floor(random() * 8)
  return bytes
}
