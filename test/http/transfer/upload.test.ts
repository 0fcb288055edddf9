import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { AbortedError, ApiError, ConnectionError, InputError, TimeoutError } from '../../../src/errors.js'
import { HttpClient, type HttpRequest } from '../../../src/http/client.js'
import { type Clock, systemClock } from '../../../src/http/clock.js'
import { Deadline } from '../../../src/http/deadline.js'
import { bodyOf, LARGEST_PIECE, type Upload } from '../../../src/http/transfer/upload.js'
import { TestClock } from '../../helpers/clock.js'
import { library } from '../../helpers/library.js'
import { revoke, sandbox } from '../../helpers/sandbox.js'

const MIB = 1024 * 1024

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** A server on loopback; resolves to its URL. */
async function serve(handler: Handler): Promise<URL> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/images/a/stage`)
}

/** A server that takes everything, and what it took. */
async function taker() {
  const taken: { headers: IncomingMessage['headers']; body: Buffer }[] = []
  const url = await serve(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    taken.push({ headers: request.headers, body: Buffer.concat(chunks) })
    response.writeHead(204).end()
  })
  return { url, taken }
}

type PutOptions = Partial<Pick<HttpRequest, 'timeout' | 'signal' | 'retry'>> & { clock?: Clock }

function put(url: URL, upload: Upload, { clock = new TestClock(), ...more }: PutOptions = {}) {
  const client = new HttpClient({ clock, userAgent: 'test' })
  onTestFinished(() => client.close())
  return client.request({ method: 'PUT', url, upload, ...more })
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error) => error,
  )

/** Data without an end, and whether their reader closed them. */
function endless() {
  const state = { isClosed: false, bytes: 0 }
  async function* open() {
    try {
      for (;;) {
        state.bytes += MIB
        yield Buffer.alloc(MIB)
      }
    } finally {
      state.isClosed = true
    }
  }
  return { state, open }
}

describe('an upload arrives whole', () => {
  const data = randomBytes(3 * LARGEST_PIECE + 17)
  async function* open() {
    yield data.subarray(0, 5)
    yield data.subarray(5)
  }

  it('with its length', async () => {
    const { url, taken } = await taker()
    expect((await put(url, { open, size: data.length })).status).toBe(204)
    expect(taken[0]?.headers).toMatchObject({
      'content-length': String(data.length),
      'content-type': 'application/octet-stream',
    })
    expect(taken[0]?.headers).not.toHaveProperty('transfer-encoding')
    expect(taken[0]?.body.equals(data)).toBe(true)
  })

  it('in chunks, if nobody knows its length', async () => {
    const { url, taken } = await taker()
    await put(url, { open, contentType: 'text/x-thing' })
    expect(taken[0]?.headers).toMatchObject({ 'transfer-encoding': 'chunked', 'content-type': 'text/x-thing' })
    expect(taken[0]?.headers).not.toHaveProperty('content-length')
    expect(taken[0]?.body.equals(data)).toBe(true)
  })

  it.each([[0], [undefined]])('with nothing in it, and the size %s', async (size) => {
    const { url, taken } = await taker()
    await put(url, { open: async function* () {}, size })
    expect(taken.map(({ body }) => body.length)).toEqual([0])
  })

  it('and reports the progress after each piece', async () => {
    const { url } = await taker()
    const told: number[] = []
    await put(url, { open, size: data.length, onProgress: (bytes) => told.push(bytes) })
    expect(told).toEqual([5, 5 + LARGEST_PIECE, 5 + 2 * LARGEST_PIECE, 5 + 3 * LARGEST_PIECE, data.length])
  })
})

it('lets the event loop turn before each piece, to receive the answer of a server that refuses the rest', async () => {
  const clock = new TestClock()
  const upload = {
    open: async function* () {
      yield Buffer.alloc(3 * LARGEST_PIECE)
    },
  }
  const body = bodyOf(upload, new Deadline(clock, 0, undefined, () => {}), 0, clock)
  await body.next()
  for (let piece = 1; piece < 3; piece++) {
    let hasTurned = false
    setImmediate(() => {
      hasTurned = true
    })
    expect((await body.next()).done).toBe(false)
    expect(hasTurned).toBe(true)
  }
  await body.return()
})

it('reads no more than a slow server takes: memory stays flat', async () => {
  const size = 256 * MIB
  const state = { produced: 0, received: 0, ahead: 0 }
  const url = await serve(async (request, response) => {
    for await (const chunk of request) {
      state.received += chunk.length
      state.ahead = Math.max(state.ahead, state.produced - state.received)
      // Slower than a client that did not wait, which would have read all of it by the end of the first megabytes.
      if (state.received % (64 * LARGEST_PIECE) < chunk.length) await new Promise((resolve) => setTimeout(resolve, 2))
    }
    response.writeHead(204).end()
  })
  async function* open() {
    while (state.produced < size) {
      state.produced += MIB
      yield Buffer.alloc(MIB)
    }
  }
  const before = process.memoryUsage()
  let most = 0
  const watch = () => {
    most = Math.max(most, process.memoryUsage().rss - before.rss)
  }
  const answer = await put(url, { open, size, onProgress: (bytes) => bytes % (16 * MIB) === 0 && watch() })
  expect(answer.status).toBe(204)
  expect(state.received).toBe(size)
  expect(state.ahead).toBeLessThan(32 * MIB)
  expect(most).toBeLessThan(160 * MIB)
})

describe('an upload ends early', () => {
  it('if the server refuses it in the middle', async () => {
    const url = await serve((request, response) => {
      request.once('data', () => {
        response.writeHead(413, { 'content-type': 'application/json', connection: 'close' })
        response.end('{"message": "Too large", "code": "413 Request Entity Too Large", "title": "Too Large"}')
      })
    })
    const { open, state } = endless()
    const error = await failureOf(put(url, { open }))
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 413, message: 'Too large' })
    await vi.waitFor(() => expect(state.isClosed).toBe(true))
  })

  it('if the connection breaks', async () => {
    const url = await serve((request) => request.once('data', () => request.socket.resetAndDestroy()))
    const { open, state } = endless()
    const error = await failureOf(put(url, { open }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ sent: true })
    await vi.waitFor(() => expect(state.isClosed).toBe(true))
  })

  it('if its caller gives up', async () => {
    const controller = new AbortController()
    const url = await serve((request) => request.once('data', () => controller.abort('enough')))
    const { open, state } = endless()
    const error = await failureOf(put(url, { open }, { signal: controller.signal }))
    expect(error).toBeInstanceOf(AbortedError)
    expect(error).toMatchObject({ sent: true, cause: 'enough' })
    await vi.waitFor(() => expect(state.isClosed).toBe(true))
  })

  it('if the server takes no data for the time of a request', async () => {
    const url = await serve((request) => request.pause())
    const { open, state } = endless()
    const error = await failureOf(put(url, { open }, { timeout: 1500, clock: systemClock }))
    expect(error).toBeInstanceOf(TimeoutError)
    expect((error as Error).message).toBe(`${url.host} accepted no data for 1.5 s.`)
    expect(state.bytes).toBeGreaterThan(0)
    await vi.waitFor(() => expect(state.isClosed).toBe(true))
  })

  it('if the server has all data and does not answer', async () => {
    const clock = new TestClock()
    const url = await serve((request) => {
      request.resume()
      clock.advance(5000)
    })
    const error = await failureOf(put(url, { open: async function* () {}, size: 0 }, { timeout: 5000, clock }))
    expect(error).toBeInstanceOf(TimeoutError)
    expect((error as Error).message).toMatch(/ did not respond within 5 s\.$/)
  })

  const fails = async function* () {
    yield Buffer.alloc(10)
    throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
  }
  const ten = async function* () {
    yield Buffer.alloc(10)
  }
  it.each<[string, Upload, string]>([
    ['cannot be read', { open: fails, size: 20 }, 'The data cannot be read: EIO: i/o error, read'],
    ['is text', { open: () => Readable.from(['text']) }, 'The data must be chunks of Uint8Array, not of string.'],
    ['cannot be read, in chunks', { open: fails }, 'The data cannot be read: EIO: i/o error, read'],
    ['is shorter than announced', { open: ten, size: 11 }, 'The data ends after 10 bytes, but 11 were announced.'],
    ['is longer than announced', { open: ten, size: 9 }, 'The data is longer than the announced 9 bytes.'],
  ])('if the data %s, and does not look complete to the server', async (_, upload, message) => {
    let isWhole = false
    const url = await serve((request, response) => {
      request.resume()
      request.on('end', () => {
        isWhole = true
        response.writeHead(204).end()
      })
    })
    const error = await failureOf(put(url, upload))
    expect(error).toBeInstanceOf(InputError)
    expect((error as Error).message).toBe(message)
    expect(isWhole).toBe(false)
  })
})

it.each([[true], [undefined]])('is never sent again by the client, with retry %s', async (retry) => {
  let count = 0
  const url = await serve((request, response) => {
    count++
    request.resume()
    request.on('end', () => response.writeHead(503).end())
  })
  const error = await failureOf(put(url, { open: async function* () {} }, retry ? { retry } : {}))
  expect(error).toMatchObject({ status: 503 })
  expect(count).toBe(1)
})

describe('the time of an upload', () => {
  function clocked() {
    const clock = new TestClock()
    const end = vi.fn()
    const deadline = new Deadline(clock, 1000, undefined, end)
    return { clock, deadline, end }
  }

  it('does not run while the data is awaited', async () => {
    const { clock, deadline, end } = clocked()
    let resolve: (chunk: Uint8Array) => void = () => {}
    const open = async function* () {
      yield await new Promise<Uint8Array>((come) => {
        resolve = come
      })
    }
    const body = bodyOf({ open }, deadline, 1000, clock)
    const first = body.next()
    clock.advance(60_000)
    expect(end).not.toHaveBeenCalled()
    resolve(Buffer.alloc(1))
    await first
    clock.advance(999)
    expect(end).not.toHaveBeenCalled()
    clock.advance(1)
    expect(end).toHaveBeenCalledOnce()
  })

  it('starts again with each piece', async () => {
    const { clock, deadline, end } = clocked()
    const open = async function* () {
      yield Buffer.alloc(5 * LARGEST_PIECE)
    }
    const body = bodyOf({ open }, deadline, 1000, clock)
    for (let i = 0; i < 5; i++) {
      await body.next()
      clock.advance(900)
    }
    expect(end).not.toHaveBeenCalled()
  })

  it.each([
    [5000, 5000],
    [10, 1000],
  ])('for the answer is as long as the upload took (%d ms), and at least that of a request', async (took, allowed) => {
    const { clock, deadline, end } = clocked()
    const open = async function* () {
      yield Buffer.alloc(1)
      await clock.sleep(took)
    }
    const body = bodyOf({ open }, deadline, 1000, clock)
    await body.next()
    expect(await body.next()).toMatchObject({ done: true })
    clock.advance(allowed - 1)
    expect(end).not.toHaveBeenCalled()
    clock.advance(1)
    expect(end).toHaveBeenCalledOnce()
  })

  it('of 0 has no end, also for the answer', async () => {
    const { clock, deadline, end } = clocked()
    deadline.renew(0)
    const body = bodyOf({ open: async function* () {} }, deadline, 0, clock)
    await body.next()
    expect(clock.timers).toBe(0)
    expect(end).not.toHaveBeenCalled()
  })

  it('does not start again when the exchange is over', async () => {
    const { clock, deadline } = clocked()
    deadline.clear()
    const body = bodyOf(
      {
        open: async function* () {
          yield Buffer.alloc(1)
        },
      },
      deadline,
      1000,
      clock,
    )
    await body.next()
    expect(clock.timers).toBe(0)
  })
})

describe('when the token has expired', () => {
  async function expired(isRepeatable: boolean) {
    const cloud = await sandbox()
    const { service } = await library(cloud.cloudsYaml)
    await service.request({ method: 'GET', path: 'images' })
    await revoke(cloud, cloud.asked.at(-1)?.headers['x-auth-token'])
    const data = Buffer.from('data')
    const open = vi.fn(async function* () {
      yield data
    })
    const work = service.request({
      method: 'PUT',
      path: 'images/7f8a7f0e-1c1f-4c35-8f1c-000000000000/stage',
      upload: { open, size: data.length, isRepeatable },
    })
    return { cloud, open, error: (await failureOf(work)) as ApiError }
  }

  it('data that can be read again are sent again after a new login', async () => {
    const { cloud, open, error } = await expired(true)
    expect(error.status).toBe(404) // there is no such image
    expect(open).toHaveBeenCalledTimes(2)
    expect(cloud.logins()).toBe(2)
  })

  it('data that can be read only once are not', async () => {
    const { cloud, open, error } = await expired(false)
    expect(error.status).toBe(401)
    expect(open).toHaveBeenCalledTimes(1)
    expect(cloud.logins()).toBe(1)
  })
})
