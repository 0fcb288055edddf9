import { describe, expect, it } from 'vitest'
import { AbortedError } from '../../../src/errors.js'
import { systemClock } from '../../../src/http/clock.js'
import type { Service } from '../../../src/http/service.js'
import type { ReadyTask } from '../../../src/sandbox/index.js'
import type { Task } from '../../../src/tasks/task.js'
import { type WaitManyOptions, waitForTasks } from '../../../src/tasks/wait/wait.js'
import { type GlanceOptions, glance } from '../../helpers/glance.js'

/** Marks a response as one of Glance itself. */
const own = { 'x-openstack-request-id': 'req-1' }

/** The duration of a task that never ends. */
const NEVER = Number.POSITIVE_INFINITY

/** A Glance with tasks that end after this many milliseconds, `t0` first. Every second one fails. */
async function cloud(ends: readonly number[], script: NonNullable<GlanceOptions['script']> = () => undefined) {
  const tasks = ends.map((duration, i): ReadyTask => {
    const common = { id: `t${i}`, message: `about t${i}` }
    return duration === NEVER
      ? { ...common, status: 'pending' }
      : { ...common, duration, status: i % 2 === 0 ? 'success' : 'failure' }
  })
  const { service, clock, asked, to } = await glance({ tasks, script, http: { retry: { retries: 0 } } })
  const begin = clock.now()
  return {
    asked,
    ids: tasks.map(({ id = '' }) => id),
    wait: (ids: string[], options: WaitManyOptions = {}) => waitForTasks(service, clock, ids, options),
    waited: () => clock.now() - begin,
    looksAt: (id: string) => to(`/v2/tasks/${id}`).length,
  }
}

const idsOf = (tasks: readonly Task[]) => tasks.map(({ id }) => id)

describe('a wait for several tasks', () => {
  it('ends with the last task, and returns all in the order of the IDs', async () => {
    const { wait, ids } = await cloud([9000, 1000, 5000])
    const { ended, missing, running, error } = await wait(ids)
    expect(idsOf(ended)).toEqual(['t0', 't1', 't2'])
    expect(ended.map(({ status, message }) => `${status} ${message}`)).toEqual([
      'success about t0',
      'failure about t1',
      'success about t2',
    ])
    expect({ missing, running, error }).toEqual({ missing: [], running: [], error: undefined })
  })

  it.each([3, 30])('is seen of %i tasks whose ids the server writes in another letter case', async (count) => {
    const { wait, ids } = await cloud(Array<number>(count).fill(3000), ({ path }) => {
      const id = /\/tasks\/(T\d+)$/.exec(path)?.[1]
      return id === undefined ? undefined : { json: { id: id.toLowerCase(), status: 'success' } }
    })
    const shouted = ids.map((id) => id.toUpperCase())
    const { ended, missing, running, error } = await wait([...shouted, ...ids])
    expect(idsOf(ended)).toEqual(ids)
    expect({ missing, running, error }).toEqual({ missing: [], running: [], error: undefined })
  })

  it('ends with the first task if any is set', async () => {
    const { wait, ids, waited } = await cloud([NEVER, 2000, NEVER])
    const { ended, running, error } = await wait(ids, { any: true })
    expect(idsOf(ended)).toEqual(['t1'])
    expect({ running, error }).toEqual({ running: ['t0', 't2'], error: undefined })
    expect(waited()).toBeLessThan(5000)
  })

  it('ends at once without tasks', async () => {
    const { wait, asked } = await cloud([])
    expect(await wait([])).toEqual({ ended: [], missing: [], running: [], lastSeen: [] })
    expect(asked).toEqual([])
  })
})

