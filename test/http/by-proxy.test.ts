import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HttpClient } from '../../src/http/client.js'
import { TestClock } from '../helpers/clock.js'
import { closedPort } from '../helpers/closed-port.js'
import { sandbox } from '../helpers/sandbox.js'

/** A proxy that opens tunnels, or answers everything with a status; what it was asked for. */
async function startProxy({ status, password }: { status?: number; password?: string } = {}) {
  const asked: string[] = []
  const refusal = ({ headers }: IncomingMessage) => {
    const given = headers['proxy-authorization']
    const wanted = password && `Basic ${Buffer.from(`me:${password}`).toString('base64')}`
    return wanted && given !== wanted ? 407 : status
  }
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(refusal(request) ?? 200).end('{}')
  })
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`)
    const refused = refusal(request)
    if (refused) return void socket.end(`HTTP/1.1 ${refused} No\r\n\r\n`)
    const [host, port] = (request.url ?? '').split(':')
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

async function ask(url: string, proxy: string, caFile?: string) {
  const ca = caFile && readFileSync(caFile, 'utf8')
  const clock = new TestClock()
  const client = new HttpClient({ clock, userAgent: 'test', proxy: { http: proxy, https: proxy }, tls: { ca } })
  try {
    return await client.request({ method: 'GET', url: new URL(url), headers: { 'x-auth-token': 't' } })
  } finally {
    await client.close()
    expect(clock.slept).toEqual([])
  }
}

describe('through a proxy', () => {
  test('an http request is sent to the proxy itself', async () => {
    const { host, asked } = await startProxy()
    expect((await ask('http://glance.invalid:9292/v2/tasks', `http://${host}`)).status).toBe(200)
    expect(asked).toEqual(['GET http://glance.invalid:9292/v2/tasks'])
  })

  test('https uses a tunnel, with the certificate of the server', async () => {
    const cloud = await sandbox({ tls: true })
    const { host, asked } = await startProxy()
    expect((await ask(cloud.identityUrl, `http://${host}`, cloud.caFile)).body).toContain('"id": "v3.14"')
    expect(asked).toEqual([`CONNECT ${new URL(cloud.url).host}`])
    expect(cloud.asked[0]).toMatchObject({ path: '/identity/v3', headers: { 'x-auth-token': 't' } })
    await expect(ask(cloud.identityUrl, `http://${host}`)).rejects.toMatchObject({ code: 'certificate' })
  })

  test.each(['http', 'https'])('a user and a password in its URL are shown to it: %s', async (scheme) => {
    const cloud = await sandbox({ tls: scheme === 'https' })
    const { host } = await startProxy({ password: 'p:w' })
    expect((await ask(cloud.identityUrl, `http://me:p%3Aw@${host}`, cloud.caFile)).status).toBe(200)
  })
})

describe('an error of a proxy names the proxy and its variable', () => {
  test.each([
    ['http', 407, 'http_proxy to http://USER:PASSWORD@HOST:PORT'],
    ['https', 407, 'https_proxy to http://USER:PASSWORD@HOST:PORT'],
    ['https', 403, 'add glance.invalid to no_proxy'],
  ])('%s: %d', async (scheme, status, hint) => {
    const { host } = await startProxy({ status })
    await expect(ask(`${scheme}://glance.invalid`, `http://${host}`)).rejects.toMatchObject({
      code: 'connection',
      message: `glance.invalid cannot be reached through the proxy ${host}, which returned ${status}.`,
      hint: expect.stringContaining(hint),
      sent: false,
    })
  })

  test.each(['http', 'https'])('%s: nobody there', async (scheme) => {
    const clock = new TestClock()
    const proxy = `http://127.0.0.1:${await closedPort()}`
    const client = new HttpClient({
      clock,
      userAgent: 'test',
      proxy: { http: proxy, https: proxy },
      retry: { retries: 0 },
    })
    await expect(client.request({ method: 'GET', url: new URL(`${scheme}://glance.invalid`) })).rejects.toMatchObject({
      message: `glance.invalid, through the proxy ${new URL(proxy).host}, cannot be reached: the connection was refused.`,
      hint: `Check ${scheme}_proxy and no_proxy.`,
    })
    await client.close()
  })
})
