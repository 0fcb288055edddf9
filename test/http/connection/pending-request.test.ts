import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Dispatcher } from 'undici'
import { describe, expect, it } from 'vitest'
import { MAX_ANSWER_BYTES, PendingRequest } from '../../../src/http/connection/pending-request.js'
import { failureOf } from '../../../src/http/failure.js'

/** A dispatcher that does nothing by itself, and the controller that it would hand to an exchange. */
function idle() {
  const dispatched: unknown[] = []
  const aborted: unknown[] = []
  return {
    dispatched,
    aborted,
    dispatcher: { dispatch: (options: unknown) => dispatched.push(options) > 0 } as unknown as Dispatcher,
    controller: { abort: (reason: unknown) => void aborted.push(reason) } as unknown as Dispatcher.DispatchController,
  }
}

const OPTIONS = { path: '/v2/tasks', method: 'GET' } as const

describe('an answer is whole', () => {
  it.each<[string, string[], string]>([
    ['without a body', [], ''],
    ['in one piece', ['one'], 'one'],
    ['in several pieces', ['one, ', 'two, ', 'three'], 'one, two, three'],
  ])('%s', async (_, pieces, text) => {
    const { dispatcher, dispatched, controller } = idle()
    const exchange = new PendingRequest()
    const sent = exchange.send(dispatcher, OPTIONS)
    exchange.onRequestStart(controller)
    exchange.onResponseStart(controller, 418, { 'x-thing': ['a', 'b'] })
    for (const piece of pieces) exchange.onResponseData(controller, Buffer.from(piece))
    exchange.onResponseEnd()
    expect(dispatched).toEqual([OPTIONS])
    const { status, headers, bytes } = await sent
    expect({ status, headers, text: bytes.toString() }).toEqual({
      status: 418,
      headers: { 'x-thing': ['a', 'b'] },
      text,
    })
  })

  it('or the error that came instead', async () => {
    const { dispatcher, controller } = idle()
    const exchange = new PendingRequest()
    const sent = exchange.send(dispatcher, OPTIONS)
    exchange.onResponseError(controller, new Error('broken'))
    await expect(sent).rejects.toThrow('broken')
  })

  it.each(['http', 'https'])(
    'or the error says over %s that its end is missing, and blames no wrong URL',
    async (scheme) => {
      const { dispatcher, controller } = idle()
      const exchange = new PendingRequest()
      const sent = exchange.send(dispatcher, OPTIONS)
      exchange.onRequestStart(controller)
      exchange.onResponseStart(controller, 200, {})
      exchange.onResponseData(controller, Buffer.from('['))
      exchange.onResponseError(controller, Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }))
      expect(failureOf(await sent.catch((error) => error), new URL(`${scheme}://glance`), true)).toMatchObject({
        message: 'glance closed the connection before its response was complete.',
        hint: 'Check the network and any proxies between this machine and glance.',
      })
    },
  )
})

describe('an answer may be 32 MiB long', () => {
  const quarter = Buffer.alloc(MAX_ANSWER_BYTES / 4)

  it('and not one byte more: the connection is aborted, and the error says that the response is too long', async () => {
    const { dispatcher, controller, aborted } = idle()
    const exchange = new PendingRequest()
    const sent = exchange.send(dispatcher, OPTIONS)
    exchange.onRequestStart(controller)
    exchange.onResponseStart(controller, 200, {})
    for (let i = 0; i < 4; i++) exchange.onResponseData(controller, quarter)
    expect(aborted).toEqual([])
    exchange.onResponseData(controller, Buffer.alloc(1))
    expect(aborted).toHaveLength(1)
    const error = failureOf(await sent.catch((thrown) => thrown), new URL('http://h'), exchange.isSent)
    expect(error).toMatchObject({ code: 'unexpected_answer', isLasting: true })
    expect(error.message).toMatch(/^h .*\b32 MiB/)
  })
})

it('an answer in pieces of one byte takes little more memory than its bytes', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { dispatcher, controller } = idle()
  const exchange = new PendingRequest()
  const sent = exchange.send(dispatcher, OPTIONS)
  exchange.onRequestStart(controller)
  exchange.onResponseStart(controller, 200, {})
  const received = Buffer.from('abcdefgh')
  collect()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 200_000; i++) exchange.onResponseData(controller, received.subarray(i % 8, (i % 8) + 1))
  collect()
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(4_000_000)
  exchange.onResponseEnd()
  expect((await sent).bytes.toString()).toBe('abcdefgh'.repeat(25_000))
})

describe('abort()', () => {
  it('before it is sent: nothing is sent', async () => {
    const { dispatcher, dispatched } = idle()
    const exchange = new PendingRequest()
    exchange.abort()
    await expect(exchange.send(dispatcher, OPTIONS)).rejects.toThrow()
    expect(dispatched).toEqual([])
    expect(exchange.isSent).toBe(false)
  })

  it('while there is no connection: it ends at once, and is not sent over the one that comes', async () => {
    const { dispatcher, controller, aborted } = idle()
    const exchange = new PendingRequest()
    const sent = exchange.send(dispatcher, OPTIONS)
    exchange.abort()
    await expect(sent).rejects.toThrow()
    expect(exchange.isSent).toBe(false)
    exchange.onRequestStart(controller)
    expect(aborted).toEqual([expect.any(Error)])
    expect(exchange.isSent).toBe(false)
  })

  it('while it is under way: its connection is aborted, and it may have been sent', async () => {
    const { dispatcher, controller, aborted } = idle()
    const exchange = new PendingRequest()
    const sent = exchange.send(dispatcher, OPTIONS)
    exchange.onRequestStart(controller)
    expect(aborted).toEqual([])
    expect(exchange.isSent).toBe(true)
    exchange.abort()
    await expect(sent).rejects.toThrow()
    expect(aborted).toEqual([expect.any(Error)])
    expect(exchange.isSent).toBe(true)
  })
})
