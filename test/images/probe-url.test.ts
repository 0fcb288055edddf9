import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { AbortedError, ConnectionError, TimeoutError, UnexpectedAnswerError, UsageError } from '../../src/errors.js'
import { fetcher } from '../../src/http/transfer/download.js'
import { type ProbedUrl, type ProbeOptions, probeUrl } from '../../src/images/probe-url.js'
import { closedPort } from '../helpers/closed-port.js'
import { qcow2, sample } from '../helpers/image-bytes.js'
import { rawServer, type WebServer, webServer } from '../helpers/web-server.js'

const probe = (url: URL, options?: ProbeOptions): Promise<ProbedUrl> =>
  probeUrl(fetcher({ userAgent: 'test' }), url, options)

/** Serves a file as nginx does: with HEAD, and with ranges. */
const serving =
  (file: Buffer, headers: Record<string, string> = {}): RequestListener =>
  (request, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    if (first === undefined) {
      response.writeHead(200, { ...headers, 'content-length': file.length }).end(request.method === 'HEAD' ? '' : file)
      return
    }
    const part = file.subarray(Number(first), Number(last) + 1)
    const range = `bytes ${first}-${Number(first) + part.length - 1}/${file.length}`
    response.writeHead(206, { ...headers, 'content-range': range, 'content-length': part.length }).end(part)
  }

const asked = ({ asked }: WebServer) => asked.map(({ method, headers: { range } }) => [method, range].join(' ').trim())

const image = (length: number) => Buffer.concat([qcow2(), Buffer.alloc(length - 512)])

describe('an image at a URL', () => {
  it('is recognised by its first 64 KiB', async () => {
    const server = await webServer(serving(image(1_000_000), { 'content-type': 'application/octet-stream' }))
    expect(await probe(server.at('/a'))).toEqual({
      url: server.at('/a').href,
      redirects: [],
      finalUrl: server.at('/a').href,
      status: 206,
      length: 1_000_000,
      contentType: 'application/octet-stream',
      recognised: { format: 'qcow2', virtualSize: 16_777_216, why: 'by its signature, version 3' },
    } satisfies ProbedUrl)
    expect(asked(server)).toEqual(['HEAD', 'GET bytes=0-65535'])
  })

  it('of vhdx is read as far as its tables say', async () => {
    const server = await webServer(serving(Buffer.concat([sample('vhdx'), Buffer.alloc(1_000_000)])))
    expect((await probe(server.at())).recognised).toMatchObject({ format: 'vhdx', virtualSize: 16_777_216 })
    expect(asked(server).slice(2)).toEqual(['GET bytes=65536-262143', 'GET bytes=262144-3276799'])
  })

  it('is found behind redirects', async () => {
    const file = serving(image(1000))
    const server = await webServer((request, response) =>
      request.url === '/file' ? file(request, response) : response.writeHead(302, { location: '/file' }).end(),
    )
    expect(await probe(server.at())).toMatchObject({
      url: server.at().href,
      redirects: [server.at('/file').href],
      finalUrl: server.at('/file').href,
      recognised: { format: 'qcow2' },
    })
  })

  it('may be encoded on its way', async () => {
    const server = await webServer(serving(gzipSync(image(1000)), { 'content-encoding': 'gzip' }))
    expect(await probe(server.at())).toMatchObject({
      contentEncoding: 'gzip',
      recognised: { format: 'qcow2', compression: 'gzip' },
    })
  })

  it('may be empty', async () => {
    const server = await webServer((request, response) => {
      if (request.headers.range) response.writeHead(416, { 'content-range': 'bytes */0' }).end()
      else response.writeHead(200, { 'content-length': '0' }).end()
    })
    const probed = await probe(server.at())
    expect(probed).toMatchObject({ status: 200, length: 0 })
    expect(probed).not.toHaveProperty('recognised')
  })

  it('may be larger than a JavaScript number can hold', async () => {
    const server = await webServer((_, response) =>
      response.writeHead(206, { 'content-range': 'bytes 0-0/9007199254740993' }).end('x'),
    )
    expect((await probe(server.at())).length).toBe(9_007_199_254_740_993n)
  })
})

