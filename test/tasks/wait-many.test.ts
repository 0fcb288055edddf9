import { describe, expect, it } from 'vitest'
import type { Task } from '../../src/tasks/task.js'
import { type WaitManyOptions, waitForTasks } from '../../src/tasks/wait.js'
import { TestClock } from '../helpers/clock.js'
import { type Asked, serve, type Told } from '../helpers/server.js'
import { serviceAt } from '../helpers/service.js'

/** What a Glance does beside its work. */
interface Faults {
  /** Answers instead, for the n-th request. */
  instead?: (asked: Asked, count: number) => Told | undefined
}

/**
 * A Glance with tasks that end after so many milliseconds on the test's clock, `t0` first; those of which the time is
 * Infinity never do, and an odd one fails.
 */
async function glance(ends: readonly number[], { instead }: Faults = {}) {
  const clock = new TestClock()
  const begin = clock.now()
  const statusOf = (i: number) => {
    const age = clock.now() - begin
    const end = ends[i] ?? 0
    if (age >= end) return i % 2 === 0 ? 'success' : 'failure'
    return age >= end / 2 ? 'processing' : 'pending'
  }
  const taskOf = (i: number) => ({
    id: `t${i}`,
    type: 'import',
    status: statusOf(i),
    created_at: '2026-01-01T00:00:00Z',
  })
  const server = await serve((asked, count) => {
    const other = instead?.(asked, count)
    if (other) return other
    const { path, query } = asked
    const id = /\/tasks\/t(\d+)$/.exec(path)?.[1]
    if (id !== undefined && Number(id) < ends.length) {
      return { json: { ...taskOf(Number(id)), message: `about t${id}`, input: null, result: null } }
    }
    if (id !== undefined || path.includes('/tasks/')) return { status: 404, json: { message: 'Could not find task' } }
    const tasks = ends.map((_, i) => taskOf(i)).filter(({ status }) => status === query.get('status'))
    return { json: { tasks } }
  })
  const service = serviceAt(server.url, { clock, retry: { retries: 0 } })
  const wait = (ids: string[], options: WaitManyOptions = {}) => waitForTasks(service, clock, ids, options)
  const ids = ends.map((_, i) => `t${i}`)
  const looksAt = (id: string) => server.asked.filter(({ path }) => path.endsWith(`/tasks/${id}`)).length
  return { wait, ids, server, clock, begin, looksAt }
}

const idsOf = (tasks: readonly Task[]) => tasks.map(({ id }) => id)

describe('the end of several', () => {
  it('is that of the last, and all are given whole in the order of their ids', async () => {
    const { wait, ids } = await glance([9000, 1000, 5000])
    const { ended, missing, running, error } = await wait(ids)
    expect(idsOf(ended)).toEqual(['t0', 't1', 't2'])
    expect(ended.map(({ status, message }) => `${status} ${message}`)).toEqual([
      'success about t0',
      'failure about t1',
      'success about t2',
    ])
    expect({ missing, running, error }).toEqual({ missing: [], running: [], error: undefined })
  })

  it('with any is that of the first', async () => {
    const { wait, ids, clock, begin } = await glance([Number.POSITIVE_INFINITY, 2000, Number.POSITIVE_INFINITY])
    const { ended, running, error } = await wait(ids, { any: true })
    expect(idsOf(ended)).toEqual(['t1'])
    expect({ running, error }).toEqual({ running: ['t0', 't2'], error: undefined })
    expect(clock.now() - begin).toBeLessThan(5000)
  })

  it('is there at once for none', async () => {
    const { wait, server } = await glance([])
    expect(await wait([])).toEqual({ ended: [], missing: [], running: [] })
    expect(server.asked).toEqual([])
  })
})

describe('requests', () => {
  const TEN_MINUTES = 600_000

  it('for 500 tasks that take ten minutes: one for each that ends, and two a look', async () => {
    const one = await glance([TEN_MINUTES])
    await one.wait(one.ids)
    const many = await glance(Array<number>(500).fill(TEN_MINUTES))
    const { ended } = await many.wait(many.ids)
    expect(ended).toHaveLength(500)
    const looks = one.server.asked.length
    expect(looks).toBeLessThanOrEqual(150)
    expect(many.server.asked.length - 500).toBeLessThanOrEqual(2 * looks)
  })

  it('for tasks that end one after the other, each is asked once', async () => {
    const { wait, ids, looksAt } = await glance(Array.from({ length: 60 }, (_, i) => 1000 * (i + 1)))
    expect((await wait(ids)).ended).toHaveLength(60)
    // The last few are followed one by one.
    for (const id of ids.slice(0, 45)) expect(looksAt(id)).toBe(1)
  })

  it('are one by one where the list may not be seen', async () => {
    const { wait, ids, server } = await glance(Array<number>(20).fill(3000), {
      instead: ({ path }) => (path.includes('?') ? { status: 403, json: { message: 'no' } } : undefined),
    })
    expect((await wait(ids)).ended).toHaveLength(20)
    expect(server.asked.filter(({ path }) => path.includes('?'))).toHaveLength(1)
  })
})

