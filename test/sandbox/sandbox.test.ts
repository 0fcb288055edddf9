import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { createServer } from 'node:net'
import { load } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.js'
import {
  type FaultyRequest,
  type ReadyTask,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from '../../src/sandbox/index.js'
import { TestClock } from '../helpers/clock.js'
import { createTask, login, sandbox, send } from '../helpers/sandbox.js'

test('every cloud in the clouds.yaml can log in', async () => {
  const cloud = await sandbox({
    accounts: [{ name: 'odd one', password: '0123 "no": é', projects: { 'a b': ['reader'] } }],
  })
  const { clouds } = load(cloud.cloudsYaml) as { clouds: Record<string, { auth: Record<string, string> }> }
  expect(Object.keys(clouds)).toEqual([
    'sandbox',
    'sandbox-app',
    'sandbox-member',
    'sandbox-member-app',
    'sandbox-odd one',
  ])
  for (const { auth } of Object.values(clouds)) {
    const identity = auth.username
      ? {
          methods: ['password'],
          password: { user: { name: auth.username, domain: { name: 'Default' }, password: auth.password } },
        }
      : {
          methods: ['application_credential'],
          application_credential: { id: auth.application_credential_id, secret: auth.application_credential_secret },
        }
    const scope = auth.project_name && { project: { name: auth.project_name, domain: { name: 'Default' } } }
    const body = { auth: { identity, ...(scope && { scope }) } }
    expect((await send(`${auth.auth_url}/auth/tokens`, { method: 'POST', body })).status).toBe(201)
  }
})

test('a port that is in use is an error with a hint', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as { port: number }
  const error = await startSandbox({ port }).catch((thrown) => thrown)
  taken.close()
  expect(error.message).toContain(`127.0.0.1:${port}`)
  expect(error.hint).toBe('Use another port, or omit the port to get a free one.')
})

test.each<SandboxOptions>([
  { port: 65_536 },
  { port: 1.5 },
  { seed: -1 },
  { taskDuration: Number.NaN },
  { tokenTtl: -5 },
  { failureRate: 1.1 },
  { stores: [] },
  { stores: ['fast', ''] },
  {
    accounts: [
      { name: 'x', password: 'x', projects: {}, credentials: [{ name: 'c', secret: 's', project: 'nowhere' }] },
    ],
  },
])('the options %j are refused', async (options) => {
  await expect(startSandbox(options)).rejects.toBeInstanceOf(UsageError)
})

test('an account replaces the default account of the same name', async () => {
  const admin = { name: 'admin', password: 'another', projects: { admin: ['reader' as const] } }
  const cloud = await sandbox({ accounts: [admin] })
  expect(await login(cloud)).toBe('')
  expect(cloud.cloudsYaml.match(/username: admin/g)).toHaveLength(1)
})

test('requests are logged', async () => {
  const cloud = await sandbox()
  await send(`${cloud.imageUrl}/v2/tasks?limit=1`)
  expect(cloud.requests).toEqual([{ method: 'GET', path: '/v2/tasks?limit=1', status: 401 }])
})

test.each([
  ['http://cloud.example:1234/region-two/v2?x=1', 'http://cloud.example:1234/region-two/v2/'],
  ['HTTP://cloud.example/v2', 'http://cloud.example/v2/'],
])('a request target may be a whole URL: %s', async (target, location) => {
  const cloud = await sandbox()
  const token = await login(cloud)
  const { status, headers } = await getTarget(cloud, target, token)
  // The URL's host overrides the Host header.
  expect([status, headers.location]).toEqual([302, location])
  expect(cloud.requests.at(-1)).toEqual({ method: 'GET', path: target, status: 302 })
})

test.each(['http://cloud.example', 'http://cloud.example?x=1'])(
  'a URL without a path means the root: %s',
  async (target) => {
    const { status, text } = await getTarget(await sandbox(), target)
    expect(status).toBe(300)
    expect(text).toContain('"href": "http://cloud.example/v2/"')
  },
)

