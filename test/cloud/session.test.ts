import { describe, expect, test } from 'vitest'
import { resolveCloud } from '../../src/cloud/resolve.js'
import { openSession, type SessionOptions } from '../../src/cloud/session.js'
import { AbortedError } from '../../src/errors.js'
import { TestClock } from '../helpers/clock.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { type FakeCloud, type FakeCloudOptions, fakeCloud, tokenReply } from '../helpers/fake-cloud.js'

const USER = 'username: me, password: s3cret, project_name: demo'

interface Opened extends Partial<SessionOptions> {
  auth?: string
  /** More settings of the cloud, as YAML lines. */
  more?: string
}

async function open(cloud: Pick<FakeCloud, 'url'>, { auth = USER, more = '', ...options }: Opened = {}) {
  const folder = cloudFolder()
  const url = auth.includes('auth_url') ? '' : `auth_url: "${cloud.url}", `
  folder.write('work/clouds.yaml', `clouds:\n  one:\n    auth: {${url}${auth}}\n${more.replace(/^(?=.)/gm, '    ')}\n`)
  const { environment } = folder
  const { settings } = await resolveCloud({}, environment)
  return openSession(settings, {
    clock: new TestClock(),
    environment,
    userAgent: 'glance-tasks/test',
    tokenCache: false,
    ...options,
  })
}

const tasks = { method: 'GET', path: 'tasks' } as const

describe('the login body', () => {
  const user = { name: 'me', domain: { id: 'default' }, password: 's3cret' }
  const password = { methods: ['password'], password: { user } }
  const demo = { project: { name: 'demo', domain: { id: 'default' } } }
  const credential = (more: object) => ({
    methods: ['application_credential'],
    application_credential: { secret: 's', ...more },
  })
  test.each<[string, object]>([
    [USER, { identity: password, scope: demo }],
    ['username: me, password: s3cret', { identity: password }],
    [
      'user_id: u1, password: s3cret',
      { identity: { ...password, password: { user: { id: 'u1', password: 's3cret' } } } },
    ],
    [
      'username: me, password: s3cret, project_id: p1, project_name: x',
      { identity: password, scope: { project: { id: 'p1' } } },
    ],
    ['username: me, password: s3cret, system_scope: all', { identity: password, scope: { system: { all: true } } }],
    ['username: me, password: s3cret, trust_id: t1', { identity: password, scope: { 'OS-TRUST:trust': { id: 't1' } } }],
    [
      'username: me, password: s3cret, user_domain_id: default, domain_id: d1',
      { identity: password, scope: { domain: { id: 'd1' } } },
    ],
    ['token: t0', { identity: { methods: ['token'], token: { id: 't0' } } }],
    [
      'token: t0, project_id: p1',
      { identity: { methods: ['token'], token: { id: 't0' } }, scope: { project: { id: 'p1' } } },
    ],
    [
      'application_credential_id: a1, application_credential_secret: s, project_name: demo',
      { identity: credential({ id: 'a1' }) },
    ],
    [
      'application_credential_name: a, application_credential_secret: s, username: me, user_domain_name: D',
      { identity: credential({ name: 'a', user: { name: 'me', domain: { name: 'D' } } }) },
    ],
  ])('%s', async (auth, body) => {
    const cloud = await fakeCloud()
    const session = await open(cloud, { auth })
    await session.request(tasks)
    expect(cloud.seen[0]).toMatchObject({ method: 'POST', url: '/v3/auth/tokens', body: { auth: body } })
    expect(cloud.seen[0]?.body).toEqual({ auth: body })
    await session.close()
  })

  test.each([
    ['', '/v3/auth/tokens'],
    ['/', '/v3/auth/tokens'],
    ['/v3', '/v3/auth/tokens'],
    ['/v3/', '/v3/auth/tokens'],
    ['/v2.0', '/v3/auth/tokens'],
    ['/identity', '/identity/v3/auth/tokens'],
    ['/identity/v3', '/identity/v3/auth/tokens'],
  ])('auth_url ending in %j', async (path, asked) => {
    const cloud = await fakeCloud()
    const session = await open(cloud, { auth: `auth_url: "${cloud.url}${path}", ${USER}` })
    await session.request(tasks)
    expect(cloud.seen[0]?.url).toBe(asked)
    await session.close()
  })
})

