import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A foreign server on the loopback interface. */
export interface WebServer {
  /** The URL of a path at this server. */
  at(path?: string): URL
  /** The received requests. */
  readonly asked: IncomingMessage[]
  /** How many connections are open. */
  open(): number
  /** Resolves once no connection is open. */
  idle(): Promise<void>
}

async function listen(server: Server, host: string): Promise<Omit<WebServer, 'asked'>> {
  const sockets = new Set<Socket>()
  const waiting = new Set<() => void>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      if (sockets.size === 0) for (const wake of waiting) wake()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    at: (path = '/') => new URL(path, `http://${host}:${port}`),
    open: () => sockets.size,
    idle: () => (sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.add(resolve))),
  }
}

/** A web server that responds with this function, and closes when the test ends. */
export async function webServer(answer: RequestListener, host = '127.0.0.1'): Promise<WebServer> {
  const asked: IncomingMessage[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    asked.push(request)
    answer(request, response)
  })
  return { ...(await listen(server, host)), asked }
}

/** A server that passes the connection to this function when a request arrives. */
export async function rawServer(answer: (socket: Socket, request: string) => void): Promise<WebServer> {
  const server = createTcpServer((socket) => socket.once('data', (data) => answer(socket, data.toString('latin1'))))
  return { ...(await listen(server, '127.0.0.1')), asked: [] }
}
