import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { load } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { UnknownOutcomeError } from '../../src/errors.js'
import { type Connection, type ConnectOptions, connect, type ImportInput, type Task } from '../../src/index.js'
import { mapInOrder } from '../../src/tasks/map-in-order.js'
import { faultProxy, NETWORK_FAULTS, type Posted, PROXY_FAULTS } from '../helpers/fault-proxy.js'
import { randomFrom } from '../helpers/random.js'
import { hastyClock } from './helpers/hasty-clock.js'

/**
 * A bad network between the client and the real Glance: connections that break at any moment, and responses that are late,
 * truncated, corrupted, or errors although the request was processed. Each create must still start exactly one
 * task, or say that this is unknown and how to look. A list contains each task once, and a wait ends like its task.
 */

const { cloudsYaml, www } = inject('realCloud')
/** To repeat a run: FAULT_SEED=… */
const seed = Number(process.env.FAULT_SEED ?? Date.now() % 2 ** 31)
/** How much faster the clock of all waits runs; FAULT_HASTE=1 for real time. */
const HASTE = Number(process.env.FAULT_HASTE ?? 8)
/** How late a server processes a request that a proxy gave up, in milliseconds. */
const LATE = 45_000

const open: (() => Promise<unknown>)[] = []
let glanceUrl: string
let keystoneUrl: string
let direct: Connection

async function connectTo(settings: ConnectOptions = {}): Promise<Connection> {
  const environment = { env: { OS_CLIENT_CONFIG_FILE: cloudsYaml }, cwd: '/', home: '/dev/null', platform: 'linux' }
  const connection = await connect({ cloud: 'real', environment: environment as never, ...settings })
  open.push(() => connection.close())
  return connection
}

/** The same cloud through a proxy that disturbs every third request, or another share of them. */
async function throughFaults(rate = 1 / 3, retries = 10) {
  const proxy = await faultProxy({ target: glanceUrl, seed, rate })
  open.push(() => proxy.close())
  const settings = { image_endpoint_override: proxy.url }
  const { tasks } = await connectTo({ settings, clock: hastyClock(HASTE, randomFrom(seed)), retries })
  return { proxy, tasks }
}

/** A task that fails at once, because its input lacks the format. */
const input = { import_from: `${www}/image.raw`, image_properties: {} } as ImportInput

beforeAll(async () => {
  console.log(`faults: FAULT_SEED=${seed}`)
  direct = await connectTo()
  const answer = await direct.service.request({ method: 'GET', path: 'schemas/task' })
  glanceUrl = answer.request.url.origin
  const { clouds } = load(await readFile(cloudsYaml, 'utf8')) as { clouds: { real: { auth: { auth_url: string } } } }
  keystoneUrl = new URL(clouds.real.auth.auth_url).origin
})

afterAll(async () => {
  for (const close of open) await close()
})

/** One create, and its output. */
interface Created {
  name: string
  requestId: string
  /** The task, the error, and the notices, as text. */
  said: string
  id?: string | undefined
  error?: unknown
}

/** Starts a task with a unique image name, by which the test finds it in Glance. */
async function createNamed({ tasks }: Pick<Connection, 'tasks'>, name: string, retries: number): Promise<Created> {
  const made: Created = { name, requestId: '', said: '' }
  const say = (text: string) => {
    made.said += `${text}\n`
  }
  const onRequestId = (id: string) => {
    made.requestId = id
  }
  try {
    const image = { ...input, image_properties: { name } } as ImportInput
    const task = await tasks.create({ type: 'import', input: image, retries, onRequestId, onNotice: say })
    say(JSON.stringify(task))
    return { ...made, id: task.id }
  } catch (error) {
    const { message, hint, requestId, taskIds } = error as UnknownOutcomeError
    say([message, hint, requestId, ...(taskIds ?? [])].join(' '))
    return { ...made, error }
  }
}

/** Creates this many tasks, many at a time, each over the given connection. */
async function createMany(
  count: number,
  connection: () => Promise<Connection>,
  { retries = 4, concurrency = 20 } = {},
): Promise<Created[]> {
  const made: Created[] = []
  const names = Array.from({ length: count }, () => randomUUID())
  const create = async (name: string) => createNamed(await connection(), name, retries)
  for await (const each of mapInOrder(names, create, { concurrency })) made.push(each)
  return made
}

