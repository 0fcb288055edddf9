import { describe, expect, test } from 'vitest'
import { resolveCloud } from '../../src/config/resolve.js'
import { AbortedError } from '../../src/errors.js'
import { isNotExecuted } from '../../src/http/not-executed.js'
import type { WantedSecret } from '../../src/identity/secrets.js'
import { idOf } from '../../src/sandbox/ids.js'
import { ACCOUNTS, credentialId } from '../../src/sandbox/keystone/accounts.js'
import { openSession, type SessionOptions } from '../../src/session/session.js'
import { TestClock } from '../helpers/clock.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import {
  forward,
  hang,
  IMPORT,
  login,
  revoke,
  type ScriptedAnswer,
  sandbox,
  type TestSandbox,
} from '../helpers/sandbox.js'

const USER = 'username: admin, password: secret, project_name: admin'

interface Opened extends Partial<SessionOptions> {
  auth?: string
  /** More settings of the cloud, as YAML lines. */
  more?: string
}

async function open(cloud: Pick<TestSandbox, 'identityUrl'>, { auth = USER, more = '', ...options }: Opened = {}) {
  const folder = cloudFolder()
  const url = auth.includes('auth_url') ? '' : `auth_url: "${cloud.identityUrl}", `
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
const NOWHERE = { identityUrl: 'http://keystone.invalid' }

describe('the login body', () => {
  const user = { name: 'admin', domain: { id: 'default' }, password: 'secret' }
  const password = { methods: ['password'], password: { user } }
  const project = { project: { name: 'admin', domain: { id: 'default' } } }
  const userId = idOf('user', 'admin')
  const projectId = idOf('project', 'admin')
  const appId = credentialId('admin', 'app')
  const credential = (more: object) => ({
    methods: ['application_credential'],
    application_credential: { secret: 'app-secret', ...more },
  })
  test.each<[string, object]>([
    [USER, { identity: password, scope: project }],
    ['username: admin, password: secret', { identity: password }],
    [
      `user_id: ${userId}, password: secret`,
      { identity: { ...password, password: { user: { id: userId, password: 'secret' } } } },
    ],
    [
      `username: admin, password: secret, project_id: ${projectId}, project_name: x`,
      { identity: password, scope: { project: { id: projectId } } },
    ],
    ['username: admin, password: secret, system_scope: all', { identity: password, scope: { system: { all: true } } }],
    [
      'username: admin, password: secret, user_domain_id: default, domain_id: default',
      { identity: password, scope: { domain: { id: 'default' } } },
    ],
    ['token: TOKEN', { identity: { methods: ['token'], token: { id: 'TOKEN' } } }],
    [
      `token: TOKEN, project_id: ${projectId}`,
      { identity: { methods: ['token'], token: { id: 'TOKEN' } }, scope: { project: { id: projectId } } },
    ],
    [
      `application_credential_id: ${appId}, application_credential_secret: app-secret, project_name: demo`,
      { identity: credential({ id: appId }) },
    ],
    [
      'application_credential_name: app, application_credential_secret: app-secret, username: admin, user_domain_name: Default',
      { identity: credential({ name: 'app', user: { name: 'admin', domain: { name: 'Default' } } }) },
    ],
  ])('%s', async (auth, body) => {
    const cloud = await sandbox({ accounts: ACCOUNTS.map((each) => ({ ...each, domain: ['admin'] })) })
    const token = await login(cloud)
    const session = await open(cloud, { auth: auth.replace('TOKEN', token) })
    await session.login()
    const [, sent] = cloud.asked
    expect(sent).toMatchObject({ method: 'POST', path: '/identity/v3/auth/tokens' })
    expect(JSON.parse(sent?.body ?? '')).toEqual(JSON.parse(JSON.stringify({ auth: body }).replace('TOKEN', token)))
    await session.close()
  })

  test('of a trust, which the sandbox does not have', async () => {
    const cloud = await sandbox()
    const session = await open(cloud, { auth: 'username: admin, password: secret, trust_id: t1' })
    await expect(session.login()).rejects.toMatchObject({ code: 'not_authenticated' })
    const scope = { 'OS-TRUST:trust': { id: 't1' } }
    expect(JSON.parse(cloud.asked[0]?.body ?? '')).toEqual({ auth: { identity: password, scope } })
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
  ])('auth_url ending in %j', async (path, wanted) => {
    // A Keystone at the root of its port, beside the one that the sandbox has.
    const cloud = await sandbox({
      script: (asked) =>
        asked.path.startsWith('/v3/') ? forward(asked, `${cloud.url}/identity${asked.path}`) : undefined,
    })
    const session = await open(cloud, { auth: `auth_url: "${cloud.url}${path}", ${USER}` })
    await session.request(tasks)
    expect(cloud.asked[0]?.path).toBe(wanted)
    await session.close()
  })
})

describe('a request', () => {
  test('is sent to the versioned endpoint with its query and headers, and nothing else', async () => {
    const cloud = await sandbox()
    const session = await open(cloud)
    const { headers } = await session.login()
    await session.request({ ...tasks, query: { status: ['pending', 'failure'], limit: 3, marker: undefined } })
    const [seen] = cloud.to('/v2/tasks')
    expect(seen?.path).toBe('/v2/tasks?status=pending&status=failure&limit=3')
    expect(seen?.headers).toMatchObject({ accept: 'application/json', 'x-auth-token': headers['x-auth-token'] })
    expect(seen?.headers).not.toHaveProperty('content-type')
    expect(seen?.headers).not.toHaveProperty('content-length')
    expect(seen?.body).toBe('')
    const body = JSON.stringify({ type: 'import', input: IMPORT })
    await session.request({ method: 'POST', path: 'tasks', body, headers: { 'x-more': '1' } })
    expect(cloud.to('/v2/tasks')[1]).toMatchObject({
      body,
      headers: { 'content-type': 'application/json', 'x-more': '1' },
    })
    await session.close()
  })

  test('carries each header once, whatever the case of the names that its caller writes', async () => {
    const cloud = await sandbox()
    const session = await open(cloud)
    const login = await session.login()
    const headers = {
      ACCEPT: 'text/plain',
      'Content-Type': 'application/x',
      'User-Agent': 'own/1',
      'X-Auth-Token': 'T',
    }
    await session.request({ ...tasks, body: '{}', headers }).catch(() => {})
    // Node joins what comes twice by a comma.
    expect(cloud.to('/v2/tasks')[0]?.headers).toMatchObject({
      accept: 'text/plain',
      'content-type': 'application/x',
      'user-agent': 'own/1',
      'x-auth-token': login.headers['x-auth-token'],
    })
    await session.close()
  })

  test('on a closed session is not sent, and its signal has aborted', async () => {
    const cloud = await sandbox()
    const session = await open(cloud)
    await session.request(tasks)
    await session.close()
    const asked = cloud.asked.length
    await expect(session.request(tasks)).rejects.toThrow('The connection to the cloud is closed.')
    await expect(session.request({ ...tasks, method: 'POST', body: '{}' })).rejects.toMatchObject({ sent: false })
    expect(cloud.asked).toHaveLength(asked)
    expect(session.closed?.aborted).toBe(true)
  })

  test('has its own timeout and number of retries', async () => {
    let status = 503
    const clock = new TestClock()
    const cloud = await sandbox({
      script: ({ path }) => {
        if (!path.startsWith('/v2')) return undefined
        return status === 0 ? hang(clock, 50) : { status }
      },
    })
    const session = await open(cloud, { clock })
    await expect(session.request({ ...tasks, retries: 1 })).rejects.toMatchObject({ status })
    expect(cloud.to('/v2/tasks')).toHaveLength(2)
    status = 0
    await expect(session.request({ ...tasks, timeout: 50, retries: 0 })).rejects.toThrow('within 0.05 s')
    expect(cloud.to('/v2/tasks')).toHaveLength(3)
    await session.close()
  })

  test.each([
    ['/image', '/image/v2/tasks'],
    ['/v2.9', '/v2/tasks'],
    ['/dev2/image', '/dev2/image/v2/tasks'],
    ['/%(project_id)s', `/${idOf('project', 'admin')}/v2/tasks`],
  ])('image_endpoint_override ending in %s', async (path, wanted) => {
    const cloud = await sandbox({
      script: (asked) =>
        asked.path === wanted && wanted !== '/v2/tasks' ? forward(asked, `${cloud.url}/v2/tasks`) : undefined,
    })
    const session = await open(cloud, { more: `image_endpoint_override: "${cloud.url}${path}"` })
    expect((await session.request(tasks)).status).toBe(200)
    expect(cloud.asked[1]?.path).toBe(wanted)
    await session.close()
  })

  test('does not follow a redirect', async () => {
    const elsewhere = await sandbox()
    const cloud = await sandbox({
      script: ({ path }) => (path === '/v2/tasks' ? { status: 302, headers: { location: elsewhere.url } } : undefined),
    })
    const session = await open(cloud)
    await expect(session.request(tasks)).rejects.toMatchObject({ code: 'unexpected_answer' })
    expect(elsewhere.asked).toEqual([])
    await session.close()
  })

  test.each([
    [
      'https://other.test/image/v2/tasks?limit=1',
      'If you trust this URL, set image_endpoint_override to https://other.test/image.',
    ],
    [
      'https://sso.test/login?token=abc',
      'Redirects are not followed. Check the endpoint of the image service (image_endpoint_override).',
    ],
  ])('names the target of a redirect, %s, and the remedy', async (location, remedy) => {
    const cloud = await sandbox({
      script: ({ path }) => (path.startsWith('/v2/tasks') ? { status: 308, headers: { location } } : undefined),
    })
    const session = await open(cloud)
    await expect(session.request({ ...tasks, query: { limit: 1 } })).rejects.toMatchObject({
      hint: `It redirects to ${location.replace('abc', '***')}. ${remedy}`,
    })
    await session.close()
  })

  test.each([
    ['GET', 'tasks', 'List the tasks of one image instead'],
    ['GET', 'tasks/t1', 'List the tasks of one image instead'],
    ['POST', 'tasks', 'import an image without the Tasks API'],
    ['GET', 'images/i1/tasks', undefined],
    ['GET', 'tasksx', undefined],
  ] as const)('403 of %s %s: %s', async (method, path, hint) => {
    const cloud = await sandbox({
      script: (asked) => (asked.path.startsWith('/v2') ? { status: 403, json: { message: 'No.' } } : undefined),
    })
    const session = await open(cloud)
    const error = await session.request({ method, path }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'not_allowed' })
    expect(error).toMatchObject({ hint: hint === undefined ? undefined : expect.stringContaining(hint) })
    await session.close()
  })

  test('has a hint after 403 on a tasks route', async () => {
    const cloud = await sandbox({ script: ({ path }) => (path === '/v2/images' ? { status: 403 } : undefined) })
    const session = await open(cloud, { auth: 'username: demo, password: demo, project_name: demo' })
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'not_allowed',
      hint: expect.stringContaining('only administrators can use the Tasks API (policy tasks_api_access)'),
    })
    await expect(session.request({ method: 'GET', path: 'images' })).rejects.toMatchObject({
      code: 'not_allowed',
      hint: undefined,
    })
    await session.close()
  })
})

