import { describe, expect, it } from 'vitest'
import { AbortedError, apiErrorFor, ConnectionError, UsageError } from '../../../src/errors.js'
import type { Task } from '../../../src/tasks/task.js'
import type { PollFault } from '../../../src/tasks/wait/poll-until.js'
import { type WaitManyOptions, waitForTask, waitForTasks } from '../../../src/tasks/wait/wait.js'
import { TestClock } from '../../helpers/clock.js'
import { type MemoryAnswer, memoryService } from '../../helpers/memory-service.js'

/** The time when a wait begins. */
const BEGIN = 90_000

const task = (id: string, status = 'pending') => ({ json: { id, status, created_at: '2026-11-23T00:00:00Z' } })
const ids = (count: number) => Array.from({ length: count }, (_, i) => `t${i}`)
const unavailable = apiErrorFor('Busy.', { status: 503 })

/** Waits for tasks. This is the response to each request for one of them. */
async function wait(
  asked: readonly string[],
  answer: (id: string, count: number, clock: TestClock) => MemoryAnswer | Error,
  options: WaitManyOptions = {},
) {
  const clock = new TestClock()
  clock.advance(BEGIN)
  const notices: string[] = []
  const service = memoryService(({ path }, count) => {
    const result = path === 'tasks' ? { json: { tasks: [] } } : answer(path.split('/')[1] ?? '', count, clock)
    if (result instanceof Error) throw result
    return result
  })
  const retries: [string, number, number][] = []
  const onRetry = ({ error, attempt, delay }: PollFault) => void retries.push([error.message, attempt, delay])
  const all = { pollInterval: 5000, onNotice: (text: string) => void notices.push(text), onRetry, ...options }
  const result = await waitForTasks(service, clock, asked, all)
  return { ...result, notices, retries, waited: clock.monotonic() - BEGIN, requests: service.asked.length }
}

describe('the error of a timeout', () => {
  it.each<[number, string, string]>([
    [1, 'Task t0 did not end within 7.5 s; its status is pending.', 'The task continues. Wait for it again.'],
    [2, '2 of 2 tasks did not end within 7.5 s.', 'The tasks continue. Wait for them again.'],
  ])('describes %i tasks and what to do', async (count, message, hint) => {
    const { error } = await wait(ids(count), (id) => task(id), { timeout: 7500 })
    const remedy = { kind: 'wait', taskIds: ids(count) }
    expect(error).toMatchObject({ code: 'wait_timeout', message, hint, taskIds: ids(count), remedy })
    expect((error as Error).cause).toBeUndefined()
  })

  it.each([
    [1, 'Task t0 did not end within 10 s; its status is unknown: Busy.'],
    [2, '2 of 2 tasks did not end within 10 s: Busy.'],
  ])('names the failure of the last poll of %i tasks, also as its cause', async (count, message) => {
    const { error } = await wait(ids(count), () => unavailable, { timeout: 10_000 })
    // Nobody knows whether they exist.
    const hint = count === 1 ? 'Wait for it again.' : 'Wait for them again.'
    expect(error).toMatchObject({ message, cause: unavailable, hint })
  })

  it('does not present the status before an outage as the present one', async () => {
    const { error } = await wait(['t0'], (id, count) => (count === 1 ? task(id) : unavailable), { timeout: 10_000 })
    const message = 'Task t0 did not end within 10 s; its last known status is pending: Busy.'
    expect(error).toMatchObject({ message, cause: unavailable })
  })

  it('names the known failure rather than that the last poll was cut short', async () => {
    const cutShort = new AbortedError('cut short')
    const { error } = await wait(['t0'], (_, count) => (count === 1 ? unavailable : cutShort), { timeout: 10_000 })
    expect(error).toMatchObject({ message: 'Task t0 did not end within 10 s; its status is unknown: Busy.' })
  })

  it('does not mention an earlier failure', async () => {
    const { error } = await wait(['t0'], (id, count) => (count === 1 ? unavailable : task(id)), { timeout: 10_000 })
    expect(error).toMatchObject({ message: 'Task t0 did not end within 10 s; its status is pending.' })
    expect((error as Error).cause).toBeUndefined()
  })

  it('says that the status is unknown if no poll succeeded', async () => {
    const { error } = await wait(['t0'], () => new AbortedError('cut short'), { timeout: 10_000 })
    const message = 'Task t0 did not end within 10 s; its status is unknown: The cloud did not respond in time.'
    expect(error).toMatchObject({ message })
  })

  it('does not present the status before the cloud stopped responding as the present one', async () => {
    const cutShort = new AbortedError('cut short')
    const { error } = await wait(['t0'], (id, count) => (count === 1 ? task(id) : cutShort), { timeout: 10_000 })
    const status = 'its last known status is pending: The cloud did not respond in time.'
    expect(error).toMatchObject({ message: `Task t0 did not end within 10 s; ${status}` })
  })
})

