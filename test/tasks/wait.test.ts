import { describe, expect, it } from 'vitest'
import { ConnectionError, NotFoundError, UsageError, WaitTimeoutError } from '../../src/errors.js'
import type { Service } from '../../src/http/service.js'
import type { ReadyTask } from '../../src/sandbox/index.js'
import { pollIntervals } from '../../src/tasks/poll-intervals.js'
import { type WaitOptions, waitForTask } from '../../src/tasks/wait.js'
import { TestClock } from '../helpers/clock.js'
import { glance } from '../helpers/glance.js'
import { type Told, withKeys } from '../helpers/sandbox.js'

const answer = (status: number, headers: Record<string, string> = {}): Told => ({
  status,
  headers,
  json: { message: 'no' },
})

/** A task that is pending at the first look, and has succeeded at the next. */
const SHORT: ReadyTask = { duration: 1 }
const ENDED: ReadyTask = {}
const STUCK: ReadyTask = { status: 'processing' }

interface Waiting extends WaitOptions {
  /** What the first looks meet; undefined: Glance's own answer, as after the last one. */
  looks?: (Told | undefined)[]
}

/** Waits for a task, t1 by its id, at a server of its own. */
async function wait(task: ReadyTask, { looks = [], ...options }: Waiting = {}) {
  const { service, clock, asked } = await glance({
    tasks: [{ id: 't1', ...task }],
    script: (_, count) => looks[count - 1],
    http: { retry: { retries: 0 } },
  })
  const started = clock.now()
  const found = await waitForTask(service, clock, 't1', options)
  return { task: found, looks: asked.length, waited: clock.now() - started }
}

describe('the end', () => {
  it.each(['success', 'failure'] as const)('is %s, and the task is given whole', async (status) => {
    const ending = { message: 'why', result: { image_id: 'i' } }
    const seen: string[] = []
    const { task, looks } = await wait(
      { duration: 2000, status, ...ending },
      { pollInterval: 1000, onUpdate: (task) => seen.push(task.status) },
    )
    expect(task).toMatchObject({ status, ...ending })
    expect(seen).toEqual(['pending', 'processing', status])
    expect(looks).toBe(3)
  })

  it('is waited for through a status that is not known, or moves backwards', async () => {
    const statuses = ['processing', 'pending', 'hibernating'].map((status) => withKeys({ status }))
    expect((await wait(ENDED, { looks: statuses })).looks).toBe(4)
  })

  it('is looked for once where it has come already', async () => {
    expect(await wait(ENDED)).toMatchObject({ looks: 1, waited: 0 })
  })
})

describe('what a wait outlives once it has seen the task', () => {
  it.each<[string, Told]>([
    ['401', answer(401)],
    ['429', answer(429)],
    ['500', answer(500)],
    ['502', answer(502)],
    ['503', answer(503)],
    ['504', answer(504)],
    ['a dropped connection', 'drop'],
    ['a page of HTML', { text: '<html>maintenance</html>' }],
  ])('%s', async (_, fault) => {
    const notices: string[] = []
    const { task, looks } = await wait(SHORT, {
      looks: [undefined, fault, fault],
      onNotice: (text) => notices.push(text),
    })
    expect(task.status).toBe('success')
    expect(looks).toBe(4)
    expect(notices).toHaveLength(2)
    expect(notices[0]).toMatch(/Still waiting for task t1\.$/)
  })

  it('a Retry-After, which it honours', async () => {
    const { waited } = await wait(SHORT, { looks: [undefined, answer(503, { 'retry-after': '20' })] })
    expect(waited).toBeGreaterThan(20_000)
  })

  it.each([403, 404])('but not %i', async (status) => {
    await expect(wait(SHORT, { looks: [undefined, answer(status)] })).rejects.toMatchObject({ status })
  })
})

