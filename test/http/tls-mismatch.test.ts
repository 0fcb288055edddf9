import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { HttpClient } from '../../src/http/client.js'
import { systemClock } from '../../src/http/clock.js'

/** What a plain request meets at a port where a server answers with these bytes and closes. */
async function failureAt(bytes: Buffer | string): Promise<{ message: string; hint: string }> {
  const server: Server = createServer((socket) => socket.once('data', () => socket.end(bytes)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const client = new HttpClient({ clock: systemClock, userAgent: 'test', retry: { retries: 0 } })
  onTestFinished(() => client.close())
  const { port } = server.address() as AddressInfo
  return client.request({ method: 'GET', url: new URL(`http://127.0.0.1:${port}/v3`) }).then(
    () => expect.unreachable(),
    ({ message, hint }) => ({
      message: message.replace(String(port), 'PORT'),
      hint: hint.replace(String(port), 'PORT'),
    }),
  )
}

const HINT =
  'If the service uses TLS, begin its URL with https://. Check the network and any proxies between this machine and 127.0.0.1:PORT.'

it('suggests https if the server closes an http connection', async () => {
  expect(await failureAt('')).toEqual({
    message: '127.0.0.1:PORT closed the connection before it responded.',
    hint: HINT,
  })
})

it('suggests https if the server sends a TLS alert', async () => {
  expect(await failureAt(Buffer.from('15030100020246', 'hex'))).toEqual({
    message: '127.0.0.1:PORT sent a response that is not HTTP.',
    hint: HINT,
  })
})

it.each([
  '<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>',
  "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
  'Client sent an HTTP request to an HTTPS server.\n',
])('recognises the answers of web servers to http on a TLS port: %s', async (body) => {
  const { hint } = await failureAt(`HTTP/1.1 400 Bad Request\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  expect(hint).toBe('127.0.0.1:PORT uses TLS. Begin its URL with https://.')
})
