import { describe, expect, it } from 'vitest'
import {
  AuthenticationError,
  CertificateError,
  ConfigurationError,
  ConnectionError,
  NotFoundError,
  ServerError,
  UnexpectedAnswerError,
  UsageError,
  WaitTimeoutError,
} from '../../../src/errors.js'
import { markNotExecuted } from '../../../src/http/not-executed.js'
import type { Service } from '../../../src/http/service.js'
import type { ReadyTask } from '../../../src/sandbox/index.js'
import { pollIntervals } from '../../../src/tasks/wait/poll-until.js'
import { type WaitOptions, waitForTask } from '../../../src/tasks/wait/wait.js'
import { TestClock } from '../../helpers/clock.js'
import { glance } from '../../helpers/glance.js'
import { type ScriptedAnswer, withKeys } from '../../helpers/sandbox.js'

/** An error response of Glance itself. */
const answer = (status: number, headers: Record<string, string> = {}): ScriptedAnswer => ({
  status,
  headers: { 'x-openstack-request-id': 'req-1', ...headers },
  json: { message: 'no' },
})

/** An error response of a load balancer. */
const page = (status: number): ScriptedAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  text: `<html><body><h1>${status}</h1></body></html>`,
})

/** A task that is pending at the first poll, and successful at the next. */
const SHORT: ReadyTask = { duration: 1 }
const ENDED: ReadyTask = {}
const STUCK: ReadyTask = { status: 'processing' }

interface Waiting extends WaitOptions {
  /** The responses to the first polls. Undefined: Glance's own response. */
  looks?: (ScriptedAnswer | undefined)[]
}

/** Waits for the task t1 of a new server. */
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

  it('comes after unknown statuses, or ones that move backwards', async () => {
    const statuses = ['processing', 'pending', 'hibernating'].map((status) => withKeys({ status }))
    expect((await wait(ENDED, { looks: statuses })).looks).toBe(4)
  })

  it('needs only one poll if it has already come', async () => {
    expect(await wait(ENDED)).toMatchObject({ looks: 1, waited: 0 })
  })
})

const FAULTS: [string, ScriptedAnswer][] = [
  ['429', answer(429)],
  ['500', answer(500)],
  ['502', answer(502)],
  ['503', answer(503)],
  ['504', answer(504)],
  ['a dropped connection', 'drop'],
  ['a page of HTML', { text: '<html>maintenance</html>' }],
  ['a redirect to nowhere', { status: 302, headers: { location: 'http://portal.invalid/' }, text: '' }],
  ['JSON that is not a task', { json: { hello: 'world' } }],
  ["a proxy's 400", page(400)],
  ["a proxy's 401", page(401)],
  ["a proxy's 403", page(403)],
  ["a proxy's 404", page(404)],
  ["a proxy's 409", page(409)],
]

describe.each<[string, (ScriptedAnswer | undefined)[]]>([
  ['at the first poll', []],
  ['after the task was seen', [undefined]],
])('a wait continues after %s', (_, before) => {
  it.each(FAULTS)('%s', async (_, fault) => {
    const notices: string[] = []
    const { task, looks } = await wait(SHORT, {
      looks: [...before, fault, fault, fault],
      onNotice: (text) => notices.push(text),
    })
    expect(task.status).toBe('success')
    expect(looks).toBe(before.length + 4)
    // The same failure is not reported at every poll.
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatch(/Still waiting for task t1\.$/)
  })
})

describe('the notices of a wait', () => {
  it('report each new failure, and a continuing one once a minute', async () => {
    const notices: string[] = []
    const outage = Array<ScriptedAnswer>(40).fill(answer(503))
    const { waited } = await wait(SHORT, {
      looks: [undefined, 'drop', ...outage],
      pollInterval: 5000,
      onNotice: (text) => notices.push(text),
    })
    expect(waited).toBe(42 * 5000)
    expect(notices[0]).toContain('closed the connection')
    // 195 s of the same failure: at the beginning, and after each minute.
    expect(notices.slice(1)).toEqual(Array(4).fill('no. Still waiting for task t1.'))
  })
})

describe('the pauses after failures', () => {
  it('honour Retry-After', async () => {
    const { waited } = await wait(SHORT, { looks: [undefined, answer(503, { 'retry-after': '20' })] })
    expect(waited).toBeGreaterThan(20_000)
  })

  it('limit Retry-After to one minute', async () => {
    const { waited } = await wait(SHORT, { looks: [undefined, answer(503, { 'retry-after': '3600' })] })
    expect(waited).toBeGreaterThan(60_000)
    expect(waited).toBeLessThan(62_000)
  })

  it('do not exceed the timeout', async () => {
    const { task, waited } = await wait(
      { duration: 9000 },
      { looks: [undefined, answer(503, { 'retry-after': '60' })], timeout: 10_000 },
    )
    expect(task.status).toBe('success')
    expect(waited).toBe(10_000)
  })
})

