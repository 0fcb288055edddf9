import { type AddressInfo, createServer, type Server } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { AbortedError, ConnectionError, NotFoundError, ServerError, TimeoutError } from '../../src/errors.js'
import { HttpClient, type HttpOptions, type HttpRequest } from '../../src/http/client.js'
import { systemClock } from '../../src/http/clock.js'
import type { Sandbox } from '../../src/sandbox/index.js'
import { TestClock } from '../helpers/clock.js'
import { closedPort } from '../helpers/closed-port.js'
import { hang, sandbox } from '../helpers/sandbox.js'

function client(options: Partial<HttpOptions> = {}): HttpClient {
  const made = new HttpClient({ clock: new TestClock(), userAgent: 'test', ...options })
  onTestFinished(() => made.close())
  return made
}

/** What asks for a URL, or for a sandbox's versions, which are shown without a login. */
const get = (at: string | Pick<Sandbox, 'url'>, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url: new URL(typeof at === 'string' ? at : `${at.url}/versions`),
  ...more,
})

it('sends the request and returns the answer', async () => {
  const server = await sandbox({ script: () => ({ status: 201, headers: { 'X-Thing': 'é' }, text: 'täxt' }) })
  const url = `${server.url}/a%2Fb?c=d%20e`
  const answer = await client().request(get(url, { method: 'POST', headers: { 'x-auth-token': 't' }, body: '{"ü":1}' }))
  expect(server.asked[0]).toMatchObject({ method: 'POST', path: '/a%2Fb?c=d%20e', body: '{"ü":1}' })
  expect(server.asked[0]?.headers).toMatchObject({ 'user-agent': 'test', 'x-auth-token': 't' })
  expect(answer).toMatchObject({ status: 201, body: 'täxt' })
})

it('follows no redirect, so that no other host gets the token', async () => {
  const other = await sandbox()
  const server = await sandbox({ script: () => ({ status: 302, headers: { location: other.url }, text: '' }) })
  expect((await client().request(get(server, { headers: { 'x-auth-token': 't' } }))).status).toBe(302)
  expect(other.asked).toEqual([])
})

describe('an error answer', () => {
  it.each<[string, string, string]>([
    [
      'of Glance',
      '{"message": "No such <b>thing</b><br /><br />\\n\\n\\n", "code": "404 Not Found", "title": "Not Found"}',
      'No such thing',
    ],
    [
      'of Keystone',
      '{"error":{"code":404,"message":"Could not find project: x.","title":"Not Found"}}',
      'Could not find project: x.',
    ],
    [
      'in HTML',
      '<!doctype html><html><head><title>404 Not Found</title></head><body><h1>404</h1> gone &amp; lost<br/></body></html>',
      '404 gone & lost',
    ],
    ['in plain text', '404 page not found\n', '404 page not found'],
    ['with nothing in it', '', 'The server returned 404.'],
    ['with another JSON', '[1]', 'The server returned 404.'],
  ])('%s is described in words', async (_, text, message) => {
    const server = await sandbox({
      script: () => ({ status: 404, headers: { 'x-openstack-request-id': 'req-9' }, text }),
    })
    const error = await client()
      .request(get(server))
      .catch((thrown) => thrown)
    expect(error).toBeInstanceOf(NotFoundError)
    expect(error).toMatchObject({ message, status: 404, requestId: 'req-9' })
  })
})

describe('a request is sent again', () => {
  const answersAfter = (faults: number, status: number, headers = {}) =>
    sandbox({ script: (_, count) => (count <= faults ? { status, headers, text: '' } : undefined) })

  it.each([429, 502, 503, 504])('after %i, when it is a GET', async (status) => {
    const server = await answersAfter(2, status)
    expect((await client().request(get(server))).status).toBe(200)
    expect(server.asked).toHaveLength(3)
  })

  it.each([400, 401, 403, 404, 409, 500])('but not after %i', async (status) => {
    const server = await answersAfter(1, status)
    await expect(client().request(get(server))).rejects.toMatchObject({ status })
    expect(server.asked).toHaveLength(1)
  })

  it('but not if it is a POST that may have been executed', async () => {
    const server = await answersAfter(1, 503)
    await expect(client().request(get(server, { method: 'POST', body: '{}' }))).rejects.toThrow(ServerError)
    expect(server.asked).toHaveLength(1)
  })

  it('as often as the option says', async () => {
    const server = await answersAfter(99, 503)
    await expect(client({ retry: { retries: 2 } }).request(get(server))).rejects.toThrow(ServerError)
    expect(server.asked).toHaveLength(3)
  })

  it('after the time in Retry-After, up to the cap', async () => {
    const clock = new TestClock()
    const started = clock.now()
    await client({ clock }).request(get(await answersAfter(1, 503, { 'retry-after': '3' })))
    expect(clock.now() - started).toBe(3000)
    await client({ clock }).request(get(await answersAfter(1, 503, { 'retry-after': '86400' })))
    expect(clock.now() - started).toBe(33_000)
  })

  it('after a dropped connection if it is a GET', async () => {
    const server = await sandbox({ script: (_, count) => (count === 1 ? 'drop' : undefined) })
    expect((await client().request(get(server))).status).toBe(200)
  })
})

