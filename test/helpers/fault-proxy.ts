import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomFrom } from './random.js'

/** What may befall a request on its way. */
export const FAULTS = [
  'drop before', // the connection ends before the server has heard of it
  'drop after sending', // the server has carried it out, and no byte of the answer comes
  'drop during', // half of the answer comes
  'drop after', // the answer comes whole, and the connection ends
  'late', // the connection ends, and the server hears of it only afterwards
  'delay',
  'refuse', // 429, 502 or 503 in the server's place
  'lie', // 500, 502 or 503, although the server has carried it out
  'truncate', // half of the answer, as if it were the whole
  'corrupt', // some bytes of the answer are others, which cannot be in JSON
] as const
export type Fault = (typeof FAULTS)[number]

export interface FaultProxyOptions {
  /** Where requests go on to. */
  target: string
  /** The same seed does the same to the same sequence of requests. */
  seed: number
  /** The share of requests that something happens to, from 0 to 1. */
  rate: number
  /** The longest delay, in milliseconds. */
  longest?: number
}

interface Exchanged {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/** A proxy on loopback that does to requests, by chance, what a bad network and bad proxies do. */
export async function faultProxy({ target, seed, rate, longest = 200 }: FaultProxyOptions) {
  const random = randomFrom(seed)
  const counts = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>
  const underWay = new Set<Promise<unknown>>()
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(incoming)
    const fault = random() < rate ? pick(FAULTS) : undefined
    const pause = random() * longest
    const status = pick(fault === 'lie' ? [500, 502, 503] : [429, 502, 503])
    if (fault) counts[fault]++
    if (fault === 'drop before') return void response.destroy()
    if (fault === 'refuse') return send(response, { status, headers: {}, body: Buffer.from('<h1>no</h1>') })
    if (fault === 'late') response.destroy()
    if (fault === 'late' || fault === 'delay') await new Promise((resolve) => setTimeout(resolve, pause))
    const answer = await exchange(target, incoming, body)
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
        return send(response, answer)
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
    /** Resolves when everything that is still on its way has arrived. */
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

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function exchange(target: string, incoming: IncomingMessage, body: Buffer): Promise<Exchanged> {
  const { method, url = '/', headers } = incoming
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

/** A flipped digit no client could notice, which is what TLS is for; these bytes no JSON text can hold. */
function corrupted(body: Buffer, random: () => number): Buffer {
  const bytes = Buffer.from(body)
  const at = Math.floor(random() * Math.max(1, bytes.length - 4))
  for (let i = at; i < Math.min(at + 4, bytes.length); i++) bytes[i] = 0xf8 + Math.floor(random() * 8)
  return bytes
}