describe('a wait ends after', () => {
  it.each([400, 401, 403])('%i of Glance itself, at the first poll and later', async (status) => {
    for (const before of status === 401 ? [[]] : [[], [undefined]]) {
      const notices: string[] = []
      const looks = [...before, answer(status)]
      const waiting = wait(SHORT, { looks, onNotice: (text) => notices.push(text) })
      await expect(waiting).rejects.toMatchObject({ status })
      expect(notices).toEqual([])
    }
  })

  it('404 of Glance itself at the first poll', async () => {
    await expect(wait(ENDED, { looks: [answer(404)] })).rejects.toMatchObject({ status: 404 })
  })

  it('401 for a known task only if it lasts for half a minute, because Glance may not reach Keystone', async () => {
    const refused = (count: number) => [undefined, ...Array<ScriptedAnswer>(count).fill(answer(401))]
    const { task } = await wait(SHORT, { looks: [...refused(6), ...refused(6)], pollInterval: 5000 })
    expect(task.status).toBe('success')
    const looks = refused(1000)
    await expect(wait(STUCK, { looks, pollInterval: 5000, timeout: 0 })).rejects.toMatchObject({ status: 401 })
  })

  it('a rejected login at once, because repeated wrong passwords may lock the account', async () => {
    const { service, clock } = await glance({ tasks: [{ id: 't1', ...STUCK }] })
    let requests = 0
    const refused: Service = {
      ...service,
      async request(request) {
        if (++requests === 1) return service.request(request)
        throw markNotExecuted(new AuthenticationError('Keystone rejected the login', { status: 401 }))
      },
    }
    await expect(waitForTask(refused, clock, 't1')).rejects.toMatchObject({ status: 401 })
    expect(requests).toBe(2)
  })

  it('404 for a known task only if it lasts for half a minute', async () => {
    const missing = (count: number) => [undefined, ...Array<ScriptedAnswer>(count).fill(answer(404))]
    const { task } = await wait(SHORT, { looks: missing(6), pollInterval: 5000 })
    expect(task.status).toBe('success')
    const looks = missing(1000)
    await expect(wait(STUCK, { looks, pollInterval: 5000, timeout: 0 })).rejects.toMatchObject({ status: 404 })
  })

  it('another half minute if the task was seen again', async () => {
    const gap = Array<ScriptedAnswer>(6).fill(answer(404))
    const looks = [undefined, ...gap, undefined, ...gap, undefined, ...gap]
    const { task } = await wait({ duration: 95_000 }, { looks, pollInterval: 5000 })
    expect(task.status).toBe('success')
  })
})

