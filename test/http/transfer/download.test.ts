import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  AbortedError,
  CertificateError,
  ConnectionError,
  TimeoutError,
  UnexpectedAnswerError,
  UsageError,
} from '../../../src/errors.js'
import type { Lookup } from '../../../src/http/connection/connection.js'
import {
  type Download,
  type DownloadOptions,
  type FetchOptions,
  fetcher,
  openDownload,
} from '../../../src/http/transfer/download.js'
import { TestClock } from '../../helpers/clock.js'
import { closedPort } from '../../helpers/closed-port.js'
import { sandbox } from '../../helpers/sandbox.js'
import { rawServer, type WebServer, webServer } from '../../helpers/web-server.js'

async function open(url: URL, options: Partial<DownloadOptions> & FetchOptions = {}): Promise<Download> {
  const download = await openDownload(url, { userAgent: 'test', ...options })
  onTestFinished(() => download.close())
  return download
}

async function bytesOf({ body }: Download): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** What a call fails with. */
async function failure(work: Promise<unknown>): Promise<{ message: string; hint?: string }> {
  return work.then(
    () => expect.unreachable('It did not fail.'),
    (error) => error,
  )
}

const redirects = (to: (server: WebServer, path: string) => string | undefined, status = 302): Promise<WebServer> => {
  let server: WebServer
  return webServer((request, response) => {
    const location = to(server, request.url ?? '')
    response.writeHead(location === undefined ? 200 : status, location === undefined ? {} : { location }).end('here')
  }).then((started) => {
    server = started
    return started
  })
}