test('a fault chooser gets a whole URL as sent', async () => {
  const seen: FaultyRequest[] = []
  const cloud = await sandbox({ faults: (request) => void seen.push(request) })
  await getTarget(cloud, 'http://cloud.example/identity/v3?x=1')
  expect(seen).toMatchObject([{ service: 'identity', path: 'http://cloud.example/identity/v3?x=1' }])
})

/** Sends exactly this request target. */
async function getTarget(cloud: Sandbox, target: string, token = '') {
  const outgoing = request(cloud.url, { path: target, headers: { 'X-Auth-Token': token }, agent: false }).end()
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = await answer.toArray()
  return { status: answer.statusCode, headers: answer.headers, text: Buffer.concat(chunks).toString() }
}

describe('regions and interfaces', () => {
  test('each region has its own tasks, which its interfaces share', async () => {
    const cloud = await sandbox()
    const token = await login(cloud)
    const { id } = (await createTask(cloud, token)).json
    const count = async (base: string) => (await send(`${cloud.url}${base}/v2/tasks`, { token })).json.tasks.length
    expect(await Promise.all(['', '/internal', '/admin', '/region-two', '/region-two/internal'].map(count))).toEqual([
      1, 1, 1, 0, 0,
    ])
    expect((await send(`${cloud.url}/internal/v2/tasks/${id}`, { token })).json.self).toBe(`/v2/tasks/${id}`)
  })

  test('Location omits the prefix, as behind a proxy, but the versions contain it', async () => {
    const cloud = await sandbox()
    const created = await createTask({ ...cloud, imageUrl: `${cloud.url}/internal` }, await login(cloud))
    expect(created.headers.get('location')).toBe(`${cloud.url}/v2/tasks/${created.json.id}`)
    const { json } = await send(`${cloud.url}/internal/`)
    expect(json.versions[0].links[0].href).toBe(`${cloud.url}/internal/v2/`)
  })
})

describe('the option tasks', () => {
  const TASKS: ReadyTask[] = [
    { id: 'a' },
    {
      id: 'b',
      type: 'api_image_import',
      status: 'failure',
      created_at: '2026-01-01T00:00:00Z',
      updated_at: '2026-01-01T00:01:00Z',
      expires_at: '2030-01-01T00:00:00Z',
      input: { size: 1 },
      message: 'why',
      image_id: 'i',
      request_id: 'r',
      user_id: 'u',
    },
    { id: 'c', status: 'processing', created_at: '2025-01-01T00:00:00Z' },
  ]

  test('creates tasks with the given values, and defaults for the others', async () => {
    const cloud = await sandbox({ clock: new TestClock(Date.parse('2026-06-01T00:00:00Z')), tasks: TASKS })
    const token = await login(cloud)
    const show = async (id: string) => (await send(`${cloud.imageUrl}/v2/tasks/${id}`, { token })).json
    expect((await send(`${cloud.imageUrl}/v2/tasks`, { token })).json.tasks).toHaveLength(3)
    expect(await show('a')).toMatchObject({
      type: 'import',
      status: 'success',
      message: '',
      created_at: '2026-06-01T00:00:00Z',
      updated_at: '2026-06-01T00:00:00Z',
      expires_at: '2026-06-03T00:00:00Z',
    })
    expect(await show('b')).toMatchObject(TASKS[1] ?? {})
    expect(await show('c')).not.toHaveProperty('expires_at')
  })

  test('lists no task that ended more than 48 hours ago, unless expires_at is null', async () => {
    const old = { created_at: '2026-11-20T23:59:59Z' }
    const tasks = [
      { id: 'a', ...old },
      { id: 'b', ...old, expires_at: null },
      { id: 'c', created_at: '2026-11-21T00:00:01Z' },
    ]
    const cloud = await sandbox({ clock: new TestClock(), tasks })
    const { json } = await send(`${cloud.imageUrl}/v2/tasks`, { token: await login(cloud) })
    expect(json.tasks.map(({ id }: { id: string }) => id)).toEqual(['c', 'b'])
  })

  test('ends a task after its duration', async () => {
    const clock = new TestClock()
    const result = { image_id: 'i' }
    const cloud = await sandbox({ clock, tasks: [{ id: 'a', duration: 8000, message: 'done', result }] })
    const token = await login(cloud)
    const show = async () => (await send(`${cloud.imageUrl}/v2/tasks/a`, { token })).json
    expect(await show()).toMatchObject({ status: 'pending', message: '', result: null })
    clock.advance(2000)
    expect(await show()).toMatchObject({ status: 'processing', message: '', result: null })
    clock.advance(6000)
    expect(await show()).toMatchObject({ status: 'success', message: 'done', result })
  })

  test.each<[ReadyTask[], string]>([
    [[{}, { created_at: 'yesterday' }], 'tasks[1].created_at: "yesterday" is not a time.'],
    [[{ expires_at: '' }], 'tasks[0].expires_at: "" is not a time.'],
    [[{ id: 'a' }, { id: 'a' }], 'tasks[1]: another task also has the ID a.'],
  ])('refuses %j', async (tasks, message) => {
    await expect(startSandbox({ tasks })).rejects.toMatchObject({ code: 'usage', message })
  })
})