describe('an error status of something before the service', () => {
  const page = (status: number) => ({ status, headers: { 'content-type': 'text/html' }, text: '<h1>Denied</h1>' })

  test.each([401, 403])('%d blames neither the login nor the policy', async (status) => {
    const cloud = await sandbox({ script: ({ path }) => (path.startsWith('/v2') ? page(status) : undefined) })
    const session = await open(cloud)
    await expect(session.request(tasks)).rejects.toMatchObject({
      status,
      hint: `The response from ${new URL(cloud.url).host} is not from an OpenStack service. It may come from a proxy.`,
    })
    await session.close()
  })
})

describe('the login', () => {
  test('is shared by parallel requests', async () => {
    const cloud = await sandbox()
    const session = await open(cloud)
    await Promise.all(Array.from({ length: 8 }, () => session.request(tasks)))
    expect(cloud.logins()).toBe(1)
    await session.close()
  })

  test('is repeated if the service rejects the token of requests under way', async () => {
    const cloud = await sandbox()
    const session = await open(cloud)
    await revoke(cloud, (await session.login()).headers['x-auth-token'])
    await Promise.all(Array.from({ length: 8 }, () => session.request(tasks)))
    expect(cloud.logins()).toBe(2)
    await session.close()
  })

  test('is repeated once: then the rejection is the error, with the settings to check', async () => {
    const cloud = await sandbox({ script: ({ method }) => (method === 'GET' ? { status: 401 } : undefined) })
    const session = await open(cloud)
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'not_authenticated',
      hint: expect.stringMatching(/Check these settings of the cloud "one": username, .*password, .*\(.*clouds.yaml\)/),
    })
    expect(cloud.logins()).toBe(2)
    await session.close()
  })

  test('is repeated for each request that only reads, if a proxy hides who rejected the token', async () => {
    for (const method of ['GET', 'HEAD'] as const) {
      const cloud = await sandbox({
        script: (asked) => (asked.path === '/v2/tasks' ? { status: cloud.logins() === 1 ? 401 : 200 } : undefined),
      })
      const session = await open(cloud)
      expect((await session.request({ method, path: 'tasks' })).status).toBe(200)
      expect(cloud.logins()).toBe(2)
      await session.close()
    }
  })

  test('for each life of a token, however short', async () => {
    for (const life of [5, 60, 3600]) {
      const clock = new TestClock()
      const cloud = await sandbox({ tokenTtl: life * 1000, clock })
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

  test('is not repeated if the clock is a day fast or slow', async () => {
    for (const ahead of [-86_400_000, 86_400_000]) {
      const clock = new TestClock()
      const cloud = await sandbox({ clock: { ...clock, now: () => clock.now() - ahead } })
      const session = await open(cloud, { clock })
      for (let i = 0; i < 5; i++) await session.request(tasks)
      expect(cloud.logins()).toBe(1)
      clock.advance(3_600_000 - 110_000)
      await session.request(tasks)
      expect(cloud.logins()).toBe(2)
      await session.close()
    }
  })

  test('continues if one of several callers aborts', async () => {
    let release = () => {}
    const gate = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined)
    })
    const cloud = await sandbox({ script: ({ method }) => (method === 'POST' ? gate : undefined) })
    const session = await open(cloud)
    const controller = new AbortController()
    const first = session.request({ ...tasks, signal: controller.signal })
    const second = session.request(tasks)
    const reason = new Error('the user closed the window')
    controller.abort(reason)
    await expect(first).rejects.toMatchObject({ code: 'aborted', cause: reason })
    release()
    expect((await second).status).toBe(200)
    expect(cloud.logins()).toBe(1)
    await session.close()
  })

  test('ends if all callers abort, and the next request starts another', async () => {
    let hangs = true
    const cloud = await sandbox({ script: () => (hangs ? 'hang' : undefined) })
    const session = await open(cloud)
    const controller = new AbortController()
    const requests = [1, 2].map(() => session.request({ ...tasks, signal: controller.signal }))
    while (cloud.asked.length === 0) await new Promise(setImmediate)
    controller.abort()
    for (const request of requests) await expect(request).rejects.toThrow(AbortedError)
    hangs = false
    expect((await session.request(tasks)).status).toBe(200)
    await session.close()
  })
})

