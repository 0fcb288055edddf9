import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { HttpClient } from '../../src/http/client.js'
import { makeCertificate } from '../../src/sandbox/http/certificate.js'
import { TestClock } from '../helpers/clock.js'
import { closedPort } from '../helpers/closed-port.js'
import { sandbox } from '../helpers/sandbox.js'
import { socksServer } from '../helpers/socks-server.js'

interface ProxyBehaviour {
  /** Answers everything with it. */
  status?: number
  /** The `user:password` that it requires. */
  login?: string
  /** Closes the connection instead of opening a tunnel. */
  drops?: boolean
  /** Answers nothing. */
  hangs?: boolean
}

/** A proxy that opens tunnels, and the requests that it received. */
async function startProxy({ status, login, drops, hangs }: ProxyBehaviour = {}) {
  const asked: string[] = []
  const refusal = ({ headers }: IncomingMessage) => {
    const given = headers['proxy-authorization']
    const wanted = login && `Basic ${Buffer.from(login).toString('base64')}`
    return wanted && given !== wanted ? 407 : status
  }
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    if (hangs) return
    const refused = refusal(request)
    response.writeHead(refused ?? 200).end(refused ? '<h1>Denied</h1>' : '{}')
  })
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`)
    const refused = refusal(request)
    if (hangs) return
    if (drops) return void socket.end()
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

  test.each(['', '/', '/some/path?x'])('its URL may end with %j', async (end) => {
    const { host, asked } = await startProxy()
    expect((await ask('http://glance.invalid:9292/v2/tasks', `http://${host}${end}`)).status).toBe(200)
    expect(asked).toEqual(['GET http://glance.invalid:9292/v2/tasks'])
  })

  test.each([
    ['me:50%25', 'me:50%'],
    // Not an escape sequence: people forget to write % as %25.
    ['me:50%', 'me:50%'],
    ['me', 'me:'],
  ])('its login may be %s', async (login, shown) => {
    const cloud = await sandbox({})
    const { host } = await startProxy({ login: shown })
    expect((await ask(cloud.identityUrl, `http://${login}@${host}`)).status).toBe(200)
  })

  test.each(['http', 'https'])('a user and a password in its URL are shown to it: %s', async (scheme) => {
    const cloud = await sandbox({ tls: scheme === 'https' })
    const { host } = await startProxy({ login: 'me:p:w' })
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

  test.each(['http', 'https'])('%s: 407 although the variable has a login', async (scheme) => {
    const { host } = await startProxy({ login: 'me:right' })
    await expect(ask(`${scheme}://glance.invalid`, `http://me:wrong@${host}`)).rejects.toMatchObject({
      message: `glance.invalid cannot be reached through the proxy ${host}, which returned 407.`,
      hint: `The proxy rejects the user and the password of ${scheme}_proxy. Check them; in a URL, write @ as %40 and % as %25.`,
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
      message: `The proxy ${new URL(proxy).host} for glance.invalid cannot be reached: the connection was refused.`,
      hint: `Check ${scheme}_proxy and no_proxy.`,
    })
    await client.close()
  })
})