describe('a download', () => {
  it('gives the status, the headers and every byte', async () => {
    const data = randomBytes(3_000_000)
    const server = await webServer((_, response) => response.setHeader('X-Thing', ['a', 'b']).end(data))
    const download = await open(server.at('/a%2Fb?c=d%20e'))
    expect(download).toMatchObject({ status: 200, redirects: [], headers: { 'x-thing': 'a, b' } })
    expect((await bytesOf(download)).equals(data)).toBe(true)
    expect(server.asked[0]).toMatchObject({ method: 'GET', url: '/a%2Fb?c=d%20e' })
  })

  it('sends no token and no cookie, and requests unencoded bytes', async () => {
    const server = await webServer((_, response) => response.setHeader('set-cookie', 'a=b').end())
    const download = await open(server.at())
    await bytesOf(download)
    expect(server.asked[0]?.headers).toEqual({
      host: server.at().host,
      connection: 'keep-alive',
      'user-agent': 'test',
      accept: '*/*',
      'accept-encoding': 'identity',
    })
  })

  it('asks with the method, the range and the user agent that it is given', async () => {
    const server = await webServer((_, response) => response.writeHead(206).end('x'))
    const fetch = fetcher({ userAgent: 'test' })
    const head = await fetch(server.at(), { method: 'HEAD', userAgent: 'other' })
    expect(await bytesOf(head)).toHaveLength(0)
    expect(await bytesOf(await fetch(server.at(), { range: { first: 0, last: 9 } }))).toHaveLength(1)
    expect(server.asked[0]).toMatchObject({ method: 'HEAD', headers: { 'user-agent': 'other' } })
    expect(server.asked[1]).toMatchObject({ method: 'GET', headers: { 'user-agent': 'test', range: 'bytes=0-9' } })
  })

  it.each([404, 500])('with the error status %i is an answer, and no error', async (status) => {
    const server = await webServer((_, response) => response.writeHead(status).end('no'))
    const download = await open(server.at())
    expect(download.status).toBe(status)
    expect((await bytesOf(download)).toString()).toBe('no')
  })

  it('passes over the answers that only announce the real one', async () => {
    const server = await rawServer((socket) =>
      socket.end('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
    )
    const download = await open(server.at())
    expect(download.status).toBe(200)
    expect((await bytesOf(download)).toString()).toBe('ok')
  })

  it('reads a server at the speed of its reader', async () => {
    const chunk = Buffer.alloc(65_536)
    let sent = 0
    const server = await webServer((_, response) => {
      const more = () => {
        while (response.write(chunk)) sent += chunk.length
        sent += chunk.length
      }
      response.on('drain', more)
      more()
    })
    const { body, close } = await open(server.at())
    const reader = body[Symbol.asyncIterator]()
    let received = 0
    while (received < 40_000_000) received += (await reader.next()).value?.length ?? expect.unreachable()
    // The reader rests: what is on its way fills the buffers of the two sockets, and then the server waits.
    let last = -1
    while (sent !== last) {
      last = sent
      for (let i = 0; i < 1000; i++) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(sent - received).toBeLessThan(30_000_000)
    close()
  })
})

describe('a connection is closed', () => {
  const endless = () =>
    webServer((_, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(65_536)));
      }
      response.on('drain', more)
      more()
    })

  it('when the reader stops early', async () => {
    const server = await endless()
    for await (const chunk of (await open(server.at())).body) if (chunk.length > 0) break
    await server.idle()
  })

  it('when the whole body is read', async () => {
    const server = await webServer((_, response) => response.end('all'))
    await bytesOf(await open(server.at()))
    await server.idle()
  })

  it('when the body is not read at all, by close()', async () => {
    const server = await endless()
    const download = await open(server.at())
    download.close()
    download.close()
    await server.idle()
    await expect(bytesOf(download)).rejects.toThrow(AbortedError)
  })

  it('of each URL that only redirects', async () => {
    const server = await redirects((_, path) => (path === '/' ? '/next' : undefined))
    const download = await open(server.at())
    await bytesOf(download)
    await server.idle()
  })
})

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('with %i is followed', async (status) => {
    const server = await redirects((_, path) => (path === '/a/b' ? '../c?d' : undefined), status)
    const download = await open(server.at('/a/b'))
    expect(download.url.href).toBe(server.at('/c?d').href)
    expect(download.redirects.map(String)).toEqual([server.at('/c?d').href])
    expect((await bytesOf(download)).toString()).toBe('here')
  })

  it.each([300, 304])('is not what %i is', async (status) => {
    const server = await redirects(() => '/next', status)
    expect((await open(server.at())).status).toBe(status)
  })

  it('without a Location is an answer', async () => {
    const server = await webServer((_, response) => response.writeHead(302).end())
    expect((await open(server.at())).status).toBe(302)
  })

  it('is followed 5 times and not more', async () => {
    const until = (last: number) =>
      redirects((_, path) => (path === `/${last}` ? undefined : `/${Number(path.slice(1)) + 1}`))
    expect((await open((await until(5)).at('/0'))).redirects).toHaveLength(5)
    const server = await until(6)
    const error = await failure(open(server.at('/0')))
    expect(error).toBeInstanceOf(UnexpectedAnswerError)
    expect(error.message).toBe(`${server.at().host} redirects on after 5 redirects.`)
    expect(server.asked).toHaveLength(6)
  })

  it('in a loop is refused at once', async () => {
    const server = await redirects((_, path) => (path === '/a' ? '/b' : '/a'))
    expect((await failure(open(server.at('/a')))).message).toBe(`${server.at().host} redirects in a loop.`)
    expect(server.asked).toHaveLength(2)
  })

  it.each(['file:///etc/passwd', 'ftp://host/x', 'javascript:alert(1)'])('to %s is refused', async (location) => {
    const server = await redirects(() => location)
    expect((await failure(open(server.at()))).message).toContain('which is not followed.')
  })

  it('to something that is not a URL is refused', async () => {
    const server = await redirects(() => 'http://[')
    expect((await failure(open(server.at()))).message).toContain('redirects to something that is not a URL.')
  })

  it('from https: to http: is refused, and shows no secret of the URL', async () => {
    const cloud = await sandbox({
      tls: true,
      script: () => ({ status: 302, headers: { location: 'http://me:secret@plain.invalid/?token=secret' }, text: '' }),
    })
    const ca = readFileSync(cloud.caFile as string, 'utf8')
    const error = await failure(open(new URL(cloud.url), { tls: { ca } }))
    expect(error).toBeInstanceOf(UnexpectedAnswerError)
    expect(error.message).toContain('from https: to http://***@plain.invalid/?token=***, which is not encrypted')
  })
})

describe('a redirect from another host to one that only this machine can reach is refused', () => {
  // All names lead to this machine. The first one stands for a foreign server.
  const lookup: Lookup = (host, _options, done) =>
    done(null, [
      host === 'mapped.example' ? { address: '::ffff:127.0.0.1', family: 6 } : { address: '127.0.0.1', family: 4 },
    ])
  const named = (server: WebServer, name: string) => new URL(server.at().href.replace('127.0.0.1', name))

  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', 'inner.example', 'mapped.example'])('%s', async (host) => {
    const inner = await webServer((_, response) => response.end('secret'))
    const server = await redirects((_, path) => (path === '/' ? '/next' : named(inner, host).href))
    const error = await failure(open(named(server, 'mirror.example'), { lookup }))
    expect(error).toBeInstanceOf(UnexpectedAnswerError)
    expect(error.message).toMatch(/^mirror\.example:\d+ redirects to http:.+, which only this machine can reach\.$/)
    expect(server.asked).toHaveLength(2)
    expect(inner.asked).toEqual([])
  })
})

