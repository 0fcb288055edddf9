import { readFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { AbortedError, ConnectionError } from '../../src/errors.js'
import { causesOf } from '../../src/explain/causes.js'
import type { Resolve } from '../../src/explain/probed-hosts.js'
import { sourceProbe } from '../../src/explain/source.js'
import { type Fetcher, fetcher } from '../../src/http/transfer/download.js'
import { closedPort } from '../helpers/closed-port.js'
import { sandbox } from '../helpers/sandbox.js'
import { webServer } from '../helpers/web-server.js'

const options = { userAgent: 'glance-tasks/1', idleTimeout: 300 }
const noAddress: Resolve = async () => []

async function lookAt(answer: RequestListener, path = '/a.img') {
  const server = await webServer(answer)
  const facts = await sourceProbe(fetcher(options), { resolve: noAddress })(server.at(path))
  await server.idle()
  return { facts, server }
}

const isPython = ({ headers }: IncomingMessage) => headers['user-agent']?.startsWith('Python-urllib/') === true

describe('a look at a source', () => {
  it('reads its first bytes, as itself and as the downloader of Glance', async () => {
    const image = Buffer.alloc(100_000)
    image.write('QFI\u00fb', 'latin1')
    const { facts, server } = await lookAt((_, response) => response.end(image))
    expect(facts).toMatchObject({ status: 200, statusForGlance: 200, isDualStack: false })
    expect(facts.failure).toBeUndefined()
    expect(server.asked.some(isPython)).toBe(true)
  })

  it('sees a server that refuses the downloader of Glance', async () => {
    const { facts } = await lookAt((request, response) => {
      response.statusCode = isPython(request) ? 403 : 200
      response.end('bytes')
    })
    expect(facts).toMatchObject({ status: 200, statusForGlance: 403 })
  })

  it('sees a file that is not there', async () => {
    const { facts } = await lookAt((_, response) => {
      response.statusCode = 404
      response.end()
    })
    expect(facts).toMatchObject({ status: 404, statusForGlance: 404 })
  })

  it('follows redirects as Glance does: to the host and port that it has accepted, and to allowed ones', async () => {
    let follow: ((to: URL) => boolean) | undefined
    const fetch: Fetcher = async (url, how) => {
      follow = how?.follow
      return fetcher(options)(url, how)
    }
    const server = await webServer((_, response) => response.end('bytes'))
    await sourceProbe(fetch, { resolve: noAddress })(server.at('/a.img'))
    expect(follow?.(server.at('/b.img'))).toBe(true)
    expect(follow?.(new URL('https://example.org/b.img'))).toBe(true)
    expect(follow?.(new URL('http://127.0.0.1:9/b.img'))).toBe(false)
  })

  it('names redirects', async () => {
    const { facts, server } = await lookAt(({ url }, response) => {
      if (url === '/b.img') return response.end('bytes')
      response.writeHead(302, { location: '/b.img' }).end()
    })
    expect(facts.redirects).toEqual([server.at('/b.img').href])
  })

  it('does not follow a redirect that Glance would refuse, such as one to a service of this machine', async () => {
    const inner = await webServer((_, response) => response.end('a secret'))
    const { facts } = await lookAt((_, response) => response.writeHead(302, { location: inner.at('/').href }).end())
    expect(inner.asked).toEqual([])
    expect(facts).toMatchObject({ status: 302, statusForGlance: 302, redirects: [inner.at('/').href] })
    const task = { type: 'import', status: 'failure', input: { import_from: facts.url } } as never
    expect(causesOf({ task, source: facts })[0]?.code).toBe('redirect_filtered')
  })

  it('sees redirects in a loop', async () => {
    const { facts } = await lookAt((_, response) => response.writeHead(302, { location: '/a.img' }).end())
    expect(facts.failure).toMatchObject({ kind: 'redirect', text: expect.stringMatching(/ redirects in a loop\.$/) })
  })

  it('follows a redirect from https: to http:, as Glance does', async () => {
    const server = await webServer((_, response) => response.end('bytes'))
    const location = server.at('/a.img').href
    const cloud = await sandbox({ tls: true, script: () => ({ status: 302, headers: { location }, text: '' }) })
    const ca = readFileSync(cloud.caFile as string, 'utf8')
    const fetch: Fetcher = (url, more = {}) =>
      fetcher({ ...options, tls: { ca } })(url, { ...more, follow: () => true })
    expect(await sourceProbe(fetch, { resolve: noAddress })(new URL(cloud.url))).toMatchObject({
      status: 200,
      redirects: [location],
    })
  })

  it('sees an HTML page, and a compressed answer', async () => {
    const page = await lookAt((_, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<!DOCTYPE html><html></html>')
    })
    expect(page.facts).toMatchObject({ format: undefined, problem: expect.stringContaining('HTML') })
    const gzip = await lookAt((_, response) =>
      response.end(Buffer.concat([Buffer.from([0x1f, 0x8b, 8]), Buffer.alloc(20_000)])),
    )
    expect(gzip.facts).toMatchObject({ compression: 'gzip' })
  })

  it('sees a server that sends nothing, or closes the connection early', async () => {
    const promise = (next: (response: ServerResponse) => void): RequestListener => {
      return ({ method }, response) => {
        response.writeHead(200, { 'content-length': 10_000 })
        if (method === 'HEAD') response.end()
        else response.write('x', () => next(response))
      }
    }
    const stalled = await lookAt(promise(() => {}))
    expect(stalled.facts).toMatchObject({ status: 200, failure: { kind: 'stalled' } })
    const short = await lookAt(promise((response) => response.destroy()))
    expect(short.facts).toMatchObject({ status: 200, failure: { kind: 'cut_short' } })
  })

  it('detects a refused connection', async () => {
    const url = new URL(`http://127.0.0.1:${await closedPort()}/`)
    const facts = await sourceProbe(fetcher(options), { resolve: noAddress })(url)
    expect(facts).toMatchObject({ status: undefined, failure: { kind: 'unreachable' } })
  })

  it('sees that a host has both kinds of addresses', async () => {
    const both: Resolve = async () => [
      { family: 4, address: '192.0.2.1' },
      { family: 6, address: '2001:db8::1' },
    ]
    const server = await webServer((_, response) => response.end('bytes'))
    const byName = new URL(server.at('/'))
    byName.hostname = 'localhost'
    expect((await sourceProbe(fetcher(options), { resolve: both })(byName)).isDualStack).toBe(true)
    expect((await sourceProbe(fetcher(options), { resolve: both })(server.at('/'))).isDualStack).toBe(false)
    const failing: Resolve = async () => {
      throw new Error('no resolver')
    }
    expect((await sourceProbe(fetcher(options), { resolve: failing })(byName)).isDualStack).toBe(false)
  })

  it('ends when it is aborted', async () => {
    const server = await webServer(() => {})
    await expect(
      sourceProbe(fetcher(options), { resolve: noAddress })(server.at('/'), AbortSignal.abort()),
    ).rejects.toThrow(AbortedError)
  })
})

describe('a source whose address only this machine can mean', () => {
  const resolve: Resolve = async (host) => {
    if (host === 'mapped.example.org') return [{ family: 6, address: '::ffff:127.0.0.1' }]
    return [{ family: 4, address: host === 'inner.example.org' ? '127.0.0.1' : '192.0.2.1' }]
  }
  /** The requested URLs, and whether the probe refused to request any. */
  async function requestsFor(url: string, isCloudHere: () => Promise<boolean>) {
    const asked: string[] = []
    const fetch: Fetcher = async (url) => {
      asked.push(url.href)
      throw new ConnectionError('Not reached.')
    }
    const probing = sourceProbe(fetch, { isCloudHere, resolve })(new URL(url))
    return { asked, refusal: await probing.then(() => undefined, String) }
  }

  it.each([
    'http://127.0.0.1:8080/stop',
    'http://localhost/',
    'http://169.254.169.254/latest/',
    'http://[::1]/',
    'http://0.0.0.0/',
    'http://[::]/',
    'http://[::ffff:0.0.0.0]/',
    'http://inner.example.org/',
    'http://mapped.example.org/',
  ])('is not requested: %s', async (url) => {
    const refusal = expect.stringContaining('loopback or link-local')
    expect(await requestsFor(url, async () => false)).toEqual({ asked: [], refusal })
    const unknown = await requestsFor(url, () => Promise.reject(new Error('no endpoint')))
    expect(unknown).toEqual({ asked: [], refusal: 'Error: no endpoint' })
    // The cloud is on this machine, too.
    expect((await requestsFor(url, async () => true)).asked).toContain(url.replace('0.0.0.0]', '0:0]'))
  })

  it('every other one is requested', async () => {
    const { asked, refusal } = await requestsFor('http://example.org/', async () => false)
    expect([asked.length > 0, refusal]).toEqual([true, undefined])
  })

  it('is not requested after a redirect to a name that leads here', async () => {
    const server = await webServer((_, response) => response.writeHead(302, { location: 'http://b.test/' }).end())
    const first = new URL(server.at('/'))
    first.hostname = 'a.test'
    const answers = [true, false]
    const isCloudHere = async () => answers.shift() ?? false
    const here: Resolve = async () => [{ family: 4, address: '127.0.0.1' }]
    const probing = sourceProbe(fetcher(options), { isCloudHere, resolve: here })(first)
    await expect(probing).rejects.toThrow('b.test is a loopback or link-local address')
    expect(server.asked.length).toBeGreaterThan(0)
  })

  it('is not connected to after a check of another address', async () => {
    const server = await webServer((_, response) => response.end('a secret'))
    const url = new URL(server.at('/'))
    url.hostname = 'rebound.test'
    const addresses = ['192.0.2.1']
    const rebinding: Resolve = async () => [{ family: 4, address: addresses.shift() ?? '127.0.0.1' }]
    const facts = await sourceProbe(fetcher(options), { isCloudHere: async () => false, resolve: rebinding })(url)
    expect(facts.failure).toBeDefined()
    expect(server.asked).toEqual([])
    const here: Resolve = async () => [{ family: 4, address: '127.0.0.1' }]
    expect(await sourceProbe(fetcher(options), { resolve: here })(url)).toMatchObject({ status: 200 })
  })
})
