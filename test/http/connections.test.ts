import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { HttpClient, type HttpOptions } from '../../src/http/client.js'
import { TestClock } from '../helpers/clock.js'
import { sandbox } from '../helpers/sandbox.js'

function client(options: Partial<HttpOptions> = {}): HttpClient {
  const made = new HttpClient({ clock: new TestClock(), userAgent: 'test', ...options })
  onTestFinished(() => made.close())
  return made
}

async function listening(server: Server): Promise<URL> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

/** A server that answers when the test says so. */
async function patient() {
  const answers: (() => void)[] = []
  let connections = 0
  const server = createHttpServer((_, response) => answers.push(() => response.end('{}')))
  server.on('connection', () => connections++)
  return {
    url: await listening(server),
    connections: () => connections,
    /** Answers the request of this number, counted from 0, once it has come. */
    async answer(number: number) {
      while (answers[number] === undefined) await new Promise((resolve) => setImmediate(resolve))
      answers[number]?.()
    },
    /** Waits for this many requests. */
    async requests(count: number) {
      while (answers.length < count) await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

describe('requests to one server use', () => {
  it.each<[string, Partial<HttpOptions>, number]>([
    ['16 things at a time', {}, 16],
    ['as many things at a time as the options say', { connections: 2 }, 2],
  ])('%s', async (_, options, most) => {
    const server = await patient()
    const asking = client(options)
    const all = Array.from({ length: most + 4 }, () => asking.request({ method: 'GET', url: server.url }))
    await server.requests(most)
    for (let i = 0; i < all.length; i++) await server.answer(i)
    await Promise.all(all)
    expect(server.connections()).toBe(most)
  })

  it('connections that are already open', async () => {
    const server = await patient()
    const asking = client()
    for (let i = 0; i < 8; i++) {
      const asked = asking.request({ method: 'GET', url: server.url })
      await server.answer(i)
      await asked
    }
    // Where an answer was just read, undici may open a second one.
    expect(server.connections()).toBeLessThanOrEqual(2)
  })
})

it('two servers have separate connections', async () => {
  const [one, other] = [await sandbox(), await sandbox()]
  const asking = client()
  for (const { url } of [one, other, one]) await asking.request({ method: 'GET', url: new URL(`${url}/versions`) })
  expect([one.asked.length, other.asked.length]).toEqual([2, 1])
})

it('close() closes open connections', async () => {
  const sockets: Promise<unknown>[] = []
  const server = createHttpServer((_, response) => void response.end('{}'))
  server.keepAliveTimeout = 0 // or the server itself would close them
  server.on('connection', (socket) => sockets.push(once(socket, 'close')))
  const url = await listening(server)
  const closing = client()
  await closing.request({ method: 'GET', url })
  await closing.close()
  expect(sockets).toHaveLength(1)
  await Promise.all(sockets)
})

it('an error after the timeout for opening a connection says that nothing was sent', async () => {
  // Takes the connection, and never answers the greeting of TLS.
  const url = await listening(createServer())
  url.protocol = 'https:'
  const asked = client({ connectTimeout: 50, retry: { retries: 0 } }).request({ method: 'GET', url })
  await expect(asked).rejects.toMatchObject({ code: 'connection', reason: 'UND_ERR_CONNECT_TIMEOUT', sent: false })
})

describe('a server with a self-signed certificate', () => {
  it('is trusted only if the options say so', async () => {
    const server = await sandbox({ tls: true })
    const url = new URL(`${server.url}/versions`)
    await expect(client().request({ method: 'GET', url })).rejects.toMatchObject({ code: 'certificate' })
    await expect(client({ tls: { insecure: false } }).request({ method: 'GET', url })).rejects.toMatchObject({
      code: 'certificate',
    })
    expect(server.asked).toEqual([])
    expect((await client({ tls: { insecure: true } }).request({ method: 'GET', url })).status).toBe(200)
  })
})

it('a request can have another User-Agent', async () => {
  const server = await sandbox()
  const url = new URL(`${server.url}/versions`)
  await client().request({ method: 'GET', url, headers: { 'user-agent': 'mine' } })
  expect(server.asked[0]?.headers['user-agent']).toBe('mine')
})