describe('requests', () => {
  const TEN_MINUTES = 600_000

  it('for 200 tasks that take ten minutes: one for each task, and two for each poll', async () => {
    const one = await cloud([TEN_MINUTES])
    await one.wait(one.ids)
    const many = await cloud(Array<number>(200).fill(TEN_MINUTES))
    const { ended } = await many.wait(many.ids)
    expect(ended).toHaveLength(200)
    const looks = one.asked.length
    expect(looks).toBeLessThanOrEqual(150)
    expect(many.asked.length - 200).toBeLessThanOrEqual(2 * looks)
  })

  it('for tasks that end in turn: each is fetched once', async () => {
    const { wait, ids, looksAt } = await cloud(Array.from({ length: 60 }, (_, i) => 1000 * (i + 1)))
    expect((await wait(ids)).ended).toHaveLength(60)
    // The last few are fetched one by one.
    for (const id of ids.slice(0, 45)) expect(looksAt(id)).toBe(1)
  })

  it('are one by one if Glance forbids the list', async () => {
    const { wait, ids, asked } = await cloud(Array<number>(20).fill(3000), ({ path }) =>
      path.includes('?') ? { status: 403, headers: own, json: { message: 'no' } } : undefined,
    )
    expect((await wait(ids)).ended).toHaveLength(20)
    expect(asked.filter(({ path }) => path.includes('?'))).toHaveLength(1)
  })

  it.each([
    ['a 401', { status: 401, headers: {}, text: '' }],
    ["a proxy's 403", { status: 403, headers: { 'content-type': 'text/html' }, text: '<h1>403</h1>' }],
    ["a proxy's 404", { status: 404, headers: { 'content-type': 'text/html' }, text: '<h1>404</h1>' }],
    ['a 500', { status: 500, headers: own, text: '{"message": "no"}' }],
  ])('continue to use lists after %s for one of them', async (_, answer) => {
    let lists = 0
    const { wait, ids, asked } = await cloud(Array<number>(20).fill(60_000), ({ path }) =>
      path.includes('?') && ++lists === 3 ? answer : undefined,
    )
    expect((await wait(ids)).ended).toHaveLength(20)
    expect(asked.filter(({ path }) => path.includes('?')).length).toBeGreaterThan(10)
    expect(asked.filter(({ path }) => !path.includes('?'))).toHaveLength(20)
  })

  it('list pending tasks first, so that a task that starts meanwhile is not missed', async () => {
    const moved = (id: string, status: string) => ({ id, status, type: 'import' })
    const list = (tasks: object[]) => ({ json: { tasks, first: '/v2/tasks', schema: '/v2/schemas/tasks' } })
    const ids = Array.from({ length: 20 }, (_, i) => `t${i}`)
    let pending = ids
    let looks = 0
    const { wait, looksAt } = await cloud([], ({ path, query }) => {
      const status = query.get('status') ?? ''
      if (!path.includes('?')) return { json: moved(path.split('/').at(-1) ?? '', 'success') }
      if (status === 'pending') {
        const answer = list(pending.map((id) => moved(id, 'pending')))
        // Tasks start one by one between the two lists.
        pending = pending.slice(1)
        return answer
      }
      const processing = ++looks > 21 ? [] : ids.filter((id) => !pending.includes(id))
      return list(processing.map((id) => moved(id, 'processing')))
    })
    const { ended, error } = await wait(ids)
    expect(error).toBeUndefined()
    expect(ended).toHaveLength(20)
    // Each was in one of the lists on every poll until it ended.
    for (const id of ids) expect(looksAt(id)).toBe(1)
  })
})

describe('a failure', () => {
  it('for one task does not affect the others: a task that does not exist is missing', async () => {
    const { wait } = await cloud([1000, 2000])
    const { ended, missing } = await wait(['t0', 'gone', 't1'])
    expect(idsOf(ended)).toEqual(['t0', 't1'])
    expect(missing).toMatchObject([{ id: 'gone', error: { status: 404 } }])
  })

  it('of the network is tolerated', async () => {
    const notices: string[] = []
    const { wait, ids } = await cloud(Array<number>(30).fill(20_000), (_, count) => {
      if (count === 5) return 'drop' // a list
      return count > 20 && count % 5 === 0 ? { status: 503 } : undefined
    })
    const { ended, error } = await wait(ids, { onNotice: (text) => notices.push(text) })
    expect(error).toBeUndefined()
    expect(ended).toHaveLength(30)
    expect(notices[0]).toMatch(/Still waiting for 30 tasks\.$/)
    expect(notices[1]).toMatch(/Still waiting for \d+ tasks\.$/)
  })

  it('that lasts for many tasks does not affect the others, even without a list', async () => {
    const faulty = new Set(Array.from({ length: 20 }, (_, i) => `/v2/tasks/t${i}`))
    const { wait, ids } = await cloud(Array<number>(40).fill(1000), ({ path }) => {
      if (faulty.has(path)) return { status: 500, json: { message: 'unknown type' } }
      return path.includes('?') ? { status: 403, headers: own, json: { message: 'no' } } : undefined
    })
    const { ended, running } = await wait(ids, { timeout: 60_000 })
    expect(idsOf(ended)).toEqual(ids.slice(20))
    expect(running).toEqual(ids.slice(0, 20))
  })

  it('that lasts for one task does not affect the others', async () => {
    const { wait, ids } = await cloud([1000, 1000, 1000], ({ path }) =>
      path.endsWith('/t0') ? { status: 500, json: { message: 'unknown type' } } : undefined,
    )
    const { ended, running, error } = await wait(ids, { timeout: 60_000 })
    expect({ ended: idsOf(ended), running }).toEqual({ ended: ['t1', 't2'], running: ['t0'] })
    expect(error).toMatchObject({ code: 'wait_timeout' })
  })

  it.each([2, 30])('before any of %i tasks was seen is outlived until the timeout', async (count) => {
    const { wait, ids, waited } = await cloud(Array<number>(count).fill(1000), () => ({ status: 503 }))
    const { ended, running, lastSeen, error } = await wait(ids, { timeout: 30_000 })
    expect({ ended, running, lastSeen }).toEqual({ ended: [], running: ids, lastSeen: [] })
    expect(error).toMatchObject({ code: 'wait_timeout', cause: { status: 503 } })
    expect(waited()).toBe(30_000)
  })

  it('that lasts ends the wait, even beside a transient failure', async () => {
    const { wait, ids } = await cloud([NEVER, NEVER, 100], ({ path }, count) => {
      if (count <= 3) return undefined
      if (path.endsWith('/t0')) return { status: 503 }
      return path.endsWith('/t1') ? { status: 403, headers: own, json: { message: 'not yours' } } : undefined
    })
    const { ended, running, error } = await wait(ids)
    expect({ ended: idsOf(ended), running }).toEqual({ ended: ['t2'], running: ['t0', 't1'] })
    expect(error).toMatchObject({ status: 403 })
  })

  it('because the image was deleted: its tasks are missing after half a minute', async () => {
    const { wait, waited } = await cloud([NEVER], ({ path }, count) => {
      if (!path.startsWith('/v2/images')) return { status: 403, headers: own, json: { message: 'no' } }
      if (count > 1) return { status: 404, headers: own, json: { message: 'no such image' } }
      return { json: { tasks: [{ id: 't0', status: 'pending', created_at: '2026-11-23T00:00:00Z' }] } }
    })
    const { missing, error } = await wait(['t0'], { imageId: 'i' })
    expect({ missing, error }).toMatchObject({ missing: [{ id: 't0' }], error: undefined })
    expect(waited()).toBeGreaterThan(30_000)
    expect(waited()).toBeLessThan(40_000)
  })

  it('at the deadline names the tasks that have not ended', async () => {
    const { wait, ids } = await cloud([1000, NEVER, NEVER])
    const { ended, running, lastSeen, error } = await wait(ids, { timeout: 60_000 })
    expect(idsOf(ended)).toEqual(['t0'])
    expect(running).toEqual(['t1', 't2'])
    expect(lastSeen.map(({ id, status }) => `${id} ${status}`)).toEqual(['t1 pending', 't2 pending'])
    expect(error).toMatchObject({
      code: 'wait_timeout',
      message: '2 of 3 tasks did not end within 60 s.',
      taskIds: ['t1', 't2'],
      hint: 'The tasks continue. Wait for them again.',
      remedy: { kind: 'wait', taskIds: ['t1', 't2'] },
    })
  })

  it('by an abort keeps the ended tasks, and says how to continue', async () => {
    const controller = new AbortController()
    const { wait, ids } = await cloud([1000, NEVER])
    const { ended, error } = await wait(ids, {
      signal: controller.signal,
      onUpdate: ({ status }) => status === 'success' && controller.abort(),
    })
    expect(idsOf(ended)).toEqual(['t0'])
    expect(error).toMatchObject({
      code: 'aborted',
      hint: 'Wait for it again.',
      remedy: { kind: 'wait', taskIds: ['t1'] },
    })
  })
})