describe('a request', () => {
  test('goes to the versioned endpoint with its query, its headers and nothing else', async () => {
    const cloud = await fakeCloud()
    const session = await open(cloud)
    await session.request({ ...tasks, query: { status: ['a', 'b'], limit: 3, marker: undefined } })
    const [seen] = cloud.to('/v2/tasks')
    expect(seen?.url).toBe('/v2/tasks?status=a&status=b&limit=3')
    expect(seen?.headers).toMatchObject({ accept: 'application/json', 'x-auth-token': 'token-1' })
    expect(seen?.headers).not.toHaveProperty('content-type')
    expect(seen?.headers).not.toHaveProperty('content-length')
    expect(seen?.body).toBe('')
    await session.request({ method: 'POST', path: 'tasks', body: '{"type":"import"}', headers: { 'x-more': '1' } })
    expect(cloud.to('/v2/tasks')[1]).toMatchObject({
      body: { type: 'import' },
      headers: { 'content-type': 'application/json', 'x-more': '1' },
    })
    await session.close()
  })

  test.each([
    ['/image', '/image/v2/tasks'],
    ['/v2.9', '/v2/tasks'],
    ['/dev2/image', '/dev2/image/v2/tasks'],
    ['/%(project_id)s', '/project-id/v2/tasks'],
  ])('image_endpoint_override ending in %s', async (path, asked) => {
    const cloud = await fakeCloud()
    const session = await open(cloud, { more: `image_endpoint_override: "${cloud.url}${path}"` })
    await session.request(tasks)
    expect(cloud.seen[1]?.url).toBe(asked)
    await session.close()
  })

  test('an answer that leads elsewhere is not followed', async () => {
    const elsewhere = await fakeCloud()
    const cloud = await fakeCloud({
      answer: ({ url }) => (url === '/v2/tasks' ? { status: 302, headers: { location: elsewhere.url } } : undefined),
    })
    const session = await open(cloud)
    await expect(session.request(tasks)).rejects.toMatchObject({ code: 'unexpected_answer' })
    expect(elsewhere.seen).toEqual([])
    await session.close()
  })

  test('403 of a tasks route says who may', async () => {
    const cloud = await fakeCloud({ answer: ({ method }) => (method === 'GET' ? { status: 403 } : undefined) })
    const session = await open(cloud)
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'not_allowed',
      hint: expect.stringContaining('admin only by default policy (tasks_api_access)'),
    })
    await expect(session.request({ method: 'GET', path: 'images' })).rejects.toMatchObject({ hint: undefined })
    await session.close()
  })
})

