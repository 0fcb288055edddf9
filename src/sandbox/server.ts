import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GlanceTasksError } from '../errors.js'
import type { Exchange, Reply } from './exchange.js'

/** Larger bodies are refused: the sandbox keeps what it is sent in memory. */
const LONGEST_BODY = 256 * 1024 * 1024

/** Answers a request; the path is still the whole one, and `base` the server's own URL. */
export type Answerer = (exchange: Exchange) => Reply

/**
 * Listens on loopback.
 *
 * @param port 0 for a free one.
 * @throws GlanceTasksError when the port is taken.
 */
export async function listen(port: number, answer: Answerer): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    readBody(request).then(
      (body) => send(response, answer(exchangeOf(request, body)), request.method),
      () => request.destroy(),
    )
  })
  // A client that keeps its connection must not meet the moment in which we close it.
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(listenError(port, cause)))
    server.listen(port, '127.0.0.1', resolve)
  })
  return { server, port: (server.address() as AddressInfo).port }
}

function listenError(port: number, cause: Error): GlanceTasksError {
  return new GlanceTasksError('sandbox', `The sandbox cannot listen on 127.0.0.1:${port}: ${cause.message}.`, {
    cause,
    hint: 'Give another --port, or none for a free one.',
  })
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > LONGEST_BODY) reject(new Error('The body is too long.'))
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
  })
}

function exchangeOf(request: IncomingMessage, body: Buffer): Exchange {
  const target = request.url ?? '/'
  const at = target.indexOf('?')
  const headers = request.headers as Record<string, string | undefined>
  return {
    method: request.method ?? 'GET',
    base: `http://${headers.host ?? '127.0.0.1'}`,
    path: at < 0 ? target : target.slice(0, at),
    query: at < 0 ? '' : target.slice(at + 1),
    headers,
    body,
  }
}

function send(response: ServerResponse, { status, reason, headers, body }: Reply, method = 'GET'): void {
  // As one text, Node would write headers and body in the body's encoding, and headers are Latin-1.
  const bytes = Buffer.from(body)
  const length = status === 204 ? {} : { 'Content-Length': bytes.length }
  response.writeHead(status, reason, { ...headers, ...length })
  response.end(method === 'HEAD' ? undefined : bytes)
}
