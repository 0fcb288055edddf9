import { existsSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { CloudSettings } from '../../src/config/settings.js'
import { tokenFolder } from '../../src/identity/tokens/cached-token.js'
import { openSession, type SessionOptions } from '../../src/session/session.js'
import { TestClock } from '../helpers/clock.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { sandbox, type TestSandbox, withToken } from '../helpers/sandbox.js'
import { settingsWith } from '../helpers/settings.js'

const IMAGE = { interfaces: ['public'], serviceType: 'image' }
const tasks = { method: 'GET', path: 'tasks' } as const

/** A session of the sandbox's admin, and its messages. */
async function open(cloud: TestSandbox, change: Partial<CloudSettings> = {}, options: Partial<SessionOptions> = {}) {
  const { environment } = cloudFolder()
  const auth = { auth_url: cloud.identityUrl, username: 'admin', password: 'secret', project_name: 'admin' }
  const settings = settingsWith({ ...auth, ...change.auth }, { ...change, auth: { ...auth, ...change.auth } })
  const told: string[] = []
  const session = await openSession(settings, {
    clock: new TestClock(),
    environment,
    userAgent: 'test',
    warn: (text) => void told.push(text),
    ...options,
  })
  onTestFinished(() => session.close())
  return { session, settings, told, isKept: () => existsSync(tokenFolder(environment)) }
}

describe('whether a session caches its token on disk', () => {
  test.each<[Partial<SessionOptions>, Partial<CloudSettings>, boolean]>([
    [{ tokenCache: true }, {}, true],
    [{ tokenCache: true, verbose: () => {} }, {}, true],
    [{ tokenCache: false }, {}, false],
    [{}, {}, false],
    [{ tokenCache: true }, { cacheToken: false }, false],
    [{ tokenCache: true }, { tls: { verify: false } }, false],
    [{ tokenCache: true }, { authType: 'admin_token', auth: { token: 't' } }, false],
  ])('%j %j: %s', async (options, change, kept) => {
    const cloud = await sandbox()
    const { session, isKept } = await open(
      cloud,
      { ...change, image: { ...IMAGE, endpointOverride: cloud.imageUrl } },
      options,
    )
    await session.login()
    await session.close()
    expect(isKept()).toBe(kept)
  })
})

test('a session has its cloud, its region and its settings', async () => {
  const { session, settings } = await open(await sandbox(), { image: { ...IMAGE, regionName: 'RegionOne' } })
  expect([session.cloud, session.region]).toEqual(['one', 'RegionOne'])
  expect(session.settings).toBe(settings)
  expect(JSON.stringify(session)).not.toContain('secret')
})

describe('the endpoint', () => {
  test('comes from the catalog, after a login', async () => {
    const cloud = await sandbox()
    const { session } = await open(cloud)
    expect((await session.endpoint()).href).toBe(`${cloud.url}/v2/`)
    expect(cloud.logins()).toBe(1)
  })

  test('comes from auth.endpoint only if there is no catalog', async () => {
    const cloud = await sandbox()
    const auth = { endpoint: 'http://h/elsewhere' }
    expect((await (await open(cloud, { auth })).session.endpoint()).href).toBe(`${cloud.url}/v2/`)
    const bare = await sandbox({
      faults: ({ path }) => (path.endsWith('/auth/tokens') ? withToken({ catalog: [] }) : undefined),
    })
    expect((await (await open(bare, { auth })).session.endpoint()).href).toBe('http://h/elsewhere/v2/')
    expect(
      (await (await open(bare, { auth, image: { ...IMAGE, endpointOverride: 'http://o' } })).session.endpoint()).href,
    ).toBe('http://o/v2/')
  })

  test('is found again for each login: the catalog of the new one counts', async () => {
    let at = ''
    const cloud = await sandbox({
      faults: ({ path }) =>
        path.endsWith('/auth/tokens')
          ? withToken({ catalog: [{ type: 'image', endpoints: [{ interface: 'public', url: cloud.url + at }] }] })
          : undefined,
    })
    const clock = new TestClock()
    const { session } = await open(cloud, {}, { clock })
    expect((await session.endpoint()).pathname).toBe('/v2/')
    at = '/moved'
    expect((await session.endpoint()).pathname).toBe('/v2/')
    clock.advance(86_400_000)
    expect((await session.endpoint()).pathname).toBe('/moved/v2/')
  })

  test('is not determined if the signal aborted', async () => {
    const cloud = await sandbox()
    const { session } = await open(cloud)
    await expect(session.endpoint(AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' })
    await expect(session.login(AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' })
    await expect(session.request({ ...tasks, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
    expect(cloud.to('/v2/tasks')).toEqual([])
  })
})

test('opening a session warns of an ignored setting', async () => {
  const cloud = await sandbox()
  const change = {
    tls: { verify: false, cacert: 'ca.pem' },
    sources: { cacert: { kind: 'variable', name: 'OS_CACERT' } },
  } as const
  expect((await open(cloud, change)).told).toEqual([expect.stringContaining('OS_CACERT')])
  await expect(open(cloud, change, { warn: undefined })).resolves.toBeTruthy()
})

describe('a request', () => {
  test.each([
    [{ a: undefined, b: 0, c: '' }, '?b=0&c='],
    [{ a: ['x', 'y'], b: [] }, '?a=x&a=y'],
    [{ a: 'ä &=/' }, '?a=%C3%A4+%26%3D%2F'],
    [{}, ''],
    [undefined, ''],
  ])('with the query %j', async (query, search) => {
    const cloud = await sandbox({ script: ({ path }) => (path.startsWith('/v2') ? { json: {} } : undefined) })
    await (await open(cloud)).session.request({ ...tasks, query })
    expect(cloud.asked.at(-1)?.path).toBe(`/v2/tasks${search}`)
  })

  test('that is redirected fails with the URL, the status and the request ID', async () => {
    const headers = { 'x-openstack-request-id': 'req-1' }
    const cloud = await sandbox({
      script: ({ path }) => (path.startsWith('/v2') ? { status: 300, headers } : undefined),
    })
    const { session } = await open(cloud)
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'unexpected_answer',
      message: expect.stringMatching(new RegExp(`^GET ${cloud.url}/v2/tasks .*300`)),
      requestId: 'req-1',
      hint: expect.stringContaining('image_endpoint_override'),
      remedy: { kind: 'diagnose' },
    })
    expect(cloud.to('/v2/tasks')).toHaveLength(1)
  })

  test.each([200, 204, 299])('is answered by %i', async (status) => {
    const cloud = await sandbox({ script: ({ path }) => (path.startsWith('/v2') ? { status, text: '' } : undefined) })
    expect((await (await open(cloud)).session.request(tasks)).status).toBe(status)
  })

  test.each([
    ['GET', 2, 2],
    ['DELETE', 1, 1],
    ['POST', 1, 1],
  ] as const)('%s that something refuses by 401: %i logins', async (method, logins, requests) => {
    const cloud = await sandbox({
      script: ({ path }) => (path.startsWith('/v2') ? { status: 401, text: '<h1>No</h1>' } : undefined),
    })
    const { session } = await open(cloud)
    await expect(session.request({ method, path: 'tasks' })).rejects.toMatchObject({ status: 401 })
    expect([cloud.logins(), cloud.to('/v2/tasks').length]).toEqual([logins, requests])
  })

  test('that fails in another way with the new token reports that failure', async () => {
    let count = 0
    const cloud = await sandbox({
      script: ({ path }) => (path.startsWith('/v2') ? { status: count++ === 0 ? 401 : 403 } : undefined),
    })
    const { session } = await open(cloud)
    await expect(session.request(tasks)).rejects.toMatchObject({
      code: 'not_allowed',
      hint: expect.stringContaining('tasks_api_access'),
    })
    expect(cloud.logins()).toBe(2)
  })

  test('follows its options retry and retryStatuses', async () => {
    const cloud = await sandbox({ script: ({ path }) => (path.startsWith('/v2') ? { status: 500 } : undefined) })
    const { session } = await open(cloud)
    const asked = async (more: object) => {
      const before = cloud.asked.length
      await session.request({ ...tasks, retries: 2, ...more }).catch(() => {})
      return cloud.asked.length - before
    }
    await session.login()
    expect(await asked({})).toBe(1)
    expect(await asked({ retryStatuses: [500] })).toBe(3)
    expect(await asked({ retryStatuses: [500], retry: false })).toBe(1)
    expect(await asked({ retryStatuses: [500], method: 'POST', body: '{}' })).toBe(1)
    expect(await asked({ retryStatuses: [500], method: 'POST', body: '{}', retry: true })).toBe(3)
  })

  test('for JSON is sent again if the answer is damaged', async () => {
    const cloud = await sandbox({ script: ({ path }) => (path.startsWith('/v2') ? { text: '{"tasks":' } : undefined) })
    const { session } = await open(cloud)
    expect((await session.request(tasks)).body).toBe('{"tasks":')
    await expect(session.request({ ...tasks, json: true, retries: 1 })).rejects.toMatchObject({ isDamaged: true })
    expect(cloud.to('/v2/tasks')).toHaveLength(3)
  })
})