describe('what goes wrong', () => {
  it('with one task leaves the others: one that is not there is missing', async () => {
    const { wait } = await glance([1000, 2000])
    const { ended, missing } = await wait(['t0', 'gone', 't1'])
    expect(idsOf(ended)).toEqual(['t0', 't1'])
    expect(missing).toMatchObject([{ id: 'gone', error: { status: 404 } }])
  })

  it('with the network is outlived', async () => {
    const notices: string[] = []
    const { wait, ids } = await glance(Array<number>(30).fill(20_000), {
      instead: (_, count) => {
        if (count === 50) return 'drop'
        return count > 32 && count % 5 === 0 ? { status: 503, json: {} } : undefined
      },
    })
    const { ended, error } = await wait(ids, { onNotice: (text) => notices.push(text) })
    expect(error).toBeUndefined()
    expect(ended).toHaveLength(30)
    expect(notices[0]).toMatch(/Still waiting for \d+ tasks\.$/)
  })

  it('with one task for good keeps none of the others from being seen', async () => {
    const { wait, ids } = await glance([1000, 1000, 1000], {
      instead: ({ path }) => (path.endsWith('/t0') ? { status: 500, json: { message: 'unknown type' } } : undefined),
    })
    const { ended, running, error } = await wait(ids, { timeout: 60_000 })
    expect({ ended: idsOf(ended), running }).toEqual({ ended: ['t1', 't2'], running: ['t0'] })
    expect(error).toMatchObject({ code: 'wait_timeout' })
  })

  it('before anything was seen is told', async () => {
    const { wait, ids } = await glance([1000, 1000], { instead: () => ({ status: 503, json: {} }) })
    const { ended, running, error } = await wait(ids)
    expect({ ended, running }).toEqual({ ended: [], running: ids })
    expect(error).toMatchObject({ status: 503 })
  })

  it('at the deadline names those that had not ended', async () => {
    const { wait, ids } = await glance([1000, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
    const { ended, running, error } = await wait(ids, { timeout: 60_000 })
    expect(idsOf(ended)).toEqual(['t0'])
    expect(running).toEqual(['t1', 't2'])
    expect(error).toMatchObject({
      code: 'wait_timeout',
      message: '2 of 3 tasks have not ended within 60 s.',
      taskIds: ['t1', 't2'],
      hint: 'The tasks go on; take them up again with: glance-tasks wait t1 t2',
    })
  })

  it('an abort keeps what has ended, and says how to go on', async () => {
    const controller = new AbortController()
    const { wait, ids } = await glance([1000, Number.POSITIVE_INFINITY])
    const { ended, error } = await wait(ids, {
      signal: controller.signal,
      onUpdate: ({ status }) => status === 'success' && controller.abort(),
    })
    expect(idsOf(ended)).toEqual(['t0'])
    expect(error).toMatchObject({ code: 'aborted', hint: 'Take it up again with: glance-tasks wait t1' })
  })
})

it('a server that hangs does not hold a wait beyond its deadline', async () => {
  const { wait, ids } = await glance([1000], { instead: (_, count) => (count > 1 ? 'hang' : undefined) })
  const real = Date.now()
  const look = wait(ids, { timeout: 1, pollInterval: 1 })
  await expect(look).resolves.toMatchObject({ ended: [], error: { code: 'wait_timeout' } })
  expect(Date.now() - real).toBeLessThan(30_000)
})

it('tells after each look how many stand how', async () => {
  const counts: object[] = []
  const { wait, ids } = await glance([1000, 8000, 8000])
  await wait(ids, { pollInterval: 5000, onLook: (each) => counts.push(each) })
  expect(counts).toEqual([{ pending: 3 }, { success: 1, processing: 2 }, { success: 2, failure: 1 }])
})