describe('a POST that is answered with 401', () => {
  const post = { method: 'POST', path: 'tasks', body: JSON.stringify({ type: 'import', input: IMPORT }) } as const

  test('by the token check is sent again with a new token', async () => {
    const cloud = await sandbox()
    const session = await open(cloud)
    await revoke(cloud, (await session.login()).headers['x-auth-token'])
    expect((await session.request(post)).status).toBe(201)
    expect([cloud.logins(), cloud.to('/v2/tasks').length]).toEqual([2, 2])
    await session.close()
  })

  test('by a proxy is not sent again, because the service may have executed it', async () => {
    const html: ScriptedAnswer = {
      kind: 'change',
      change: () => ({ status: 401, headers: { 'content-type': 'text/html' }, body: '<h1>Unauthorized</h1>' }),
    }
    const cloud = await sandbox({ script: ({ path }) => (path === '/v2/tasks' ? html : undefined) })
    const session = await open(cloud)
    await expect(session.request(post)).rejects.toMatchObject({ status: 401, origin: undefined })
    expect([cloud.logins(), cloud.to('/v2/tasks').length]).toEqual([1, 1])
    await session.close()
  })
})

describe('an error is marked if the request was certainly not executed', () => {
  const errorOf = (session: { request(request: typeof tasks): Promise<unknown> }) =>
    session.request(tasks).catch((thrown: unknown) => thrown)

  test('a failed login', async () => {
    const session = await open(await sandbox(), { auth: USER.replace('secret', 'wrong') })
    expect(isNotExecuted(await errorOf(session))).toBe(true)
    await session.close()
  })

  test.each([
    [300, true],
    [301, true],
    [302, true],
    [303, false],
    [307, true],
    [308, true],
    [400, false],
    [502, false],
  ])('an answer of status %i: %s', async (status, isMarked) => {
    const cloud = await sandbox({ script: ({ path }) => (path === '/v2/tasks' ? { status } : undefined) })
    const session = await open(cloud, { retries: 0 })
    expect(isNotExecuted(await errorOf(session))).toBe(isMarked)
    await session.close()
  })
})

