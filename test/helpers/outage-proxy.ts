import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net'

/** The behaviour during an outage. */
export const OUTAGES = [
  'refused', // new connections are refused, and open ones break
  'black hole', // connections are accepted, but never get a response
  'reset', // connections break as soon as data is sent
  '503', // a load balancer returns 503
  '403',
  '404',
] as const
export type Outage = (typeof OUTAGES)[number]

/** A proxy on loopback that forwards bytes, and that can simulate an outage. */
export async function outageProxy(target: URL) {
  let outage: Outage | undefined
  let server: Server
  const sockets = new Set<Socket>()

  const accept = (client: Socket) => {
    keep(client)
    const lost = outage
    if (lost === undefined) return join(client, keep(dial(Number(target.port), target.hostname)))
    // Connections from an outage stay broken after its end.
    client.on('data', () => {
      if (lost === 'reset' || lost === 'refused') client.destroy()
      else if (lost !== 'black hole') client.end(page(lost))
    })
  }
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  }
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server = createServer(accept).on('error', reject)
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
    })
  const shut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })

  const port = await listen(0)
  return {
    url: `http://127.0.0.1:${port}`,
    async begin(kind: Outage) {
      outage = kind
      if (kind === 'refused') await shut()
      // The outage also affects open connections.
      else for (const socket of sockets) if (kind !== 'black hole') socket.destroy()
    },
    async end() {
      const wasRefused = outage === 'refused'
      outage = undefined
      if (wasRefused) await listen(port)
    },
    close: shut,
  }
}

function join(client: Socket, server: Socket): void {
  client.pipe(server).pipe(client)
  client.on('close', () => server.destroy())
  server.on('close', () => client.destroy()).on('error', () => client.destroy())
}

function page(status: Outage): string {
  const body = `<html><body><h1>${status}</h1>This site is under maintenance.</body></html>`
  return `HTTP/1.1 ${status} Maintenance\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
}
