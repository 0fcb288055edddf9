import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { HttpClient } from '../../../src/http/client.js'
import { makeCertificate } from '../../../src/sandbox/http/certificate.js'
import { runBinary } from '../../helpers/binary.js'
import { TestClock } from '../../helpers/clock.js'
import { cloudFolder } from '../../helpers/cloud-folder.js'

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** A server that requires a client certificate, and that ends the connection as haproxy does: after the alert, in good order. */
async function strictServer() {
  const certificate = makeCertificate(Date.now())
  const strict = createTlsServer({ ...certificate, requestCert: true, rejectUnauthorized: true })
  strict.on('tlsClientError', () => {})
  const port = await listening(strict)
  let connections = 0
  const relay = createServer({ allowHalfOpen: true }, (socket: Socket) => {
    connections++
    const upstream = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('data', (bytes) => upstream.writable && upstream.write(bytes)).on('error', () => {})
    socket.on('end', () => socket.end())
    upstream.on('data', (bytes) => socket.write(bytes)).on('error', () => {})
    upstream.on('close', () => socket.end())
  })
  return { port: await listening(relay), ca: certificate.cert, connections: () => connections }
}

it('a proxy that requires one is named, too, and is asked once', async () => {
  const { port, ca, connections } = await strictServer()
  const { write } = cloudFolder()
  const env = { NODE_EXTRA_CA_CERTS: write('proxy.pem', ca), https_proxy: `https://127.0.0.1:${port}` }
  const login = [
    '--os-auth-url',
    'https://keystone.invalid',
    '--os-username',
    'u',
    '--os-password',
    'p',
    '--os-project-name',
    'p',
  ]
  const { status, stderr } = await runBinary(['list', ...login], env)
  expect(stderr).toContain(
    `error: The proxy 127.0.0.1:${port} requires a client certificate, or rejects the one it got`,
  )
  expect(status).toBe(6)
  expect(connections()).toBe(1)
})

it('a missing client certificate is named, and nothing is sent again, although the server ends the connection', async () => {
  const { port, ca, connections } = await strictServer()
  const clock = new TestClock()
  const client = new HttpClient({ clock, userAgent: 'test', tls: { ca } })
  onTestFinished(() => client.close())
  await expect(client.request({ method: 'GET', url: new URL(`https://127.0.0.1:${port}`) })).rejects.toMatchObject({
    code: 'certificate',
    message: `127.0.0.1:${port} requires a client certificate, or rejects the one it got (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED).`,
  })
  expect(clock.slept).toEqual([])
  expect(connections()).toBe(1)
})