describe('an interrupted wait', () => {
  it.each([
    [1, 'Interrupted. The task continues.', 'Wait for it again.'],
    [2, 'Interrupted. The tasks continue.', 'Wait for them again.'],
  ])('for %i tasks', async (count, message, hint) => {
    const controller = new AbortController()
    const { error, running } = await wait(
      ids(count),
      (id) => {
        controller.abort('enough')
        return task(id)
      },
      { signal: controller.signal },
    )
    expect(error).toMatchObject({ code: 'aborted', message, hint, cause: 'enough' })
    expect(running).toEqual(ids(count))
  })
})

describe('a retry', () => {
  it('is reported after each failed poll, with the failures in a row and the time until the next poll', async () => {
    const { retries } = await wait(
      ['t0'],
      (id, count) => {
        if (count === 2) return apiErrorFor('Slow down.', { status: 429, retryAfter: 9 })
        return count === 3 ? task(id) : unavailable
      },
      { timeout: 32_000 },
    )
    expect(retries).toEqual([
      ['Busy.', 1, 5000],
      ['Slow down.', 2, 9000],
      ['Busy.', 1, 5000],
      ['Busy.', 2, 5000],
      // The last pause ends with the timeout, and one last poll follows.
      ['Busy.', 3, 3000],
      ['Busy.', 4, 0],
    ])
  })
})

describe('the notice of an outage', () => {
  it('comes at its beginning, when it changes, and once a minute', async () => {
    const faults = [
      ...Array(13).fill('Lost.'), // 60 s after the first
      ...Array(2).fill('Gone.'),
      'Lost.',
    ]
    const { notices } = await wait(['t0'], (id, count) => {
      const fault = faults[count - 1]
      return fault === undefined ? task(id, 'success') : new ConnectionError(fault)
    })
    const say = (fault: string) => `${fault} Still waiting for task t0.`
    expect(notices).toEqual([say('Lost.'), say('Lost.'), say('Gone.'), say('Lost.')])
  })

  it('repeats within the minute only for another failure', async () => {
    const { notices } = await wait(['t0', 't1'], (id, count) => {
      if (count > 8) return task(id, 'success')
      return count <= 2 || count === 5 ? unavailable : task(id)
    })
    expect(notices).toEqual(['Busy. Still waiting for 2 tasks.'])
  })

  it('works without a callback', async () => {
    const { ended } = await wait(['t0'], (id, count) => (count === 1 ? unavailable : task(id, 'success')), {
      onNotice: undefined,
    })
    expect(ended).toHaveLength(1)
  })

  it('is not sent if there is a lasting failure, which ends the wait', async () => {
    const forbidden = apiErrorFor('No.', { status: 403 })
    const { error, notices } = await wait(['t0', 't1'], (id) => (id === 't0' ? unavailable : forbidden))
    expect(error).toBe(forbidden)
    expect(notices).toEqual([])
  })

  it('covers failures that are transient once the cloud has responded', async () => {
    const noHost = new ConnectionError('No such host.', { reason: 'ENOTFOUND', sent: false })
    const { ended } = await wait(['t0', 't1'], (id, count) => {
      if (count > 2) return task(id, 'success')
      return id === 't0' ? unavailable : noHost
    })
    expect(ended).toHaveLength(2)
  })

  it('does not affect the result of a successful wait', async () => {
    const result = await waitForTasks(
      memoryService(() => task('t0', 'success')),
      new TestClock(),
      ['t0'],
    )
    expect(Object.keys(result)).not.toContain('error')
  })

  it('makes the next poll read the task last', async () => {
    const order: string[] = []
    await wait(['t0', 't1'], (id, count) => {
      order.push(id)
      if (count === 1) return unavailable
      return task(id, count > 3 ? 'success' : 'pending')
    })
    expect(order.slice(0, 4)).toEqual(['t0', 't1', 't1', 't0'])
  })
})