/** The tasks in Glance, by the name of their image. */
async function tasksByName(since: number): Promise<Map<string, Task[]>> {
  const byName = new Map<string, Task[]>()
  const time = new Date(Math.floor(since / 1000) * 1000)
  for (const task of await direct.tasks.list({ since: time, long: true }).all()) {
    const name = (task.input as { image_properties?: { name?: string } } | null)?.image_properties?.name ?? ''
    byName.set(name, [...(byName.get(name) ?? []), task])
  }
  return byName
}

/**
 * Compares each create with the tasks in Glance. Never two tasks for one create, except if the proxy sent it twice. Never a
 * task that the output names neither by its ID nor by its request ID. And no ordinary error if there is a task.
 */
async function check(made: readonly Created[], posts: readonly Posted[], since: number): Promise<void> {
  const byName = await tasksByName(since)
  const unknown = made.filter(({ error }) => error instanceof UnknownOutcomeError)
  const others = made.filter(({ error }) => error !== undefined && !(error instanceof UnknownOutcomeError))
  console.log(
    `faults: of ${made.length} creates ${unknown.length} unknown, ${others.length} failed, ${posts.length} POSTs, ` +
      `${posts.reduce((sum, { forwarded }) => sum + forwarded, 0)} of them at Glance`,
  )
  for (const { name, requestId, said, id, error } of made) {
    const found = byName.get(name) ?? []
    const sent = posts.filter(({ body }) => body.includes(name))
    const about = `${requestId}, ${JSON.stringify(sent.map(({ fault, forwarded }) => [fault, forwarded]))}: ${said}`
    const repeated = sent.filter(({ fault }) => fault === 'repeat').length
    expect(found.length, about).toBeLessThanOrEqual(1 + repeated)
    for (const task of found) expect(said.includes(task.id) || said.includes(task.request_id ?? '-'), about).toBe(true)
    if (id !== undefined)
      expect(
        found.map((task) => task.id),
        about,
      ).toContain(id)
    else if (error instanceof UnknownOutcomeError)
      expect(error.remedy?.kind, about).toMatch(/^(find_request|get_task)$/)
    else expect(found, about).toEqual([]) // an ordinary error means that there is no task
  }
}