describe('a wait tolerates network failures', () => {
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

describe('a wrong setting', () => {
  const failing = (failures: Error[]): Service => ({
    cloud: 'test',
    region: undefined,
    async request() {
      const failure = failures.shift()
      if (failure) throw failure
      const body = JSON.stringify({ id: 't1', status: failures.length > 0 ? 'pending' : 'success' })
      const request = { method: 'GET', url: new URL('http://glance.invalid/') }
      return { request, status: 200, headers: {}, body, isGarbled: false }
    },
  })
  const unavailable = new ServerError('busy', { status: 503 })

  it.each([
    ['no such host', new ConnectionError('no such host', { reason: 'ENOTFOUND', sent: false })],
    ['no Keystone at auth_url', new ConfigurationError('There is no Keystone')],
  ])('ends the wait at once before the first response, and is an outage afterwards: %s', async (_, error) => {
    await expect(waitForTask(failing([error]), new TestClock(), 't1')).rejects.toBe(error)
    await expect(waitForTask(failing([unavailable, error]), new TestClock(), 't1')).resolves.toMatchObject({ id: 't1' })
  })

  it.each([
    ['a certificate', new CertificateError('not trusted')],
    ['an answer that is nested too deep', new UnexpectedAnswerError('too deep', { isLasting: true })],
    ['a bug', new TypeError('x is not a function')],
  ])('ends the wait at any time: %s', async (_, error) => {
    await expect(waitForTask(failing([error]), new TestClock(), 't1')).rejects.toBe(error)
    await expect(waitForTask(failing([unavailable, error]), new TestClock(), 't1')).rejects.toBe(error)
  })
})

describe('a new task', () => {
  it('may return 404 for half a minute', async () => {
    expect((await wait(ENDED, { looks: [answer(404), answer(404)], isNew: true })).looks).toBe(3)
    await expect(wait({ id: 'another' }, { isNew: true })).rejects.toThrow(NotFoundError)
  })
})

it('is recognised if the server writes its ID in another letter case', async () => {
  const { service, clock } = await glance({ script: () => ({ json: { id: 't1', status: 'success' } }) })
  await expect(waitForTask(service, clock, 'T1')).resolves.toMatchObject({ id: 't1', status: 'success' })
})

describe('the deadline', () => {
  it('ends the wait, with the status of the task and how to continue', async () => {
    const error = await wait(STUCK, { timeout: 60_000 }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(WaitTimeoutError)
    expect(error.message).toBe('Task t1 did not end within 60 s; its status is processing.')
    expect(error.remedy).toEqual({ kind: 'wait', taskIds: ['t1'] })
  })

  it('reports the failure if the status is unknown', async () => {
    const looks = Array<ScriptedAnswer>(100).fill(answer(503))
    await expect(wait(STUCK, { looks, timeout: 60_000 })).rejects.toMatchObject({
      code: 'wait_timeout',
      message: 'Task t1 did not end within 60 s; its status is unknown: no',
      cause: { status: 503 },
    })
  })

  it('does not depend on changes of the system time', async () => {
    for (const days of [-1, 1]) {
      const { service, clock } = await glance({ tasks: [{ id: 't1', ...STUCK }] })
      const started = clock.monotonic()
      const onUpdate = () => clock.set(clock.now() + days * 86_400_000)
      await expect(waitForTask(service, clock, 't1', { timeout: 60_000, onUpdate })).rejects.toThrow(WaitTimeoutError)
      expect(clock.monotonic() - started).toBe(60_000)
    }
  })

  it('may have started earlier', async () => {
    const { service, clock } = await glance({ tasks: [{ id: 't1', ...STUCK }] })
    clock.advance(50_000)
    const options = { timeout: 60_000, startedAt: 0 }
    await expect(waitForTask(service, clock, 't1', options)).rejects.toThrow('did not end within 60 s')
    expect(clock.monotonic()).toBe(60_000)
  })

  it('is followed by one last poll', async () => {
    const looks: number[] = []
    const { service, clock } = await glance({
      tasks: [{ id: 't1', ...STUCK }],
      script: () => void looks.push(clock.monotonic()),
    })
    await expect(waitForTask(service, clock, 't1', { timeout: 10_000 })).rejects.toThrow(WaitTimeoutError)
    expect(looks.at(-1)).toBe(10_000)
  })

  it('is one hour by default, and none with 0', async () => {
    await expect(wait(STUCK)).rejects.toThrow('did not end within 3600 s')
    const long = { duration: 90_000_000 }
    expect((await wait(long, { timeout: 0, pollInterval: 60_000 })).waited).toBe(long.duration)
  })

  it('allows one more poll after the computer was suspended', async () => {
    const { service, clock } = await glance({ tasks: [{ id: 't1', ...SHORT }] })
    const onUpdate = () => clock.advance(7_000_000) // the computer was suspended
    await expect(waitForTask(service, clock, 't1', { timeout: 3_600_000, onUpdate })).resolves.toMatchObject({
      status: 'success',
    })
  })
})

describe('the pauses', () => {
  it('grow from half a second to five, so that a task of 10 minutes costs at most 150 polls', async () => {
    const intervals = pollIntervals(undefined, { random: () => 0 })
    const pauses = Array.from({ length: 150 }, () => intervals.next().value)
    expect(pauses[0]).toBe(450)
    expect(Math.max(...pauses)).toBe(4500)
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(600_000)
  })

  it('grow by 30 %, with a jitter of 10 % each way', () => {
    const first = (count: number, random: number) => {
      const intervals = pollIntervals(undefined, { random: () => random })
      return Array.from({ length: count }, () => Math.round(intervals.next().value))
    }
    expect(first(12, 0.5)).toEqual([500, 650, 845, 1099, 1428, 1856, 2413, 3137, 4079, 5000, 5000, 5000])
    expect([first(2, 0), first(2, 1)]).toEqual([
      [450, 585],
      [550, 715],
    ])
  })

  it('can be set by the caller', async () => {
    expect((await wait({ duration: 14_000 }, { pollInterval: 7000 })).waited).toBe(14_000)
  })

  it.each([{ timeout: -1 }, { timeout: Number.NaN }, { pollInterval: 0 }])('are refused: %o', async (options) => {
    await expect(wait(ENDED, options)).rejects.toThrow(UsageError)
  })
})

it('ends on an abort, and says that the task continues', async () => {
  const controller = new AbortController()
  const error = await wait(STUCK, { signal: controller.signal, onUpdate: () => controller.abort('enough') }).catch(
    (thrown) => thrown,
  )
  expect(error).toMatchObject({ code: 'aborted', message: 'Interrupted. The task continues.', cause: 'enough' })
  expect(error.remedy).toEqual({ kind: 'wait', taskIds: ['t1'] })
})