describe('an answer that must be JSON', () => {
  const json = true

  it.each<[string, string | Buffer]>([
    ['was cut short', '{"tasks": [{"id": "1'],
    ['lost bytes of its text', Buffer.from([...Buffer.from('{"id": "'), 0xff, 0xfe, ...Buffer.from('"}')])],
  ])('and %s is asked for again', async (_, text) => {
    const server = await sandbox({ script: (_, count) => (count < 3 ? { text } : undefined) })
    expect(JSON.parse((await client().request(get(server, { json }))).body)).toHaveProperty('versions')
    expect(server.asked).toHaveLength(3)
  })

  it('is not requested again if it is HTML, which comes from another server', async () => {
    const server = await sandbox({ script: () => ({ headers: { 'content-type': 'text/html' }, text: '<html>' }) })
    const answer = client().request(get(server, { json }))
    await expect(answer).rejects.toThrow('with a body that is not JSON (text/html)')
    expect(server.asked).toHaveLength(1)
  })
})

it('sends a request again after a status in retryStatuses', async () => {
  const server = await sandbox({ script: (_, count) => (count === 1 ? { status: 500, text: '' } : undefined) })
  expect((await client().request(get(server, { retryStatuses: [500] }))).status).toBe(200)
})

describe('no answer', () => {
  it('in time', async () => {
    const clock = new TestClock()
    const server = await sandbox({ script: () => hang(clock, 5000) })
    const slow = client({ clock, requestTimeout: 5000, retry: { retries: 0 } }).request(get(server))
    await expect(slow).rejects.toThrow(TimeoutError)
    await expect(slow).rejects.toThrow('did not respond within 5 s')
  })

  it('if the connection is refused: nothing was sent', async () => {
    const error = await client()
      .request(get(`http://127.0.0.1:${await closedPort()}`, { method: 'POST' }))
      .catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ reason: 'ECONNREFUSED', sent: false })
    expect(error.hint).toContain('Check that the service is running')
  })

  it('if the connection is reset: the request may have been sent', async () => {
    const server = await sandbox({ script: () => 'drop' })
    const error = await client()
      .request(get(server, { method: 'POST' }))
      .catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'connection', reason: 'ECONNRESET', sent: true })
  })

  it('if the connection is closed: the request may have been sent', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.end()))
    const error = await client()
      .request(get(await listening(server), { method: 'POST' }))
      .catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'connection', reason: 'UND_ERR_SOCKET', sent: true })
  })

  it('if the signal of the caller aborts', async () => {
    const controller = new AbortController()
    const server = await sandbox({
      script: () => {
        controller.abort()
        return 'hang'
      },
    })
    await expect(client().request(get(server, { signal: controller.signal }))).rejects.toThrow(AbortedError)
  })

  it('if the signal aborts before the connection is open: immediately, and nothing was sent', async () => {
    const controller = new AbortController()
    // Takes the connection, and never answers the greeting of TLS.
    const server = createServer(() => controller.abort())
    const url = (await listening(server)).replace('http:', 'https:')
    const asked = client({ connectTimeout: 3_600_000 }).request(get(url, { signal: controller.signal }))
    await expect(asked).rejects.toMatchObject({ code: 'aborted', sent: false })
  })

  it('if the connection is closed while it opens: nothing was sent, so a POST is sent again', async () => {
    let connections = 0
    const server = createServer((socket) => {
      connections++
      socket.destroy()
    })
    const url = (await listening(server)).replace('http:', 'https:')
    const asked = client({ retry: { retries: 2 } }).request(get(url, { method: 'POST', body: '{}' }))
    await expect(asked).rejects.toMatchObject({ code: 'connection', sent: false })
    expect(connections).toBe(3)
  })

  it('if the signal aborted before: nothing is sent', async () => {
    const server = await sandbox()
    await expect(client().request(get(server, { signal: AbortSignal.abort() }))).rejects.toThrow(AbortedError)
    expect(server.asked).toEqual([])
  })
})

describe('an observer that throws', () => {
  it.each(['onRequest', 'onAnswer'] as const)(
    'in %s: its own error ends the request, which is sent once',
    async (hook) => {
      const server = await sandbox()
      const observer = {
        [hook]() {
          throw new TypeError('the observer is broken')
        },
      }
      const asked = client({ observer }).request(get(server))
      await expect(asked).rejects.toThrow(new TypeError('the observer is broken'))
      expect(server.asked.length).toBe(hook === 'onRequest' ? 0 : 1)
    },
  )

  it.each(['onFailure', 'onRetry'] as const)('in %s: its own error ends the request', async (hook) => {
    const server = await sandbox({ script: () => 'drop' })
    const observer = {
      [hook]() {
        throw new TypeError('the observer is broken')
      },
    }
    const asked = client({ observer }).request(get(server))
    await expect(asked).rejects.toThrow(new TypeError('the observer is broken'))
    expect(server.asked).toHaveLength(1)
  })
})