it.each([1, 30])('a server that hangs holds a wait for %i tasks for a second beyond its timeout', async (count) => {
  // With the real clock, because a hanging request takes real time.
  const { service, to, asked } = await glance({ script: () => 'hang' })
  const ids = Array.from({ length: count }, (_, i) => `t${i}`)
  const begin = performance.now()
  const { ended, running, error } = await waitForTasks(service, systemClock, ids, { timeout: 200 })
  const took = performance.now() - begin
  expect({ ended, running, error }).toMatchObject({ ended: [], running: ids, error: { code: 'wait_timeout' } })
  // One poll until the timeout, and the last one with a timeout of one second.
  expect(to('/v2/tasks/t0').length + to('/v2/tasks').length, JSON.stringify(asked)).toBe(2)
  expect(took).toBeGreaterThanOrEqual(1200)
})

describe('tasks that are no longer wanted', () => {
  it('are not fetched, and are not in the result', async () => {
    const { wait, ids, looksAt } = await cloud([NEVER, 20_000, NEVER])
    const wanted = new Set(ids)
    const { ended, missing, running, lastSeen } = await wait(ids, {
      onPoll: () => wanted.delete('t0') && wanted.delete('t2'),
      isWanted: (id) => wanted.has(id),
    })
    expect({ ended: idsOf(ended), missing, running, lastSeen }).toEqual({
      ended: ['t1'],
      missing: [],
      running: [],
      lastSeen: [],
    })
    expect(looksAt('t0')).toBe(1)
  })
})

describe('close()', () => {
  it('ends a wait between two polls', async () => {
    const { service, clock } = await glance({ tasks: [{ id: 't0', status: 'pending' }] })
    const closing = new AbortController()
    const closed: Service = {
      ...service,
      closed: closing.signal,
      async request(request) {
        if (closing.signal.aborted) throw new AbortedError('closed')
        return service.request(request)
      },
    }
    const sleep = (ms: number, signal?: AbortSignal) => {
      closing.abort()
      return clock.sleep(ms, signal)
    }
    const { running, error } = await waitForTasks(closed, { ...clock, sleep }, ['t0'], { timeout: 0 })
    expect({ running, error }).toMatchObject({ running: ['t0'], error: { code: 'aborted', message: 'closed' } })
  })
})

it('reports the number of tasks by status after each poll', async () => {
  const counts: object[] = []
  const { wait, ids } = await cloud([1000, 8000, 8000])
  await wait(ids, { pollInterval: 5000, onPoll: (each) => counts.push(each) })
  expect(counts).toEqual([{ pending: 3 }, { success: 1, processing: 2 }, { success: 2, failure: 1 }])
})
