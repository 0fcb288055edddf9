import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { UnknownOutcomeError } from '../../src/errors.js'
import { type Clock, sleep } from '../../src/http/sleep.js'
import { type Connection, type ConnectOptions, connect, type ImportInput } from '../../src/index.js'
import { newRequestId } from '../../src/tasks/find-by-request-id.js'
import { inOrder } from '../../src/tasks/in-order.js'
import { faultProxy } from '../helpers/fault-proxy.js'
import { randomFrom } from '../helpers/random.js'

/**
 * A bad network between the client and the real Glance: connections that break at every moment, answers that are late,
 * cut, corrupted, or errors although the request was carried out. What must hold all the same: each create makes one
 * task or says plainly that it does not know, a list has each task once, a wait ends as its task does.
 */

const { cloudsYaml, www } = inject('realCloud')
/** To repeat a run: FAULT_SEED=… */
const seed = Number(process.env.FAULT_SEED ?? Date.now() % 2 ** 31)
/** Everything that waits does so by a clock that runs so much faster. */
const HASTE = 8

const open: (() => Promise<unknown>)[] = []
let glanceUrl: string
let direct: Connection

/** A clock that runs faster than the machine's, and whose chances are the seed's. */
function hastyClock(): Clock {
  const begin = Date.now()
  return {
    now: () => begin + (Date.now() - begin) * HASTE,
    monotonic: () => performance.now() * HASTE,
    sleep: (ms, signal) => sleep(ms / HASTE, signal),
    random: randomFrom(seed),
  }
}

async function connectTo(settings: ConnectOptions = {}): Promise<Connection> {
  const environment = { env: { OS_CLIENT_CONFIG_FILE: cloudsYaml }, cwd: '/', home: '/nonexistent', platform: 'linux' }
  const connection = await connect({ cloud: 'real', environment: environment as never, ...settings })
  open.push(() => connection.close())
  return connection
}

/** The same cloud through a proxy that does something to every third request, or to another share of them. */
async function throughFaults(rate = 1 / 3, retries = 10) {
  const proxy = await faultProxy({ target: glanceUrl, seed, rate })
  open.push(() => proxy.close())
  const settings = { image_endpoint_override: proxy.url }
  const { tasks } = await connectTo({ settings, clock: hastyClock(), retries })
  return { proxy, tasks }
}

/** A task that Glance starts and that fails at once: its input lacks the format. */
const input = { import_from: `${www}/image.raw`, image_properties: {} } as ImportInput

beforeAll(async () => {
  console.log(`faults: FAULT_SEED=${seed}`)
  direct = await connectTo()
  const answer = await direct.service.request({ method: 'GET', path: 'schemas/task' })
  glanceUrl = answer.request.url.origin
})

afterAll(async () => {
  for (const close of open) await close()
})

/** Creates so many tasks through a bad network; checks each against what Glance has, and counts those left unknown. */
async function createMany(count: number, rate: number, retries: number): Promise<number> {
  const { proxy, tasks } = await throughFaults(rate, retries)
  const create = async (requestId: string) => {
    try {
      return { requestId, id: (await tasks.create({ type: 'import', input, requestId, retries })).id }
    } catch (error) {
      return { requestId, error }
    }
  }
  const made: { requestId: string; id?: string; error?: unknown }[] = []
  for await (const each of inOrder(Array.from({ length: count }, newRequestId), create, { concurrency: 24 }))
    made.push(each)
  await proxy.settled()
  console.log(`faults: ${JSON.stringify(proxy.counts)}`)
  expect(Math.min(...Object.values(proxy.counts)), 'every fault has happened').toBeGreaterThan(0)

  for (const { requestId, id, error } of made) {
    const found = (await direct.tasks.list({ requestId }).all()).map((task) => task.id)
    if (id !== undefined) {
      expect(found, requestId).toEqual([id])
    } else if (error instanceof UnknownOutcomeError) {
      expect(error.hint, requestId).toContain(requestId)
      expect(found.length, requestId).toBeLessThanOrEqual(1)
    } else {
      expect(found, `${requestId}: ${error}`).toEqual([]) // a plain error says that there is none
    }
  }
  const unknown = made.filter(({ id }) => id === undefined).length
  console.log(`faults: ${unknown} of ${count} creates unknown`)
  return unknown
}

describe('create', () => {
  it('300 times makes 300 tasks, or says of which it does not know', async () => {
    expect(await createMany(300, 1 / 3, 10)).toBeLessThan(30)
  })

  it('where hardly anything gets through, makes none twice and names each that is unknown', async () => {
    expect(await createMany(40, 0.9, 1)).toBeGreaterThan(0)
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

  it('--long gives the details of each', async () => {
    const { tasks } = await throughFaults()
    const found = await tasks.list({ long: true, limit: 300 }).all()
    expect(found).toHaveLength(300)
    for (const task of found) expect(task._incomplete ?? Object.hasOwn(task, 'message')).toBeTruthy()
  })
})

describe('wait', () => {
  it('ends as the tasks do, one by one and many at once', async () => {
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