describe('the reason of a signal is the cause of the error', () => {
  const reason = new Error('the user closed the window')

  it('of a request under way', async () => {
    const controller = new AbortController()
    const server = await sandbox({
      script: () => {
        controller.abort(reason)
        return 'hang'
      },
    })
    await expect(client().request(get(server, { signal: controller.signal }))).rejects.toMatchObject({ cause: reason })
  })

  it('of a request that was not sent', async () => {
    const server = await sandbox()
    const asked = client().request(get(server, { signal: AbortSignal.abort(reason) }))
    await expect(asked).rejects.toMatchObject({ code: 'aborted', cause: reason })
  })

  it('of a pause before a retry', async () => {
    const controller = new AbortController()
    const server = await sandbox({ script: () => 'drop' })
    const observer = { onRetry: () => controller.abort(reason) }
    const asked = client({ observer, clock: systemClock }).request(get(server, { signal: controller.signal }))
    await expect(asked).rejects.toMatchObject({ code: 'aborted', cause: reason })
  })
})

it('uses the proxy of the environment, except for hosts in no_proxy', async () => {
  const proxy = await sandbox({ script: () => ({ json: { via: 'proxy' } }) })
  const server = await sandbox()
  const through = client({ proxy: { http: proxy.url } })
  expect((await through.request(get('http://cloud.invalid/v2/tasks'))).body).toContain('proxy')
  expect(proxy.asked[0]).toMatchObject({ path: 'http://cloud.invalid/v2/tasks', headers: { host: 'cloud.invalid' } })
  await client({ proxy: { http: proxy.url, no: '127.0.0.1' } }).request(get(server))
  expect([proxy.asked.length, server.asked.length]).toEqual([1, 1])
})

/** The URL of a server that listens on loopback as long as the test lasts. */
async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

// Debug pages of servers and proxies show the request that failed.
describe('a server that returns a secret of the request', () => {
  const TOKEN = 'gAAAAABtoken-of-the-user'
  const PASSWORD = 'p<ss & "xyzzy" é'
  const login = JSON.stringify({
    auth: { identity: { password: { user: { name: 'someone-long', password: PASSWORD } } } },
  })
  const html = PASSWORD.replace('&', '&amp;').replace('<', '&lt;').replaceAll('"', '&quot;')

  it.each<[string, Partial<HttpRequest>, string]>([
    ['a header', { headers: { 'X-Auth-Token': TOKEN } }, `<pre>X-Auth-Token: ${TOKEN}\nAccept: json</pre>`],
    ['a header with a scheme', { headers: { authorization: `Bearer ${TOKEN}` } }, `bad authorization, ${TOKEN}`],
    [
      'a key of the body',
      { method: 'POST', body: login },
      `{"error": {"message": ${JSON.stringify(`no ${PASSWORD}`)}}}`,
    ],
    ['a key, as HTML', { method: 'POST', body: login }, `<p>someone-long ${html}</p>`],
    ['a key, in JSON within JSON', { method: 'POST', body: login }, JSON.stringify({ message: `body: ${login}` })],
    ['a field of a form', { method: 'POST', body: `client_secret=${TOKEN}&scope=openid` }, `bad ${TOKEN} openid`],
  ])('%s: the error does not repeat it', async (_, more, text) => {
    const server = await sandbox({ script: () => ({ status: 400, headers: {}, text }) })
    const bodies: string[] = []
    const observer = { onAnswer: ({ body }: { body: string }) => void bodies.push(body) }
    const error = await client({ observer })
      .request(get(server, more))
      .catch((thrown) => thrown)
    expect(error.message).toContain('***')
    for (const shown of [error.message, ...bodies]) {
      expect(shown).not.toContain('token-of-the-user')
      expect(shown).not.toContain('xyzzy')
    }
    expect(bodies).toHaveLength(1)
  })

  it.each([302, 404])('a header of the answer %i: it is masked', async (status) => {
    const headers = { location: `http://other.invalid/?back=${TOKEN}`, 'x-openstack-request-id': TOKEN }
    const server = await sandbox({ script: () => ({ status, headers, text: '' }) })
    const request = get(server, { headers: { 'x-auth-token': TOKEN }, acceptedStatuses: [404] })
    const answer = await client().request(request)
    expect(answer.headers).toMatchObject({
      location: 'http://other.invalid/?back=***',
      'x-openstack-request-id': '***',
    })
  })

  it('a proxy that returns its own login: the error does not repeat it', async () => {
    const login = Buffer.from('me:password').toString('base64')
    const proxy = await sandbox({ script: () => ({ status: 403, headers: {}, text: `Basic ${login} is not allowed` }) })
    const through = client({ proxy: { http: proxy.url.replace('//', '//me:password@') } })
    const message = 'Basic *** is not allowed'
    await expect(through.request(get('http://cloud.invalid/'))).rejects.toMatchObject({ message })
    expect(proxy.asked[0]?.headers['proxy-authorization']).toBe(`Basic ${login}`)
  })

  it('an answer without an error stays as it is', async () => {
    const server = await sandbox({ script: () => ({ status: 200, headers: {}, text: TOKEN }) })
    const { body } = await client().request(get(server, { headers: { 'x-auth-token': TOKEN } }))
    expect(body).toBe(TOKEN)
  })
})