describe('a proxy that fails', () => {
  test('is named as what probably answered', async () => {
    const { host } = await startProxy({ status: 403 })
    await expect(ask('http://glance.invalid', `http://${host}`)).rejects.toMatchObject({
      status: 403,
      hint: `The response from glance.invalid is not from an OpenStack service. It may come from the proxy ${host}.`,
    })
  })

  test('and closes the connection, instead of opening a tunnel, is asked once', async () => {
    const { host, asked } = await startProxy({ drops: true })
    const client = new HttpClient({
      clock: new TestClock(),
      userAgent: 'test',
      proxy: { https: `http://${host}` },
      retry: { retries: 0 },
    })
    await expect(client.request({ method: 'GET', url: new URL('https://glance.invalid') })).rejects.toMatchObject({
      message: `The proxy ${host} for glance.invalid closed the connection before it responded.`,
      hint: 'Check https_proxy and no_proxy.',
      sent: false,
    })
    await client.close()
    expect(asked).toEqual(['CONNECT glance.invalid:443'])
  })

  test.each([429, 502, 503, 504])('with %d is asked again: the server may be starting', async (status) => {
    const { host, asked } = await startProxy({ status })
    const clock = new TestClock()
    const client = new HttpClient({
      clock,
      userAgent: 'test',
      proxy: { https: `http://${host}` },
      retry: { retries: 1 },
    })
    await expect(client.request({ method: 'GET', url: new URL('https://glance.invalid') })).rejects.toMatchObject({
      message: `glance.invalid cannot be reached through the proxy ${host}, which returned ${status}.`,
      hint: 'Check that glance.invalid responds, or add glance.invalid to no_proxy.',
      sent: false,
    })
    await client.close()
    expect(clock.slept).toHaveLength(1)
    expect(asked).toHaveLength(2)
  })

  test.each([
    ['https', 'The proxy PROXY for glance.invalid did not respond within 5 s.', false],
    ['http', 'glance.invalid, through the proxy PROXY, did not respond within 5 s.', true],
  ])('to respond to %s in time is named', async (scheme, message, sent) => {
    const { host, asked } = await startProxy({ hangs: true })
    const clock = new TestClock()
    const client = new HttpClient({
      clock,
      userAgent: 'test',
      proxy: { http: `http://${host}`, https: `http://${host}` },
      requestTimeout: 5000,
      retry: { retries: 0 },
    })
    const failed = client.request({ method: 'GET', url: new URL(`${scheme}://glance.invalid`) }).catch((error) => error)
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    clock.advance(5000)
    expect(await failed).toMatchObject({ code: 'timeout', message: message.replace('PROXY', host), sent })
    await client.close()
  })

  test('to prove its own identity is named, and not the server', async () => {
    const server = createTlsServer(makeCertificate(Date.now()))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    for (const scheme of ['http', 'https']) {
      await expect(ask(`${scheme}://glance.invalid`, `https://${host}`)).rejects.toMatchObject({
        code: 'certificate',
        message: expect.stringContaining(`The certificate of the proxy ${host} is not trusted (`),
        hint: 'Set NODE_EXTRA_CA_CERTS to a file with the CA that signed it.',
        remedy: undefined,
      })
    }
  })
})

describe('through a SOCKS proxy', () => {
  test.each(['socks', 'socks5', 'socks5h'])('%s', async (scheme) => {
    const cloud = await sandbox({ tls: true })
    const { host, asked } = await socksServer()
    const port = new URL(cloud.url).port
    expect((await ask(cloud.identityUrl, `${scheme}://${host}`, cloud.caFile)).status).toBe(200)
    expect(asked).toEqual([`1 127.0.0.1:${port}`])
  })

  test('with a login; the proxy resolves the host name', async () => {
    const cloud = await sandbox({})
    const { host, asked } = await socksServer('me:p@ss')
    const { port, pathname } = new URL(cloud.identityUrl)
    const url = `http://glance.test:${port}${pathname}`
    const warnings: unknown[] = []
    const listen = (warning: unknown) => warnings.push(warning)
    process.on('warning', listen)
    expect((await ask(url, `socks5h://me:p%40ss@${host}`)).status).toBe(200)
    await new Promise(setImmediate)
    process.off('warning', listen)
    expect(asked).toEqual([`3 glance.test:${port}`])
    expect(warnings).toEqual([])
  })

  test.each(['me:wrong@', ''])('that rejects the login %j', async (login) => {
    const { host } = await socksServer('me:p@ss')
    await expect(ask('http://glance.test', `socks5://${login}${host}`)).rejects.toMatchObject({
      code: 'connection',
      message: expect.stringContaining(`glance.test cannot be reached through the proxy ${host}: `),
      hint: login
        ? expect.stringContaining('The proxy rejects the user and the password of http_proxy.')
        : 'The proxy requires a login. Set http_proxy to socks5://USER:PASSWORD@HOST:PORT.',
      sent: false,
    })
  })

  test('that cannot connect', async () => {
    const { host } = await socksServer()
    const port = await closedPort()
    const client = new HttpClient({
      clock: new TestClock(),
      userAgent: 'test',
      proxy: { http: `socks5://${host}` },
      retry: { retries: 0 },
    })
    await expect(client.request({ method: 'GET', url: new URL(`http://127.0.0.1:${port}`) })).rejects.toMatchObject({
      message: `127.0.0.1:${port} cannot be reached through the proxy ${host}: SOCKS5 connection failed: Connection refused.`,
      hint: `Check that 127.0.0.1:${port} responds, or add 127.0.0.1 to no_proxy.`,
      sent: false,
    })
    await client.close()
  })

  test('that is an HTTP proxy', async () => {
    const { host } = await startProxy()
    await expect(ask('https://glance.test', `socks5://${host}`)).rejects.toMatchObject({
      message: `glance.test cannot be reached through the proxy ${host}: Invalid SOCKS version: 72.`,
      hint: `Check that ${host} is a SOCKS 5 proxy, and https_proxy.`,
      sent: false,
    })
  })
})