test('closes at the end of a block with `await using`', async () => {
  let url: string
  {
    await using cloud = await startSandbox()
    url = cloud.url
    await expect(fetch(url)).resolves.toMatchObject({ status: 300 })
  }
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})

describe('the option seed', () => {
  test('generates the given number of tasks, of every status and type', async () => {
    const cloud = await sandbox({ seed: 300 })
    const token = await login(cloud)
    const { tasks } = (await send(`${cloud.imageUrl}/v2/tasks?limit=1000`, { token })).json
    expect(tasks).toHaveLength(300)
    const times = tasks.map((task: { created_at: string }) => task.created_at)
    expect(times).toEqual(times.toSorted().reverse())
    const kinds = (key: string) => [...new Set(tasks.map((task: Record<string, string>) => task[key]))].sort()
    expect(kinds('status')).toEqual(['failure', 'pending', 'processing', 'success'])
    expect(kinds('type')).toEqual(['api_image_import', 'import'])
  })

  test('generates no task that is too old to be listed', async () => {
    const cloud = await sandbox({ seed: 30_000 })
    const token = await login(cloud)
    const oldest = (await send(`${cloud.imageUrl}/v2/tasks?sort_dir=asc&limit=100`, { token })).json.tasks
    expect(oldest.filter(({ status }: { status: string }) => status === 'success').length).toBeGreaterThan(50)
  })

  test('generates the same tasks at every start', async () => {
    const ids = async () => {
      const cloud = await sandbox({ seed: 5 })
      const { json } = await send(`${cloud.imageUrl}/v2/tasks`, { token: await login(cloud) })
      return json.tasks.map(({ id }: { id: string }) => id)
    }
    expect(await ids()).toEqual(await ids())
  })
})

describe('expired tasks', () => {
  const TWO_DAYS = 48 * 3_600_000

  async function expired() {
    const clock = new TestClock()
    const cloud = await sandbox({ clock, taskDuration: 1000, tokenTtl: 10 * TWO_DAYS, openTasks: true })
    const [admin, demo] = [await login(cloud), await login(cloud, 'demo')]
    const { id } = (await createTask(cloud, demo)).json
    clock.advance(1000 + TWO_DAYS + 1)
    const list = async (token: string) => (await send(`${cloud.imageUrl}/v2/tasks`, { token })).json.tasks.length
    const get = async (token: string) => (await send(`${cloud.imageUrl}/v2/tasks/${id}`, { token })).status
    const marker = async (token: string) => (await send(`${cloud.imageUrl}/v2/tasks?marker=${id}`, { token })).status
    return { admin, demo, list, get, marker }
  }

  test('are removed when a user of their project lists tasks', async () => {
    const { admin, demo, list, get, marker } = await expired()
    // No user of the project has listed tasks yet, so the task still exists. The admin is in another project.
    expect([await list(admin), await get(demo)]).toEqual([1, 200])
    expect(await list(demo)).toBe(0)
    expect([await list(admin), await get(demo), await marker(demo)]).toEqual([0, 404, 400])
    // An admin still finds it by its id.
    expect([await get(admin), await marker(admin)]).toEqual([200, 200])
  })
})
