import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A SOCKS5 server (RFC 1928), which may require a login (RFC 1929). */
export interface SocksServer {
  host: string
  /** The targets that were requested, each as `TYPE HOST:PORT`. Type 1 is an address, 3 a host name. */
  asked: string[]
}

/** @param login the `user:password` that it requires. */
export async function socksServer(login?: string): Promise<SocksServer> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    serve(socket, login, asked).catch(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return { host: `127.0.0.1:${typeof address === 'object' && address?.port}`, asked }
}

async function serve(socket: Socket, login: string | undefined, asked: string[]): Promise<void> {
  const next = () => new Promise<Buffer>((resolve) => socket.once('data', resolve))
  const methods = (await next()).subarray(2)
  const method = login === undefined ? 0 : 2
  if (!methods.includes(method)) return void socket.end(Buffer.from([5, 0xff]))
  socket.write(Buffer.from([5, method]))
  if (login !== undefined) {
    const given = await next()
    const user = given.subarray(2, 2 + (given[1] ?? 0))
    const password = given.subarray(3 + user.length)
    const isRight = `${user}:${password}` === login
    socket.write(Buffer.from([1, isRight ? 0 : 1]))
    if (!isRight) return void socket.end()
  }
  const request = await next()
  const [, , , type] = request
  const name = type === 3 ? request.subarray(5, -2).toString() : [...request.subarray(4, -2)].join('.')
  const port = request.readUInt16BE(request.length - 2)
  asked.push(`${type} ${name}:${port}`)
  const upstream = connect(port, name === 'glance.test' ? '127.0.0.1' : name, () => {
    socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
    upstream.pipe(socket).pipe(upstream)
  })
  socket.on('close', () => upstream.destroy())
  upstream.on('error', () => socket.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])))
}