describe('one login', () => {
  test('for many requests at once', async () => {
    const cloud = await fakeCloud()
    const session = await open(cloud)
    await Promise.all(Array.from({ length: 8 }, () => session.request(tasks)))
    expect(cloud.logins()).toBe(1)
    await session.close()
  })

  test('more, when the service refuses the token of requests under way', async () => {
    const cloud = await fakeCloud({
      answer: ({ headers }) => (headers['x-auth-token'] === 'token-1' ? { status: 401 } : undefined),
    })
    const session = await open(cloud)
    await Promise.all(Array.from({ length: 8 }, () => session.request(tasks)))
    expect(cloud.logins()).toBe(2)
    await session.close()
  })

  test('more, and no third: then the refusal is the error, with the settings to check', async () => {
    const cloud = await fakeCloud({ answer: ({ method }) => (method === 'GET' ? { status: 401 } : undefined) })
    const session = await open(cloud)
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'not_authenticated',
      hint: expect.stringMatching(/Check, for the cloud "one": username, .*password, .*\(.*clouds.yaml\)/),
    })
    expect(cloud.logins()).toBe(2)
    await session.close()
  })

  test('for each life of a token, however short', async () => {
    for (const life of [5, 60, 3600]) {
      const clock = new TestClock()
      const cloud = await fakeCloud({ life, now: clock.now })
      const session = await open(cloud, { clock })
      for (let second = 0; second < life * 3; second++) {
        if (second % Math.ceil(life / 5) === 0) await session.request(tasks)
        clock.advance(1000)
      }
      expect(cloud.logins()).toBeGreaterThanOrEqual(3)
      expect(cloud.logins()).toBeLessThanOrEqual(4)
      await session.close()
    }
  })

  test('a clock that is a day ahead, or behind, makes no more of them', async () => {
    for (const ahead of [-86_400_000, 86_400_000]) {
      const clock = new TestClock()
      const cloud = await fakeCloud({ now: () => clock.now() - ahead })
      const session = await open(cloud, { clock })
      for (let i = 0; i < 5; i++) await session.request(tasks)
      expect(cloud.logins()).toBe(1)
      clock.advance(3_600_000 - 110_000)
      await session.request(tasks)
      expect(cloud.logins()).toBe(2)
      await session.close()
    }
  })

  test('a caller who gives up fails alone', async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const cloud = await fakeCloud({
      async answer({ method }) {
        if (method === 'POST') await gate
        return undefined
      },
    })
    const session = await open(cloud)
    const controller = new AbortController()
    const first = session.request({ ...tasks, signal: controller.signal })
    const second = session.request(tasks)
    controller.abort()
    await expect(first).rejects.toThrow(AbortedError)
    release()
    expect((await second).status).toBe(200)
    expect(cloud.logins()).toBe(1)
    await session.close()
  })

  test('when all give up it ends, and the next request starts another', async () => {
    let hang = true
    const cloud = await fakeCloud({ answer: ({ method }) => (method === 'POST' && hang ? { hang } : undefined) })
    const session = await open(cloud)
    const controller = new AbortController()
    const requests = [1, 2].map(() => session.request({ ...tasks, signal: controller.signal }))
    while (cloud.seen.length === 0) await new Promise(setImmediate)
    controller.abort()
    for (const request of requests) await expect(request).rejects.toThrow(AbortedError)
    hang = false
    expect((await session.request(tasks)).status).toBe(200)
    await session.close()
  })
})

describe('a login that fails', () => {
  const refusing = (status: number, headers: Record<string, string> = {}, body?: string): FakeCloudOptions => ({
    answer: ({ method }) =>
      method === 'POST' ? { status, headers, body: body ?? { error: { message: 'No.' } } } : undefined,
  })

  test('there is no Keystone at auth_url', async () => {
    const session = await open(await fakeCloud(refusing(404, {}, '<h1>Not Found</h1>')))
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('There is no Keystone'),
    })
    await session.close()
  })

  test.each<[string, number, object]>([
    ['a wrong password', 401, { code: 'not_authenticated', message: 'Keystone refused the login: No.' }],
    ['a token that Keystone does not know', 404, { code: 'not_authenticated', hint: expect.stringContaining('Check') }],
    ['a bad scope', 400, { code: 'bad_request', hint: expect.stringContaining('project_name') }],
  ])('%s', async (_, status, error) => {
    const cloud = await fakeCloud(refusing(status))
    const session = await open(cloud)
    await expect(session.request(tasks)).rejects.toMatchObject(error)
    expect(cloud.seen).toHaveLength(1)
    await session.close()
  })

  test('a redirect is named, and gets no password', async () => {
    const elsewhere = await fakeCloud()
    const session = await open(await fakeCloud(refusing(301, { location: `${elsewhere.url}/v3` })))
    await expect(session.request(tasks)).rejects.toMatchObject({ hint: expect.stringContaining(elsewhere.url) })
    expect(elsewhere.seen).toEqual([])
    await session.close()
  })

  test('a busy Keystone is asked again', async () => {
    let first = true
    const cloud = await fakeCloud({
      answer() {
        if (!first) return undefined
        first = false
        return { status: 503, headers: { 'retry-after': '7' } }
      },
    })
    const clock = new TestClock()
    const session = await open(cloud, { clock })
    await session.request(tasks)
    expect(clock.slept).toEqual([7000])
    await session.close()
  })

  test('without a scope there is no catalog, and the error says so', async () => {
    const cloud = await fakeCloud({ catalog: () => [] })
    const session = await open(cloud, { auth: 'username: me, password: s3cret' })
    await expect(session.request(tasks)).rejects.toMatchObject({ hint: expect.stringContaining('set project_name') })
    await session.close()
  })
})