describe('what a wait outlives of the network', () => {
  it.each(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'ECONNRESET'])('%s', async (reason) => {
    const clock = new TestClock()
    let looks = 0
    const service: Service = {
      cloud: 'test',
      region: undefined,
      async request() {
        looks++
        if (looks === 2) throw new ConnectionError(`${reason}.`, { reason, sent: false })
        const body = JSON.stringify({ id: 't1', status: looks < 3 ? 'pending' : 'success' })
        const request = { method: 'GET', url: new URL('http://glance.invalid/') }
        return { request, status: 200, headers: {}, body, isGarbled: false }
      },
    }
    expect(await waitForTask(service, clock, 't1')).toMatchObject({ status: 'success' })
    expect(looks).toBe(3)
  })
})

describe('the first look', () => {
  it.each([401, 403, 404, 500, 503])('tells %i', async (status) => {
    await expect(wait(ENDED, { looks: [answer(status)] })).rejects.toMatchObject({ status })
  })

  it('takes 404 for "not yet" when the task is new, for half a minute', async () => {
    expect((await wait(ENDED, { looks: [answer(404), answer(404)], isNew: true })).looks).toBe(3)
    await expect(wait({ id: 'another' }, { isNew: true })).rejects.toThrow(NotFoundError)
  })

  it('outlives faults when the task is known to exist', async () => {
    expect((await wait(ENDED, { looks: ['drop', answer(503)], isNew: true })).looks).toBe(3)
  })
})

describe('the deadline', () => {
  it('ends the wait, and says how the task stood and how to go on', async () => {
    const error = await wait(STUCK, { timeout: 60_000 }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(WaitTimeoutError)
    expect(error.message).toBe('Task t1 has not ended within 60 s; it is processing.')
    expect(error.hint).toContain('glance-tasks wait t1')
  })

  it('is followed by no look beyond it, and has one at it', async () => {
    const looks: number[] = []
    const { service, clock } = await glance({
      tasks: [{ id: 't1', ...STUCK }],
      script: () => void looks.push(clock.now() - started),
    })
    const started = clock.now()
    await expect(waitForTask(service, clock, 't1', { timeout: 10_000 })).rejects.toThrow(WaitTimeoutError)
    expect(looks.at(-1)).toBe(10_000)
  })

  it('is an hour away by default, and not there with 0', async () => {
    await expect(wait(STUCK)).rejects.toThrow('has not ended within 3600 s')
    const long = { duration: 90_000_000 }
    expect((await wait(long, { timeout: 0, pollInterval: 60_000 })).waited).toBe(long.duration)
  })

  it('gives a machine that slept through it one more look', async () => {
    const { service, clock } = await glance({ tasks: [{ id: 't1', ...SHORT }] })
    const onUpdate = () => clock.advance(7_000_000) // the lid was closed
    await expect(waitForTask(service, clock, 't1', { timeout: 3_600_000, onUpdate })).resolves.toMatchObject({
      status: 'success',
    })
  })
})

describe('the pauses', () => {
  it('grow from half a second to five, and a 10-minute task costs at most 150 looks', async () => {
    const intervals = pollIntervals(undefined, () => 0)
    const pauses = Array.from({ length: 150 }, () => intervals.next().value)
    expect(pauses[0]).toBe(450)
    expect(Math.max(...pauses)).toBe(4500)
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(600_000)
  })

  it('are as long as the caller says', async () => {
    expect((await wait({ duration: 14_000 }, { pollInterval: 7000 })).waited).toBe(14_000)
  })

  it.each([{ timeout: -1 }, { timeout: Number.NaN }, { pollInterval: 0 }])('are refused: %o', async (options) => {
    await expect(wait(ENDED, options)).rejects.toThrow(UsageError)
  })
})

it('ends at an abort, and says that the task goes on', async () => {
  const controller = new AbortController()
  const error = await wait(STUCK, { signal: controller.signal, onUpdate: () => controller.abort() }).catch(
    (thrown) => thrown,
  )
  expect(error).toMatchObject({ code: 'aborted', message: 'Interrupted. The task goes on.' })
  expect(error.hint).toContain('glance-tasks wait t1')
})