describe('a task that is not found', () => {
  it.each<[string, boolean, number]>([
    ['by the service, at once', true, 0],
    ['by a proxy, never', false, 60_000],
  ])('%s', async (_, isFromService, waited) => {
    const gone = apiErrorFor('No such task.', { status: 404, isFromService, hint: 'Look.' })
    const found = await wait(['t0'], () => gone, { timeout: 60_000 })
    expect(found.missing.map(({ id }) => id)).toEqual(isFromService ? ['t0'] : [])
    expect(found.waited).toBe(waited)
  })

  it('is the error of a wait for only this task', async () => {
    const service = memoryService(() => {
      throw apiErrorFor('No such task.', { status: 404 })
    })
    await expect(waitForTask(service, new TestClock(), 't0')).rejects.toMatchObject({ status: 404 })
  })
})

describe('the counts of each poll', () => {
  it('are reported also after a failed poll', async () => {
    const counts: object[] = []
    await wait(['t0', 't1'], (id, count) => (count === 2 ? unavailable : task(id, count > 2 ? 'success' : 'pending')), {
      onPoll: (each) => counts.push(each),
    })
    expect(counts).toEqual([{ pending: 1 }, { success: 2 }])
  })

  it('are not reported if nothing is polled', async () => {
    const counts: object[] = []
    const { requests } = await wait(['t0'], (id) => task(id), {
      isWanted: () => false,
      onPoll: (each) => counts.push(each),
    })
    expect({ counts, requests }).toEqual({ counts: [], requests: 0 })
  })
})

describe('invalid options of a wait', () => {
  it.each<[WaitManyOptions]>([
    [{ timeout: -1 }],
    [{ timeout: Number.NaN }],
    [{ pollInterval: 0 }],
    [{ pollInterval: -1 }],
    [{ pollInterval: Number.NaN }],
  ])('%o', async (options) => {
    await expect(wait(['t0'], (id) => task(id), options)).rejects.toThrow(UsageError)
  })

  it('do not include these', async () => {
    const ended = async (options: WaitManyOptions) => (await wait(['t0'], (id) => task(id, 'success'), options)).ended
    expect(await ended({ timeout: 0, pollInterval: 1 })).toHaveLength(1)
    expect(await ended({ timeout: 1, pollInterval: undefined })).toHaveLength(1)
  })
})

it('any ends a wait with the first ended task, not before', async () => {
  const stand = (id: string, count: number): MemoryAnswer => task(id, count > 2 && id === 't1' ? 'failure' : 'pending')
  const { ended, running, waited } = await wait(['t0', 't1'], stand, { any: true })
  expect({ ended: ended.map((each: Task) => each.id), running, waited }).toEqual({
    ended: ['t1'],
    running: ['t0'],
    waited: 5000,
  })
  const all = await wait(['t0', 't1'], (id, count) => task(id, count > 2 || id === 't1' ? 'success' : 'pending'), {
    any: false,
  })
  expect(all.ended).toHaveLength(2)
})
