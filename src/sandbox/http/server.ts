import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { GlanceTasksError } from '../../errors.js'
import { type Fault, proxyReply, type SandboxAnswer } from '../faults.js'
import type { Certificate } from './certificate.js'
import type { Exchange, Reply } from './exchange.js'

/** Larger bodies are refused, because the sandbox keeps them in memory. */
const MAX_BODY_BYTES = 256 * 1024 * 1024

/** Handles the requests of a server. In an Exchange that it gets, `path` is the whole path and `base` the server's URL. */
export interface Service {
  /** The fault to inject into a request. */
  fault(exchange: Exchange): Promise<Fault | undefined>
  answer(exchange: Exchange): Reply
  /** Waits, at most until the server closes. */
  sleep(ms: number): Promise<void>
  /** The time in the Date header of answers, in milliseconds since the epoch. */
  now(): number
}

/**
 * Listens on loopback.
 *
 * @param port 0 for a free port.
 * @throws GlanceTasksError when the port is in use.
 */
export async function listen(
  port: number,
  service: Service,
  certificate?: Certificate,
): Promise<{ server: Server; port: number }> {
  const scheme = certificate ? 'https' : 'http'
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    serve(request, response, scheme, service).catch((error) => sendServerError(response, error))
  }
  // A client certificate is optional here. A fault chooser gets its fingerprint and can refuse the request.
  const clientCertificates = { requestCert: true, rejectUnauthorized: false }
  const server = certificate
    ? createTlsServer({ ...certificate, ...clientCertificates }, onRequest)
    : createServer(onRequest)
  // Long, because a request fails if it arrives on a kept connection just as the server closes it.
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(listenError(port, cause)))
    server.listen(port, '127.0.0.1', resolve)
  })
  return { server, port: (server.address() as AddressInfo).port }
}

/** Stops a server and closes open connections. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function listenError(port: number, cause: Error): GlanceTasksError {
  return new GlanceTasksError('sandbox', `The sandbox cannot listen on 127.0.0.1:${port}: ${cause.message}.`, {
    cause,
    hint: 'Use another port, or omit the port to get a free one.',
  })
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  scheme: string,
  service: Service,
): Promise<void> {
  const exchange = exchangeOf(request, await readBody(request), scheme)
  const fault = await service.fault(exchange)
  switch (fault?.kind) {
    case 'status':
      return send(response, exchange, proxyReply(fault.status), service.now())
    case 'reset':
      return reset(request)
    case 'hang':
      return
    case 'lost':
      service.answer(exchange)
      return reset(request)
    case 'answer':
      return send(response, exchange, replyOf(fault), service.now())
    case 'change':
      return send(response, exchange, replyOf(await fault.change(service.answer(exchange))), service.now())
    case 'slow':
      await service.sleep(fault.delay)
  }
  send(response, exchange, service.answer(exchange), service.now())
}

function replyOf({ status, headers = {}, body = '' }: SandboxAnswer): Reply {
  return { status, reason: STATUS_CODES[status] ?? '', headers, body }
}

/** A bug in the sandbox must neither look like an answer of Glance nor end the sandbox. */
function sendServerError(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return
  const isTooLarge = error instanceof BodyTooLargeError
  response.writeHead(isTooLarge ? 413 : 500, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' })
  response.end(`The sandbox cannot answer this request: ${(error as Error).message}\n`)
}

class BodyTooLargeError extends Error {}

function reset({ socket }: IncomingMessage): void {
  // Node cannot reset a connection below TLS. To a client, closing it without an answer looks the same.
  if (socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > MAX_BODY_BYTES) reject(new BodyTooLargeError(`the body is longer than ${MAX_BODY_BYTES} bytes.`))
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
  })
}

function exchangeOf(request: IncomingMessage, body: Buffer, scheme: string): Exchange {
  const headers = request.headers as Record<string, string | undefined>
  const target = request.url ?? '/'
  const { host = headers.host ?? '127.0.0.1', path, query } = splitTarget(target)
  return {
    method: request.method ?? 'GET',
    target,
    base: `${scheme}://${host}`,
    path,
    query,
    headers,
    body,
    clientCertificate: fingerprintOf(request.socket),
  }
}

/**
 * Splits a request target into path and query. Servers must also accept a whole URL, whose host then overrides the Host
 * header (RFC 9112, 3.2.2).
 */
function splitTarget(target: string): { host?: string | undefined; path: string; query: string } {
  const [, host, rest = target] = /^https?:\/\/([^/?]+)(.*)$/i.exec(target) ?? []
  const at = rest.indexOf('?')
  return {
    host,
    path: (at < 0 ? rest : rest.slice(0, at)) || '/',
    query: at < 0 ? '' : rest.slice(at + 1),
  }
}

function fingerprintOf(socket: Socket): string | undefined {
  return socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : undefined
}

function send(
  response: ServerResponse,
  { method }: Exchange,
  { status, reason, headers, body }: Reply,
  now: number,
): void {
  // A Buffer, because Node would send headers and a string body together in the body's encoding; headers are Latin-1.
  const bytes = Buffer.from(body)
  const length = status === 204 ? {} : { 'Content-Length': bytes.length }
  // A fault may set the Date itself. Node would send both.
  const hasDate = Object.keys(headers).some((name) => name.toLowerCase() === 'date')
  const date = hasDate ? {} : { Date: new Date(now).toUTCString() }
  response.writeHead(status, reason, { ...date, ...headers, ...length })
  response.end(method === 'HEAD' ? undefined : bytes)
}