describe('a login that fails', () => {
  test('there is no Keystone at auth_url', async () => {
    const { url } = await sandbox()
    const session = await open({ identityUrl: `${url}/identity/nothing` })
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('Keystone version 3 not found'),
    })
    await session.close()
  })

  test.each<[string, string, object]>([
    [
      'a wrong password',
      USER.replace('secret', 'wrong'),
      {
        code: 'not_authenticated',
        message: 'Keystone rejected the login: The request you have made requires authentication.',
      },
    ],
    [
      'a token that Keystone does not know',
      'token: t0',
      { code: 'not_authenticated', status: 404, hint: expect.stringContaining('Check') },
    ],
  ])('%s', async (_, auth, error) => {
    const cloud = await sandbox()
    const session = await open(cloud, { auth })
    await expect(session.request(tasks)).rejects.toMatchObject(error)
    expect(cloud.asked).toHaveLength(1)
    await session.close()
  })

  test('a bad scope', async () => {
    const cloud = await sandbox({ script: () => ({ status: 400, json: { error: { message: 'No.' } } }) })
    const session = await open(cloud)
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'bad_request',
      hint: expect.stringContaining('project_name'),
    })
    expect(cloud.asked).toHaveLength(1)
    await session.close()
  })

  test('a redirect is reported, and its target gets no password', async () => {
    const elsewhere = await sandbox()
    const cloud = await sandbox({ script: () => ({ status: 301, headers: { location: elsewhere.identityUrl } }) })
    const session = await open(cloud)
    await expect(session.request(tasks)).rejects.toMatchObject({ hint: expect.stringContaining(elsewhere.url) })
    expect(elsewhere.asked).toEqual([])
    await session.close()
  })

  test('a busy Keystone gets the request again', async () => {
    const cloud = await sandbox({
      script: (_, count) => (count === 1 ? { status: 503, headers: { 'retry-after': '7' } } : undefined),
    })
    const clock = new TestClock()
    const session = await open(cloud, { clock })
    await session.request(tasks)
    expect(clock.slept).toEqual([7000])
    await session.close()
  })

  const cut: ScriptedAnswer = { kind: 'change', change: (answer) => ({ ...answer, body: answer.body.slice(0, 40) }) }
  const keystoneBusy: ScriptedAnswer = {
    status: 503,
    headers: { 'x-openstack-request-id': 'req-1' },
    json: { error: { code: 503, message: 'Busy.', title: 'Service Unavailable' } },
  }
  const passing: [string, ScriptedAnswer][] = [
    ['a dropped connection', 'drop'],
    ['a lost answer', { kind: 'lost' }],
    ['a timeout', 'hang'],
    ['a cut answer', cut],
    ['500', { status: 500, text: '<h1>Internal Server Error</h1>' }],
    ['502', { status: 502, text: '<h1>Bad Gateway</h1>' }],
    ['503', { status: 503, text: '<h1>Service Unavailable</h1>' }],
    ['504', { status: 504, text: '<h1>Gateway Timeout</h1>' }],
  ]
  test.each(passing)('it is repeated after %s, because two tokens do no harm', async (_, told) => {
    const clock = new TestClock()
    const answer = () => (told === 'hang' ? hang(clock, 10_000) : told)
    const cloud = await sandbox({ script: (_, count) => (count <= 2 ? answer() : undefined) })
    const session = await open(cloud, { clock, requestTimeout: 10_000 })
    expect((await session.request(tasks)).status).toBe(200)
    expect(cloud.to('/identity/v3/auth/tokens')).toHaveLength(3)
    await session.close()
  })

  test.each(passing)('it is not repeated after %s with a passcode, which is valid for one login', async (_, told) => {
    const clock = new TestClock()
    const answer = () => (told === 'hang' ? hang(clock, 10_000) : told)
    const cloud = await sandbox({ script: (_, count) => (count === 1 ? answer() : undefined) })
    const auth = 'username: admin, passcode: "123456", project_name: admin'
    const session = await open(cloud, { auth, clock, more: 'auth_type: v3totp', requestTimeout: 10_000 })
    await expect(session.request(tasks)).rejects.toThrow()
    expect(cloud.asked).toHaveLength(1)
    await session.close()
  })

  test('it is repeated with a passcode if Keystone itself rejected it', async () => {
    const cloud = await sandbox({ script: (_, count) => (count === 1 ? keystoneBusy : undefined) })
    const auth = 'username: admin, passcode: "123456", project_name: admin'
    const session = await open(cloud, { auth, more: 'auth_type: v3totp' })
    await expect(session.request(tasks)).rejects.toMatchObject({ code: 'not_authenticated' })
    expect(cloud.asked).toHaveLength(2)
    await session.close()
  })

  test('it is repeated as often as `retries` specifies; the request adds no retries', async () => {
    const cloud = await sandbox({ script: () => 'drop' })
    const session = await open(cloud, { retries: 3 })
    await expect(session.request(tasks)).rejects.toMatchObject({ code: 'connection' })
    expect(cloud.asked).toHaveLength(4)
    await session.close()
  })

  test('without a scope there is no catalog, which the error says', async () => {
    const session = await open(await sandbox(), { auth: 'username: admin, password: secret' })
    await expect(session.request(tasks)).rejects.toMatchObject({ hint: expect.stringContaining('Set project_name') })
    await session.close()
  })
})