it('a redirect that is not followed is the answer, and its target receives no request', async () => {
  const other = await webServer((_, response) => response.end())
  const server = await redirects((_, path) => (path === '/a' ? '/b' : other.at('/c').href))
  const follow = (to: URL) => to.host === server.at().host
  const answer = await open(server.at('/a'), { follow })
  expect(answer).toMatchObject({ status: 302, url: server.at('/b') })
  expect(answer.redirects.map(String)).toEqual([server.at('/b').href, other.at('/c').href])
  expect(other.asked).toEqual([])
})

describe('a user and a password of the URL', () => {
  const withUser = (url: URL, user = 'me', password = 'p%3Aw') =>
    new URL(url.href.replace('://', `://${user}:${password}@`))
  const sentTo = (server: WebServer) =>
    server.asked.map(({ headers: { authorization = '' } }) => Buffer.from(authorization.slice(6), 'base64').toString())

  it('are sent to its origin', async () => {
    const server = await redirects((_, path) => (path === '/' ? '/next' : undefined))
    await open(withUser(server.at()))
    expect(sentTo(server)).toEqual(['me:p:w', 'me:p:w'])
    expect(server.asked[0]?.headers.host).toBe(server.at().host)
  })

  it('are sent to no other origin, not even to another port', async () => {
    const other = await webServer((_, response) => response.end())
    const server = await redirects(() => other.at().href)
    await open(withUser(server.at()))
    expect(sentTo(server)).toEqual(['me:p:w'])
    expect(other.asked[0]?.headers).not.toHaveProperty('authorization')
  })

  it('come back to their origin when a redirect does', async () => {
    let home = ''
    const other = await redirects(() => home)
    const server = await redirects((_, path) => (path === '/' ? other.at().href : undefined))
    home = server.at('/back').href
    await open(withUser(server.at()))
    expect(sentTo(server)).toEqual(['me:p:w', 'me:p:w'])
    expect(sentTo(other)).toEqual([''])
  })

  it('of a redirect are sent to the origin of the redirect alone', async () => {
    const other = await webServer((_, response) => response.end())
    const server = await redirects(() => withUser(other.at(), 'you', 'q').href)
    await open(withUser(server.at()))
    expect(sentTo(other)).toEqual(['you:q'])
  })

  it.each(['%zz', '%00'])('may be badly encoded: %s', async (password) => {
    const server = await webServer((_, response) => response.end())
    expect((await open(withUser(server.at(), 'me', password))).status).toBe(200)
  })

  it('are in no message', async () => {
    const url = withUser(new URL(`http://127.0.0.1:${await closedPort()}/?sig=secret`), 'me', 'secret')
    const error = await failure(open(url))
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('secret')
  })
})

describe('by a proxy', () => {
  /** A proxy that opens tunnels and answers plain requests itself. */
  async function proxyServer() {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.end('by proxy')
    })
    server.on('connect', (request, socket) => {
      asked.push(`CONNECT ${request.url}`)
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
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return { asked, proxy: { http: url, https: url } }
  }

  it('a plain request is handed over, and a tunnel opened for TLS', async () => {
    const { asked, proxy } = await proxyServer()
    expect((await bytesOf(await open(new URL('http://images.invalid/a'), { proxy }))).toString()).toBe('by proxy')
    const cloud = await sandbox({ tls: true })
    const ca = readFileSync(cloud.caFile as string, 'utf8')
    expect((await open(new URL(`${cloud.url}/versions`), { proxy, tls: { ca } })).status).toBe(200)
    expect(asked).toEqual(['GET http://images.invalid/a', `CONNECT ${new URL(cloud.url).host}`])
  })

  it('is not used for what no_proxy names', async () => {
    const { asked, proxy } = await proxyServer()
    const server = await webServer((_, response) => response.end())
    await open(server.at(), { proxy: { ...proxy, no: '127.0.0.1' } })
    expect(asked).toEqual([])
  })

  it('that does not run is named', async () => {
    const proxy = `127.0.0.1:${await closedPort()}`
    const error = await failure(open(new URL('http://images.invalid'), { proxy: { http: proxy } }))
    expect(error).toMatchObject({
      message: `The proxy ${proxy} for images.invalid cannot be reached: the connection was refused.`,
      hint: 'Check http_proxy and no_proxy.',
    })
  })
})

