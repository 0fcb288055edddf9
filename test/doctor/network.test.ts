import { getEventListeners, once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { checkTls, resolveHost } from '../../src/doctor/network.js'
import { TestClock } from '../helpers/clock.js'
import { sandbox } from '../helpers/sandbox.js'

const INSECURE = { insecure: true }

/** A server that accepts connections, and never says a word of TLS. */
async function silentServer(onConnection: () => void): Promise<URL> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    onConnection()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

it.each(['before', 'meanwhile'])('ends the search for an address when the signal aborts %s', async (when) => {
  const controller = new AbortController()
  if (when === 'before') controller.abort()
  const search = resolveHost({ url: new URL('http://localhost') }, controller.signal)
  controller.abort()
  await expect(search).rejects.toMatchObject({ code: 'aborted' })
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})

it('leaves no listener after the search for an address', async () => {
  const { signal } = new AbortController()
  expect(await resolveHost({ url: new URL('http://localhost') }, signal)).toMatch(/^localhost resolves to /)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('does not open a TLS connection if the signal aborted before', async () => {
  const { url } = await sandbox({ tls: true })
  const handshake = checkTls({ url: new URL(url) }, INSECURE, {
    clock: new TestClock(),
    timeout: 5000,
    signal: AbortSignal.abort('SIGINT'),
  })
  await expect(handshake).rejects.toMatchObject({ code: 'aborted', cause: 'SIGINT' })
})

it('ends a handshake when the signal aborts, and leaves no listener', async () => {
  const controller = new AbortController()
  const clock = new TestClock()
  const url = await silentServer(() => controller.abort())
  const handshake = checkTls({ url }, INSECURE, { clock, timeout: 60_000, signal: controller.signal })
  await expect(handshake).rejects.toMatchObject({ code: 'aborted' })
  expect([clock.timers, getEventListeners(controller.signal, 'abort').length]).toEqual([0, 0])
})

it('ends a handshake after the timeout', async () => {
  const clock = new TestClock()
  const { signal } = new AbortController()
  const url = await silentServer(() => clock.advance(10_000))
  const handshake = checkTls({ url }, INSECURE, { clock, timeout: 10_000, signal })
  await expect(handshake).rejects.toMatchObject({
    code: 'timeout',
    message: `No TLS connection to ${url.host} within 10 s.`,
  })
  expect([clock.timers, getEventListeners(signal, 'abort').length]).toEqual([0, 0])
})

it('leaves no timer and no listener after a handshake', async () => {
  const clock = new TestClock()
  const { signal } = new AbortController()
  const { url } = await sandbox({ tls: true })
  expect(await checkTls({ url: new URL(url) }, INSECURE, { clock, timeout: 10_000, signal })).toContain('TLSv1.3')
  expect([clock.timers, getEventListeners(signal, 'abort').length]).toEqual([0, 0])
})
