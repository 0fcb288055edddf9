import { describe, expect, it } from 'vitest'
import type { ReadyTask } from '../../src/sandbox/index.js'
import type { Task } from '../../src/tasks/task.js'
import { type WaitManyOptions, waitForTasks } from '../../src/tasks/wait.js'
import { type GlanceOptions, glance } from '../helpers/glance.js'

/** For a task that never ends. */
const NEVER = Number.POSITIVE_INFINITY

/** A Glance with tasks that end after so many milliseconds, `t0` first; every second one fails. */
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

describe('the end of several', () => {
  it('is that of the last, and all are given whole in the order of their ids', async () => {
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

  it('with any is that of the first', async () => {
    const { wait, ids, waited } = await cloud([NEVER, 2000, NEVER])
    const { ended, running, error } = await wait(ids, { any: true })
    expect(idsOf(ended)).toEqual(['t1'])
    expect({ running, error }).toEqual({ running: ['t0', 't2'], error: undefined })
    expect(waited()).toBeLessThan(5000)
  })

  it('is there at once for none', async () => {
    const { wait, asked } = await cloud([])
    expect(await wait([])).toEqual({ ended: [], missing: [], running: [] })
    expect(asked).toEqual([])
  })
})

describe('requests', () => {
  const TEN_MINUTES = 600_000

  it('for 500 tasks that take ten minutes: one for each that ends, and two a look', async () => {
    const one = await cloud([TEN_MINUTES])
    await one.wait(one.ids)
    const many = await cloud(Array<number>(500).fill(TEN_MINUTES))
    const { ended } = await many.wait(many.ids)
    expect(ended).toHaveLength(500)
    const looks = one.asked.length
    expect(looks).toBeLessThanOrEqual(150)
    expect(many.asked.length - 500).toBeLessThanOrEqual(2 * looks)
  })

  it('for tasks that end one after the other, each is asked once', async () => {
    const { wait, ids, looksAt } = await cloud(Array.from({ length: 60 }, (_, i) => 1000 * (i + 1)))
    expect((await wait(ids)).ended).toHaveLength(60)
    // The last few are followed one by one.
    for (const id of ids.slice(0, 45)) expect(looksAt(id)).toBe(1)
  })

  it('are one by one where the list may not be seen', async () => {
    const { wait, ids, asked } = await cloud(Array<number>(20).fill(3000), ({ path }) =>
      path.includes('?') ? { status: 403, json: { message: 'no' } } : undefined,
    )
    expect((await wait(ids)).ended).toHaveLength(20)
    expect(asked.filter(({ path }) => path.includes('?'))).toHaveLength(1)
  })
})

describe('what goes wrong', () => {
  it('with one task leaves the others: one that is not there is missing', async () => {
    const { wait } = await cloud([1000, 2000])
    const { ended, missing } = await wait(['t0', 'gone', 't1'])
    expect(idsOf(ended)).toEqual(['t0', 't1'])
    expect(missing).toMatchObject([{ id: 'gone', error: { status: 404 } }])
  })

  it('with the network is outlived', async () => {
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

  it('with one task for good keeps none of the others from being seen', async () => {
    const { wait, ids } = await cloud([1000, 1000, 1000], ({ path }) =>
      path.endsWith('/t0') ? { status: 500, json: { message: 'unknown type' } } : undefined,
    )
    const { ended, running, error } = await wait(ids, { timeout: 60_000 })
    expect({ ended: idsOf(ended), running }).toEqual({ ended: ['t1', 't2'], running: ['t0'] })
    expect(error).toMatchObject({ code: 'wait_timeout' })
  })

  it('before anything was seen is told', async () => {
    const { wait, ids } = await cloud([1000, 1000], () => ({ status: 503 }))
    const { ended, running, error } = await wait(ids)
    expect({ ended, running }).toEqual({ ended: [], running: ids })
    expect(error).toMatchObject({ status: 503 })
  })

  it('at the deadline names those that had not ended', async () => {
    const { wait, ids } = await cloud([1000, NEVER, NEVER])
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
    const { wait, ids } = await cloud([1000, NEVER])
    const { ended, error } = await wait(ids, {
      signal: controller.signal,
      onUpdate: ({ status }) => status === 'success' && controller.abort(),
    })
    expect(idsOf(ended)).toEqual(['t0'])
    expect(error).toMatchObject({ code: 'aborted', hint: 'Take it up again with: glance-tasks wait t1' })
  })
})

it('a server that hangs does not hold a wait beyond its deadline', async () => {
  const { wait, ids } = await cloud([1000], (_, count) => (count > 1 ? 'hang' : undefined))
  const real = Date.now()
  const look = wait(ids, { timeout: 1, pollInterval: 1 })
  await expect(look).resolves.toMatchObject({ ended: [], error: { code: 'wait_timeout' } })
  expect(Date.now() - real).toBeLessThan(30_000)
})

it('tells after each look how many stand how', async () => {
  const counts: object[] = []
  const { wait, ids } = await cloud([1000, 8000, 8000])
  await wait(ids, { pollInterval: 5000, onLook: (each) => counts.push(each) })
  expect(counts).toEqual([{ pending: 3 }, { success: 1, processing: 2 }, { success: 2, failure: 1 }])
})