describe('a server may', () => {
  it.each([403, 405, 501])('answer HEAD with %i', async (status) => {
    const file = serving(image(1000))
    const server = await webServer((request, response) =>
      request.method === 'HEAD' ? response.writeHead(status).end() : file(request, response),
    )
    expect(await probe(server.at())).toMatchObject({ status: 206, length: 1000, recognised: { format: 'qcow2' } })
  })

  it('break the connection at HEAD', async () => {
    const file = serving(image(1000))
    const server = await webServer((request, response) =>
      request.method === 'HEAD' ? response.destroy() : file(request, response),
    )
    expect(await probe(server.at())).toMatchObject({ recognised: { format: 'qcow2' } })
  })

  it('never answer HEAD', async () => {
    const file = serving(image(1000))
    const server = await webServer((request, response) => void (request.method === 'HEAD' || file(request, response)))
    expect(await probe(server.at(), { timeout: 3000 })).toMatchObject({ recognised: { format: 'qcow2' } })
  })

  it('know no ranges: then no more than is needed is read', async () => {
    let written = 0
    const endless = (request: IncomingMessage, response: ServerResponse) => {
      if (request.method === 'HEAD') return void response.end()
      response.write(qcow2())
      const more = () => {
        do written += 65_536
        while (response.write(Buffer.alloc(65_536)))
      }
      response.on('drain', more)
      more()
    }
    const server = await webServer(endless)
    const probed = await probe(server.at())
    expect(probed).toMatchObject({ status: 200, recognised: { format: 'qcow2' } })
    expect(probed).not.toHaveProperty('length')
    await server.idle()
    // The rest is what fits into the buffers of the sockets.
    expect(written).toBeLessThan(30_000_000)
  })

  it('send the wrong range: its bytes are not the first bytes', async () => {
    const server = await webServer((_, response) =>
      response.writeHead(206, { 'content-range': 'bytes 512-1023/2000' }).end(qcow2()),
    )
    const probed = await probe(server.at())
    expect(probed).toMatchObject({ status: 206, length: 2000 })
    expect(probed).not.toHaveProperty('recognised')
  })

  it.each(['bytes 0-1/*', 'bytes 0-1/many', 'rubbish', ''])('say no length: %j', async (range) => {
    const server = await webServer((request, response) => {
      if (request.method === 'HEAD') response.writeHead(405).end()
      else response.writeHead(206, { 'content-range': range }).end('ab')
    })
    expect(await probe(server.at())).not.toHaveProperty('length')
  })

  it('send fewer bytes of a vhdx than requested', async () => {
    const file = sample('vhdx')
    const server = await webServer((request, response) => {
      const [, first = '0'] = /^bytes=(\d+)-/.exec(request.headers.range ?? '') ?? []
      const start = Number(first)
      const headers = { 'content-range': `bytes ${start}-${start + 65_535}/${file.length}` }
      response.writeHead(206, headers).end(file.subarray(start, start + 65_536))
    })
    expect((await probe(server.at())).recognised).toMatchObject({ format: 'vhdx' })
    expect(server.asked).toHaveLength(3)
  })
})

describe('a page in the place of an image', () => {
  it('is recognised', async () => {
    const server = await webServer(
      serving(Buffer.from('<!doctype html><title>Log in</title>'), { 'content-type': 'text/html' }),
    )
    expect(await probe(server.at())).toMatchObject({
      contentType: 'text/html',
      recognised: { problem: 'It is an HTML page, not an image.' },
    })
  })

  it.each([401, 403, 404, 410, 500, 503])('with status %i says nothing about an image', async (status) => {
    const server = await webServer((_, response) => response.writeHead(status).end('<html>no</html>'))
    const probed = await probe(server.at())
    expect(probed).toMatchObject({ status })
    expect(probed).not.toHaveProperty('recognised')
    expect(probed).not.toHaveProperty('length')
    expect(probed).not.toHaveProperty('failure')
  })
})

describe('an unreachable source is not an error', () => {
  it('for a refused connection', async () => {
    const probed = await probe(new URL(`http://127.0.0.1:${await closedPort()}/`))
    expect(probed.failure).toBeInstanceOf(ConnectionError)
    expect(probed).not.toHaveProperty('status')
  })

  it('for a host name that does not exist', async () => {
    expect((await probe(new URL('http://images.invalid/a'))).failure).toBeInstanceOf(ConnectionError)
  })

  it('for redirects without end', async () => {
    const server = await webServer((request, response) =>
      response.writeHead(302, { location: `${request.url}x` }).end(),
    )
    expect((await probe(server.at('/'))).failure).toBeInstanceOf(UnexpectedAnswerError)
  })

  it('for a server that never sends the first bytes', async () => {
    const server = await webServer((request, response) => {
      if (request.method === 'HEAD') response.writeHead(200, { 'content-length': '1000' }).end()
    })
    const probed = await probe(server.at(), { timeout: 300 })
    expect(probed).toMatchObject({ status: 200, length: 1000 })
    expect(probed.failure).toBeInstanceOf(TimeoutError)
    expect(probed.failure?.message).toBe(`${server.at().host} did not send the first bytes within 0.3 s.`)
    await server.idle()
  })

  it('for a connection that breaks in the middle', async () => {
    const server = await webServer((request, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-65535/100000', 'content-length': '65536' })
      if (request.method === 'HEAD') response.end()
      else response.write(qcow2(), () => response.destroy())
    })
    expect((await probe(server.at())).failure?.message).toContain('closed the connection after')
  })

  it('for what is not HTTP', async () => {
    const server = await rawServer((socket) => socket.end('220 ftp.example.org FTP server ready\r\n'))
    expect((await probe(server.at())).failure?.message).toContain('a response that is not HTTP')
  })
})

it('ends with the caller’s signal', async () => {
  const controller = new AbortController()
  const server = await webServer(() => {})
  const probing = probe(server.at(), { signal: controller.signal })
  while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
  controller.abort()
  await expect(probing).rejects.toThrow(AbortedError)
  await server.idle()
})

it('rejects anything but a URL of the web', async () => {
  await expect(probe(new URL('file:///etc/passwd'))).rejects.toThrow(UsageError)
})

it('keeps no header that is too long to be one', async () => {
  const server = await webServer(
    serving(image(1000), { 'content-type': 'a'.repeat(9000), 'content-encoding': 'b'.repeat(3000) }),
  )
  const { contentType = '', contentEncoding = '' } = await probe(server.at())
  expect([contentType.length, contentEncoding.length]).toEqual([100, 100])
})

it('shows no secret of the URL', async () => {
  const server = await webServer((request, response) =>
    request.url?.startsWith('/b')
      ? serving(image(1000))(request, response)
      : response.writeHead(302, { location: '/b?sig=secret' }).end(),
  )
  const probed = await probe(new URL(`http://me:secret@${server.at().host}/a?token=secret`))
  expect(probed.recognised).toBeDefined()
  expect(JSON.stringify(probed)).not.toContain('secret')
})
