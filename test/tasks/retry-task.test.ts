import { describe, expect, it } from 'vitest'
import { AbortedError, apiErrorFor, TaskStateError } from '../../src/errors.js'
import type { ServiceRequest } from '../../src/http/service.js'
import { type RetryOptions, retryTask } from '../../src/tasks/retry-task.js'
import { TestClock } from '../helpers/clock.js'
import { type MemoryAnswer, memoryService } from '../helpers/memory-service.js'

const isPost = ({ method }: ServiceRequest) => method === 'POST'

/** Retries this task t1. */
function retry(
  task: object | Error,
  options: RetryOptions = {},
  post: (clock: TestClock) => MemoryAnswer | Error = () => ({ json: { id: 't2' } }),
) {
  const clock = new TestClock()
  clock.advance(90_000)
  const service = memoryService((request) => {
    const answer = isPost(request) ? post(clock) : task instanceof Error ? task : { json: { id: 't1', ...task } }
    if (answer instanceof Error) throw answer
    return answer
  })
  return {
    service,
    clock,
    made: retryTask(service, clock, 't1', options),
    bodies: () => service.asked.filter(isPost).map(({ body }) => JSON.parse(body ?? '')),
  }
}

describe('a retry', () => {
  it.each<[object, object]>([
    [
      { type: 'import', input: { a: 1 } },
      { type: 'import', input: { a: 1 } },
    ],
    [{ type: 'location_import' }, { type: 'location_import', input: null }],
  ])('of %o sends %o, with the options of the caller', async (task, body) => {
    const { made, bodies, service } = retry({ ...task, status: 'failure' }, { body: { more: 1 }, requestId: 'req-1' })
    // The lookup of the request ID from the caller finds nothing.
    expect(await made).toMatchObject({ id: 't2' })
    expect(bodies()).toEqual([{ ...body, more: 1 }])
    expect(service.asked.at(-1)?.headers).toEqual({ 'x-openstack-request-id': 'req-1' })
  })

  it.each([
    [{ status: 'success', type: 'import' }, 'is success', { kind: 'copy_task', taskId: 't1', type: 'import' }],
    [{ status: 'processing', type: 'import' }, 'is processing', { kind: 'wait', taskIds: ['t1'] }],
    [{ status: 'hibernating', type: 'import' }, 'is hibernating', { kind: 'wait', taskIds: ['t1'] }],
  ])('of %o is an error, and starts nothing', async (task, message, remedy) => {
    const { made, bodies } = retry(task)
    const error = await made.catch((thrown) => thrown)
    expect(error).toBeInstanceOf(TaskStateError)
    expect(error.message).toContain(message)
    expect(error.remedy).toEqual(remedy)
    expect(bodies()).toEqual([])
  })
})

describe('the timeout of a retry', () => {
  /** Each request is answered with 503 after this many milliseconds. */
  const slow = (ms: number) => (clock: TestClock) => {
    clock.advance(ms)
    return apiErrorFor('No.', { status: 503, origin: 'token check' })
  }

  it('is one minute by default and includes fetching the failed task', async () => {
    const { made, bodies } = retry({ type: 'import', status: 'failure' }, { retries: 100 }, slow(24_000))
    await expect(made).rejects.toMatchObject({ status: 503 })
    // At 0, 24.4 and 49.1 s. No request is sent after 50 s.
    expect(bodies()).toHaveLength(3)
  })

  it('is what the caller says', async () => {
    const { made, bodies } = retry({ type: 'import', status: 'failure' }, { retries: 100, timeout: 10_000 }, slow(9000))
    await expect(made).rejects.toMatchObject({ status: 503 })
    expect(bodies()).toHaveLength(1)
  })

  it.each([0, -1, Number.NaN])('is more than 0: %d is refused before anything is sent', async (timeout) => {
    const { made, service } = retry({ type: 'import', status: 'failure' }, { timeout })
    await expect(made).rejects.toThrow('timeout must be more than 0 milliseconds.')
    expect(service.asked).toEqual([])
  })

  it('may expire before the task is fetched: nothing is started', async () => {
    const { made, bodies } = retry(new AbortedError('cut short'), { timeout: 2500 })
    await expect(made).rejects.toMatchObject({
      code: 'timeout',
      message: 'Task t1 could not be fetched within 2.5 s, so nothing was started.',
      hint: 'Find the slow part of the connection.',
      remedy: { kind: 'diagnose' },
      cause: { code: 'aborted' },
    })
    expect(bodies()).toEqual([])
  })

  it.each(['signal', 'closed'] as const)('is not over where the %s aborts', async (which) => {
    const controller = new AbortController()
    const clock = new TestClock()
    const service = memoryService(() => {
      controller.abort()
      throw new AbortedError('Enough.')
    })
    const options = which === 'signal' ? { signal: controller.signal } : {}
    const closed = which === 'closed' ? controller.signal : undefined
    await expect(retryTask({ ...service, closed }, clock, 't1', options)).rejects.toThrow('Enough.')
  })

  it('aborts the request', async () => {
    const controller = new AbortController()
    const service = memoryService(({ signal }) => {
      controller.abort('enough')
      throw new AbortedError(`The request was ${signal?.aborted ? 'ended' : 'left alone'}.`)
    })
    const made = retryTask(service, new TestClock(), 't1', { signal: controller.signal })
    await expect(made).rejects.toThrow('The request was ended.')
  })

  it('does not replace another failure', async () => {
    const error = apiErrorFor('No.', { status: 403 })
    await expect(retry(error).made).rejects.toBe(error)
  })

  it('leaves at least one millisecond for the create', async () => {
    const clock = new TestClock()
    const service = memoryService((request) => {
      clock.advance(70_000)
      return { json: isPost(request) ? { id: 't2' } : { id: 't1', type: 'import', status: 'failure' } }
    })
    expect(await retryTask(service, clock, 't1')).toMatchObject({ id: 't2' })
  })
})