describe('invalid settings are reported before anything is sent', () => {
  test.each([
    ['auth_url: "", username: me', '', 'The cloud "one" in', 'has no auth_url'],
    ['auth_url: "h:5000"', '', 'clouds.yaml:3:12: auth_url must be a URL', ''],
    [`${USER}, system_scope: all`, '', 'two scopes: system_scope and project_name', ''],
    [`${USER}, trust_id: t`, '', 'two scopes: trust_id and project_name', ''],
    ['username: me, system_scope: some', '', 'system_scope must be "all"', ''],
    [USER, 'auth_type: v2password', 'The auth_type "v2password" of the cloud "one" is not supported', ''],
    [USER, 'cacert: /nowhere.pem', 'clouds.yaml:4:5: The cacert file /nowhere.pem cannot be read: no such file', ''],
    [USER, 'cacert: clouds.yaml', 'is not in PEM format', ''],
    [USER, 'cert: clouds.yaml', 'has a cert but no key', ''],
    [USER, 'key: clouds.yaml', 'has a key but no cert', ''],
  ])('%s %s', async (auth, more, ...messages) => {
    const error = await open(NOWHERE, { auth, more }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'configuration', hint: expect.any(String) })
    for (const message of messages) expect(String(error)).toContain(message)
  })

  test('an unknown auth_type lists the supported ones', async () => {
    await expect(open(NOWHERE, { more: 'auth_type: v3pasword' })).rejects.toMatchObject({
      hint: expect.stringMatching(
        /^Did you mean "v3password"\? Supported types: password, v3password, token, v3token, /,
      ),
    })
  })
})