describe('create', () => {
  const EVERY = [...NETWORK_FAULTS, ...PROXY_FAULTS]

  it.each([
    ['300 times through a bad network and bad proxies', 300, 1 / 3, 4],
    ['where hardly anything gets through', 40, 0.9, 1],
  ])('%s starts no task twice, and names each started task', async (_, count, rate, retries) => {
    const since = Date.now()
    const lateness = LATE / HASTE
    const proxy = await faultProxy({ target: glanceUrl, seed, rate, faults: EVERY, lateness })
    open.push(() => proxy.close())
    const settings = { image_endpoint_override: proxy.url }
    const connection = await connectTo({ settings, clock: hastyClock(HASTE, randomFrom(seed)), retries })
    const made = await createMany(count, async () => connection, { retries })
    await proxy.settled()
    console.log(`faults: ${JSON.stringify(proxy.counts)}`)
    const happened = new Set(proxy.posts.map(({ fault }) => fault))
    expect(
      EVERY.filter((fault) => !happened.has(fault)),
      'faults that no create has met',
    ).toEqual([])
    await check(made, proxy.posts, since)
  })

  it('that the server processes 45 s late is found, and sent once', async () => {
    const since = Date.now()
    // Between 45 s and the end of the search at 60 s, Glance has to process all requests, which takes it true time.
    const haste = Math.min(HASTE, 3)
    const lateness = LATE / haste
    const proxy = await faultProxy({ target: glanceUrl, seed, rate: 1, faults: ['late'], method: 'POST', lateness })
    open.push(() => proxy.close())
    const connection = await connectTo({
      settings: { image_endpoint_override: proxy.url },
      clock: hastyClock(haste, randomFrom(seed)),
    })
    const made = await createMany(20, async () => connection)
    expect(proxy.posts).toHaveLength(20)
    expect(proxy.counts.late).toBe(20)
    expect(made.filter(({ id }) => id === undefined)).toEqual([])
    await check(made, proxy.posts, since)
  })

  it('through a proxy that removes request IDs and loses responses is sent once, and its outcome is unknown', async () => {
    const since = Date.now()
    const losing = await faultProxy({
      target: glanceUrl,
      seed,
      rate: 0.5,
      faults: ['drop after sending'],
      method: 'POST',
    })
    const proxy = await faultProxy({ target: losing.url, seed, rate: 1, faults: ['strip'] })
    open.push(
      () => proxy.close(),
      () => losing.close(),
    )
    const connection = await connectTo({
      settings: { image_endpoint_override: proxy.url },
      clock: hastyClock(HASTE, randomFrom(seed)),
    })
    const made = await createMany(20, async () => connection)
    const lost = losing.counts['drop after sending']
    expect(lost).toBeGreaterThan(0)
    expect(losing.posts).toHaveLength(20)
    expect(made.filter(({ error }) => error instanceof UnknownOutcomeError).length).toBeGreaterThanOrEqual(lost)
    await check(made, proxy.posts, since)
  })

  it('behind a faulty Keystone never has an unknown outcome if nothing was sent', async () => {
    const since = Date.now()
    const faults = [...NETWORK_FAULTS, ...PROXY_FAULTS]
    const keystone = await faultProxy({ target: keystoneUrl, seed, rate: 0.9, faults })
    const glance = await faultProxy({ target: glanceUrl, seed, rate: 0 })
    open.push(
      () => keystone.close(),
      () => glance.close(),
    )
    const settings = { 'auth.auth_url': `${keystone.url}/v3`, image_endpoint_override: glance.url }
    // Each logs in separately.
    // Keystone needs much time to verify a password.
    const connection = () => connectTo({ settings, clock: hastyClock(HASTE, randomFrom(seed)), retries: 1 })
    const made = await createMany(40, connection, { concurrency: 4 })
    await keystone.settled()
    console.log(`faults of Keystone: ${JSON.stringify(keystone.counts)}`)
    expect(
      faults.filter((fault) => keystone.counts[fault] === 0),
      'faults that no login has met',
    ).toEqual([])
    const failed = made.filter(({ error }) => error !== undefined)
    expect(failed.length).toBeGreaterThan(0)
    expect(failed.filter(({ error }) => error instanceof UnknownOutcomeError)).toEqual([])
    for (const { name } of failed) expect(glance.posts.filter(({ body }) => body.includes(name))).toEqual([])
    await check(made, glance.posts, since)
  })
})

describe('list', () => {
  it.each([200, 1000])('has each of 10 000 tasks once, in pages of %i', async (pageSize) => {
    const before = (await direct.tasks.list().all()).map(({ id }) => id)
    expect(before.length).toBeGreaterThanOrEqual(10_000)
    const { tasks } = await throughFaults()
    const found = (await tasks.list({ pageSize }).all()).map(({ id }) => id)
    const set = new Set(found)
    expect(set.size).toBe(found.length)
    expect(before.filter((id) => !set.has(id))).toEqual([])
  })

  it('--long contains the details of each task', async () => {
    const { tasks } = await throughFaults()
    const found = await tasks.list({ long: true, limit: 300 }).all()
    expect(found).toHaveLength(300)
    for (const task of found) expect(task._incomplete ?? Object.hasOwn(task, 'message')).toBeTruthy()
  })
})

describe('wait', () => {
  it('ends when its tasks end, one by one and many at once', async () => {
    const { tasks } = await throughFaults()
    const ids: string[] = []
    for (let i = 0; i < 40; i++) ids.push((await direct.tasks.create({ type: 'import', input })).id)
    const [each, many] = await Promise.all([
      Promise.all(ids.slice(0, 12).map((id) => tasks.wait(id, { timeout: 1_200_000 }))),
      tasks.waitMany(ids, { timeout: 1_200_000 }),
    ])
    expect(many).toMatchObject({ missing: [], running: [] })
    expect(many.error).toBeUndefined()
    expect(many.ended.map(({ id }) => id)).toEqual(ids)
    for (const task of [...each, ...many.ended]) {
      expect(task).toMatchObject({ status: 'failure', message: expect.stringContaining('import_from_format') })
    }
  })
})
