import { describe, expect, it, onTestFinished } from 'vitest'
import { HttpClient, type HttpOptions } from '../../src/http/client.js'
import { systemClock } from '../../src/http/clock.js'
import { anySignal } from '../../src/http/signal.js'
import { sandbox } from '../helpers/sandbox.js'

const AN_HOUR = 3_600_000

/** A client with the machine's own clock: what does not end at once here would take an hour. */
function client(options: Partial<HttpOptions> = {}): HttpClient {
  const clock = { ...systemClock, random: () => 1 }
  const made = new HttpClient({ clock, userAgent: 'test', requestTimeout: 0, ...options })
  onTestFinished(() => made.close())
  return made
}

const CLOSED = { code: 'aborted', message: 'The connection to the cloud is closed.' }

describe('close() ends', () => {
  it('a request that waits for its answer', async () => {
    const closing = client()
    const server = await sandbox({
      script: () => {
        void closing.close()
        return 'hang'
      },
    })
    const asked = closing.request({ method: 'GET', url: new URL(server.url) })
    await expect(asked).rejects.toMatchObject({ ...CLOSED, sent: true })
    expect(server.asked).toHaveLength(1)
  })

  it('a request that waits to be sent again', async () => {
    const server = await sandbox({ script: () => ({ status: 503, headers: { 'retry-after': '3600' } }) })
    const closing = client({
      retry: { cap: AN_HOUR },
      observer: { onRetry: () => void closing.close() },
    })
    const asked = closing.request({ method: 'GET', url: new URL(server.url) })
    await expect(asked).rejects.toMatchObject(CLOSED)
    expect(server.asked).toHaveLength(1)
  })

  it('a request with its own signal, on which no listener stays', async () => {
    const { signal } = new AbortController()
    const listeners = countListeners(signal)
    const closing = client()
    const server = await sandbox({
      script: () => {
        void closing.close()
        return 'hang'
      },
    })
    await expect(closing.request({ method: 'GET', url: new URL(server.url), signal })).rejects.toMatchObject(CLOSED)
    expect(listeners()).toBe(0)
  })
})

it('close() succeeds if a proxy was not a URL', async () => {
  const closing = client({ proxy: { http: 'http://[' } })
  const asked = closing.request({ method: 'GET', url: new URL('http://glance.invalid') })
  await expect(asked).rejects.toMatchObject({ code: 'configuration' })
  await expect(closing.close()).resolves.toBeUndefined()
})

it('after close() each request fails immediately, and nothing is sent', async () => {
  const server = await sandbox()
  const closed = client()
  await closed.close()
  const request = { method: 'GET', url: new URL(server.url) }
  await expect(closed.request(request)).rejects.toMatchObject({ ...CLOSED, sent: false })
  await expect(closed.request({ ...request, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
  expect(server.asked).toEqual([])
  expect(closed.closed.aborted).toBe(true)
})

it('a request whose signal aborted before is not sent, and no observer sees it', async () => {
  const server = await sandbox()
  const seen: unknown[] = []
  const note = (...args: unknown[]) => void seen.push(args)
  const open = client({ observer: { onRequest: note, onAnswer: note, onFailure: note, onRetry: note } })
  const asked = open.request({ method: 'GET', url: new URL(server.url), signal: AbortSignal.abort('enough') })
  await expect(asked).rejects.toMatchObject({ code: 'aborted', sent: false, cause: 'enough' })
  expect({ asked: server.asked, seen }).toEqual({ asked: [], seen: [] })
})

it('an abort before close() is reported as an abort', async () => {
  const controller = new AbortController()
  const server = await sandbox({
    script: () => {
      controller.abort()
      return 'hang'
    },
  })
  const asked = client().request({ method: 'GET', url: new URL(server.url), signal: controller.signal })
  await expect(asked).rejects.toMatchObject({ code: 'aborted', message: 'The operation was aborted.' })
})

it('requests leave no listener on the signal of the client', async () => {
  const server = await sandbox()
  const open = client()
  const listeners = countListeners(open.closed)
  const request = { method: 'GET', url: new URL(`${server.url}/versions`) }
  await open.request(request)
  await open.request({ ...request, signal: new AbortController().signal })
  expect(listeners()).toBe(0)
})

it('anySignal() has the reason of the signal that aborts first', () => {
  const [first, second] = [new AbortController(), new AbortController()]
  const both = anySignal(first.signal, second.signal)
  first.abort('enough')
  expect(both.signal.reason).toBe('enough')
  expect(anySignal(AbortSignal.abort('before'), second.signal).signal.reason).toBe('before')
  expect(anySignal(undefined, second.signal).signal).toBe(second.signal)
})

/** Counts the listeners of a signal from now on. */
function countListeners(signal: AbortSignal): () => number {
  let count = 0
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...args: Parameters<AbortSignal['addEventListener']>) => {
    count++
    addEventListener.apply(signal, args)
  }
  signal.removeEventListener = (...args: Parameters<AbortSignal['removeEventListener']>) => {
    count--
    removeEventListener.apply(signal, args)
  }
  return () => count
}