describe('a failure says what is wrong', () => {
  it('for a URL that is not of the web', async () => {
    const error = await failure(open(new URL('file:///etc/passwd')))
    expect(error).toBeInstanceOf(UsageError)
    expect(error.message).toBe('file:///etc/passwd cannot be read: only http: and https: URLs are supported.')
  })

  it('for a refused connection', async () => {
    const host = `127.0.0.1:${await closedPort()}`
    const error = await failure(open(new URL(`http://${host}`)))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({
      message: `${host} cannot be reached: the connection was refused.`,
      hint: 'Check the URL, the server and the network.',
      sent: false,
    })
  })

  it('for a host name that does not exist', async () => {
    const error = await failure(open(new URL('http://images.invalid/')))
    expect(error).toMatchObject({ reason: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/), sent: false })
  })

  it('for a certificate that is not trusted', async () => {
    const cloud = await sandbox({ tls: true })
    const error = await failure(open(new URL(cloud.url)))
    expect(error).toBeInstanceOf(CertificateError)
    expect(error.message).toContain(`The certificate of ${new URL(cloud.url).host} is not trusted`)
    expect(error.hint).toBe('Set NODE_EXTRA_CA_CERTS to a file with its CA certificate, or use another URL.')
  })

  it('for a server that is not of the web', async () => {
    const server = await rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
    expect((await failure(open(server.at()))).message).toContain('sent a response that is not HTTP.')
  })

  it('for headers without end', async () => {
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const more = () => {
        while (socket.writable && socket.write(`x-${'a'.repeat(1000)}: b\r\n`));
      }
      socket.on('drain', more)
      more()
    })
    expect((await failure(open(server.at()))).message).toContain('sent headers that are too long.')
    await server.idle()
  })

  it.each([
    ['Content-Length: 10', 'closed the connection after 3 of 10 bytes.'],
    ['Transfer-Encoding: chunked', 'closed the connection after 0 bytes.'],
  ])('for a body that ends too early: %s', async (header, message) => {
    const server = await rawServer((socket) => socket.end(`HTTP/1.1 200 OK\r\n${header}\r\n\r\nabc`))
    const error = await failure(bytesOf(await open(server.at())))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toContain(message)
  })

  it('for chunks that are not HTTP', async () => {
    const server = await rawServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\nFFFFFFFFFFFFFFFFFF\r\nabc'),
    )
    const error = await failure(bytesOf(await open(server.at())))
    expect(error.message).toContain('sent a response that is not HTTP after 1 bytes.')
  })

  it('for a length that is wrong', async () => {
    const server = await rawServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef'),
    )
    const answer = openDownload(server.at(), { userAgent: 'test', method: 'HEAD' }).then(bytesOf)
    expect((await failure(answer)).message).toContain('sent an incorrect Content-Length.')
  })

  it('for a server that does not answer', async () => {
    const server = await webServer(() => {})
    const error = await failure(open(server.at(), { idleTimeout: 50 }))
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error.message).toBe(`${server.at().host} did not respond within 0.05 s.`)
    await server.idle()
  })

  it('for a server that stops in the middle', async () => {
    const server = await webServer((_, response) => void response.write('abc'))
    const clock = new TestClock()
    const { body } = await open(server.at(), { idleTimeout: 50, clock })
    const error = await failure(
      (async () => {
        // The wait for more begins when this chunk was read.
        for await (const _ of body) setImmediate(() => clock.advance(50))
      })(),
    )
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error.message).toBe(`${server.at().host} sent nothing more for 0.05 s.`)
    await server.idle()
  })
})

describe('an abort ends a download', () => {
  it('before anything is sent', async () => {
    const server = await webServer((_, response) => response.end())
    await expect(open(server.at(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
      sent: false,
    })
    expect(server.asked).toEqual([])
  })

  it('while the server has not answered', async () => {
    const controller = new AbortController()
    const server = await webServer(() => controller.abort())
    const opening = open(server.at(), { signal: controller.signal })
    await expect(opening).rejects.toMatchObject({ code: 'aborted', sent: true })
    await server.idle()
  })

  it('in the middle of the body', async () => {
    const controller = new AbortController()
    const server = await webServer((_, response) => void response.write('abc'))
    const { body } = await open(server.at(), { signal: controller.signal })
    const reader = body[Symbol.asyncIterator]()
    expect((await reader.next()).value?.length).toBe(3)
    const next = reader.next()
    controller.abort()
    await expect(next).rejects.toThrow(AbortedError)
    await server.idle()
  })
})