describe('what is wrong with the settings is said before anything is sent', () => {
  test.each([
    ['auth_url: "", username: me', '', 'The cloud "one" in', 'has no auth_url'],
    ['auth_url: "h:5000"', '', 'clouds.yaml:3:12: auth_url must be a URL', ''],
    [`${USER}, system_scope: all`, '', 'two scopes at once: system_scope and project_name', ''],
    [`${USER}, trust_id: t`, '', 'two scopes at once: trust_id and project_name', ''],
    ['username: me, system_scope: some', '', 'system_scope must be "all"', ''],
    [USER, 'auth_type: v2password', 'The auth_type "v2password" of the cloud "one" is not supported', ''],
    [USER, 'cacert: /nowhere.pem', 'clouds.yaml:4:5: cacert names /nowhere.pem, which cannot be read (ENOENT)', ''],
    [USER, 'cacert: clouds.yaml', 'which holds nothing in PEM format', ''],
    [USER, 'cert: clouds.yaml', 'has a cert and no key', ''],
    [USER, 'key: clouds.yaml', 'has a key and no cert', ''],
  ])('%s %s', async (auth, more, ...messages) => {
    const error = await open({ url: 'http://127.0.0.1:9' }, { auth, more }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'configuration', hint: expect.any(String) })
    for (const message of messages) expect(String(error)).toContain(message)
  })

  test('an auth_type that is not supported: those that are', async () => {
    await expect(open({ url: 'http://h' }, { more: 'auth_type: v3pasword' })).rejects.toMatchObject({
      hint: expect.stringMatching(/^Did you mean "v3password"\? Supported are: password, v3password, token, v3token, /),
    })
  })
})

describe('a secret that is missing', () => {
  test('is asked for, once, at a terminal', async () => {
    const cloud = await fakeCloud({
      answer: ({ headers }) => (headers['x-auth-token'] === 'token-1' ? { status: 401 } : undefined),
    })
    const questions: string[] = []
    const ask = async (question: string) => {
      questions.push(question)
      return 'typed'
    }
    const session = await open(cloud, { auth: 'username: me, project_name: demo', ask })
    await session.request(tasks)
    expect(questions).toEqual(['Password for me at the cloud "one": '])
    expect(cloud.logins()).toBe(2)
    expect(cloud.seen[0]?.body).toMatchObject({ auth: { identity: { password: { user: { password: 'typed' } } } } })
    await session.close()
  })

  test('is an error elsewhere', async () => {
    const session = await open({ url: 'http://127.0.0.1:9' }, { auth: 'username: me' })
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'configuration',
      message: 'The cloud "one" has no password.',
      hint: 'Write password under auth: in clouds.yaml or secure.yaml, or set OS_PASSWORD.',
    })
    await session.close()
  })
})

test('the timeout is that of the options, else api_timeout', async () => {
  const cloud = await fakeCloud({ answer: () => ({ hang: true }) })
  for (const [options, seconds] of [
    [{ more: 'api_timeout: 0.2' }, 0.2],
    [{ more: 'api_timeout: 60', requestTimeout: 100 }, 0.1],
  ] as const) {
    const session = await open(cloud, { ...options, retries: 0 })
    await expect(session.request(tasks)).rejects.toThrow(`did not answer within ${seconds} s`)
    await session.close()
  }
})

test('a proxy is used where the environment names one', async () => {
  const proxy = await fakeCloud({
    answer: ({ method }, self) => (method === 'POST' ? tokenReply('token-0', {}, self.url) : { body: { tasks: [] } }),
  })
  const { environment } = cloudFolder({ http_proxy: proxy.url, NO_PROXY: '10.0.0.0/8' })
  const session = await open({ url: 'http://keystone.invalid' }, { environment })
  await session.request(tasks)
  expect(proxy.seen.map(({ url }) => url)).toEqual(['http://keystone.invalid/v3/auth/tokens', `${proxy.url}/v2/tasks`])
  await session.close()
})
