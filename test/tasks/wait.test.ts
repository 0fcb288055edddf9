import { describe, expect, it } from 'vitest'
import { ConnectionError, NotFoundError, UsageError, WaitTimeoutError } from '../../src/errors.js'
import type { Service } from '../../src/http/service.js'
import { pollIntervals } from '../../src/tasks/poll-intervals.js'
import { type WaitOptions, waitForTask } from '../../src/tasks/wait.js'
import { TestClock } from '../helpers/clock.js'
import { serve, type Told } from '../helpers/server.js'
import { serviceAt } from '../helpers/service.js'

const at = (status: string, more: object = {}): Told => ({
  json: { id: 't1', status, message: '', result: null, ...more },
})
const answer = (status: number, headers: Record<string, string> = {}): Told => ({
  status,
  headers,
  json: { message: 'no' },
})

/** Waits for t1 at a server that gives these answers one after the other, the last one for ever. */
async function wait(answers: Told[], options: WaitOptions = {}) {
  const clock = new TestClock()
  const started = clock.now()
  const server = await serve((_, count) => answers[Math.min(count, answers.length) - 1] as Told)
  const service = serviceAt(server.url, { clock, retry: { retries: 0 } })
  const task = await waitForTask(service, clock, 't1', options)
  return { task, looks: server.asked.length, waited: clock.now() - started }
}

describe('the end', () => {
  it.each(['success', 'failure'])('is %s, and the task is given whole', async (status) => {
    const { task, looks } = await wait([
      at('pending'),
      at('processing'),
      at(status, { message: 'why', result: { image_id: 'i' } }),
    ])
    expect(task).toMatchObject({ status, message: 'why', result: { image_id: 'i' } })
    expect(looks).toBe(3)
  })

  it('is waited for through a status that is not known, or moves backwards', async () => {
    const { looks } = await wait([at('processing'), at('pending'), at('hibernating'), at('success')])
    expect(looks).toBe(4)
  })

  it('is looked for once where it has come already', async () => {
    expect(await wait([at('success')])).toMatchObject({ looks: 1, waited: 0 })
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
    const { task, looks } = await wait([at('pending'), fault, fault, at('success')], {
      onNotice: (text) => notices.push(text),
    })
    expect(task.status).toBe('success')
    expect(looks).toBe(4)
    expect(notices).toHaveLength(2)
    expect(notices[0]).toMatch(/Still waiting for task t1\.$/)
  })

  it('a Retry-After, which it honours', async () => {
    const { waited } = await wait([at('pending'), answer(503, { 'retry-after': '20' }), at('success')])
    expect(waited).toBeGreaterThan(20_000)
  })

  it.each([403, 404])('but not %i', async (status) => {
    await expect(wait([at('pending'), answer(status)])).rejects.toMatchObject({ status })
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
    await expect(wait([answer(status), at('success')])).rejects.toMatchObject({ status })
  })

  it('takes 404 for "not yet" when the task is new, for half a minute', async () => {
    expect((await wait([answer(404), answer(404), at('success')], { isNew: true })).looks).toBe(3)
    await expect(wait([answer(404)], { isNew: true })).rejects.toThrow(NotFoundError)
  })

  it('outlives faults when the task is known to exist', async () => {
    expect((await wait(['drop', answer(503), at('success')], { isNew: true })).looks).toBe(3)
  })
})

describe('the deadline', () => {
  it('ends the wait, and says how the task stood and how to go on', async () => {
    const error = await wait([at('processing')], { timeout: 60_000 }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(WaitTimeoutError)
    expect(error.message).toBe('Task t1 has not ended within 60 s; it is processing.')
    expect(error.hint).toContain('glance-tasks wait t1')
  })

  it('is followed by no look beyond it, and has one at it', async () => {
    const clock = new TestClock()
    const looks: number[] = []
    const started = clock.now()
    const server = await serve(() => {
      looks.push(clock.now() - started)
      return at('pending')
    })
    const service = serviceAt(server.url, { clock })
    await expect(waitForTask(service, clock, 't1', { timeout: 10_000 })).rejects.toThrow(WaitTimeoutError)
    expect(looks.at(-1)).toBe(10_000)
  })

  it('is an hour away by default, and not there with 0', async () => {
    await expect(wait([at('pending')])).rejects.toThrow('has not ended within 3600 s')
    const forADay = [...Array<Told>(20_000).fill(at('pending')), at('success')]
    expect((await wait(forADay.slice(-2000), { timeout: 0, pollInterval: 60_000 })).waited).toBeGreaterThan(86_400_000)
  })

  it('gives a machine that slept through it one more look', async () => {
    const clock = new TestClock()
    const server = await serve((_, count) => {
      if (count === 1) clock.advance(7_000_000) // the lid was closed
      return at(count === 1 ? 'pending' : 'success')
    })
    const service = serviceAt(server.url, { clock })
    await expect(waitForTask(service, clock, 't1', { timeout: 3_600_000 })).resolves.toMatchObject({
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
    expect((await wait([at('pending'), at('pending'), at('success')], { pollInterval: 7000 })).waited).toBe(14_000)
  })

  it.each([{ timeout: -1 }, { timeout: Number.NaN }, { pollInterval: 0 }])('are refused: %o', async (options) => {
    await expect(wait([at('success')], options)).rejects.toThrow(UsageError)
  })
})

it('ends at an abort, and says that the task goes on', async () => {
  const controller = new AbortController()
  const error = await wait([at('pending')], { signal: controller.signal, onUpdate: () => controller.abort() }).catch(
    (thrown) => thrown,
  )
  expect(error).toMatchObject({ code: 'aborted', message: 'Interrupted. The task goes on.' })
  expect(error.hint).toContain('glance-tasks wait t1')
})