describe('a missing secret', () => {
  test('causes one prompt in a terminal', async () => {
    const cloud = await sandbox()
    const asked: WantedSecret[] = []
    const ask = async (wanted: WantedSecret) => {
      asked.push(wanted)
      return 'secret'
    }
    const session = await open(cloud, { auth: 'username: admin, project_name: admin', ask })
    await revoke(cloud, (await session.login()).headers['x-auth-token'])
    await session.request(tasks)
    const { host } = new URL(cloud.identityUrl)
    expect(asked).toMatchObject([{ what: 'password', user: 'admin', host, cloud: 'one' }])
    expect(cloud.logins()).toBe(2)
    await session.close()
  })

  test('is an error without a terminal', async () => {
    const session = await open(NOWHERE, { auth: 'username: me' })
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'configuration',
      message: 'The cloud "one" has no password.',
      hint: 'Add password under auth: in clouds.yaml or secure.yaml, or set OS_PASSWORD.',
    })
    await session.close()
  })
})

test('the timeout comes from the options, otherwise from api_timeout', async () => {
  const clock = new TestClock()
  const cloud = await sandbox({ script: () => hang(clock, 5000) })
  for (const [options, seconds] of [
    [{ more: 'api_timeout: 0.2' }, 0.2],
    [{ more: 'api_timeout: 60', requestTimeout: 5000 }, 5],
  ] as const) {
    const session = await open(cloud, { ...options, clock, retries: 0 })
    await expect(session.request(tasks)).rejects.toThrow(`did not respond within ${seconds} s`)
    await session.close()
  }
})

test('the proxy of the environment is used', async () => {
  const cloud = await sandbox()
  const proxy = await sandbox({
    script: (asked) => forward(asked, asked.path.replace('http://keystone.invalid', `${cloud.url}/identity`)),
  })
  const { environment } = cloudFolder({ http_proxy: proxy.url, NO_PROXY: '10.0.0.0/8' })
  const session = await open({ identityUrl: 'http://keystone.invalid' }, { environment })
  await session.request(tasks)
  expect(proxy.asked.map(({ path }) => path)).toEqual([
    'http://keystone.invalid/v3/auth/tokens',
    `${cloud.url}/v2/tasks`,
  ])
  await session.close()
})
