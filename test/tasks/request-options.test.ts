import { describe, expect, it } from 'vitest'
import { getTask } from '../../src/tasks/get.js'
import { limited, TaskPromise } from '../../src/tasks/request-options.js'
import { memoryService } from '../helpers/memory-service.js'

const CLOSED = new AbortController().signal
const service = (answer = () => ({ status: 200, json: { id: 't1' } })) => ({ ...memoryService(answer), closed: CLOSED })
const GET = { method: 'GET', path: 'tasks' } as const

describe('options for each request', () => {
  it.each([
    [{ requestTimeout: 5 }, { timeout: 5, retries: undefined }],
    [{ retries: 0 }, { timeout: undefined, retries: 0 }],
    [
      { requestTimeout: 0, retries: 2 },
      { timeout: 0, retries: 2 },
    ],
  ])('%o are passed to the service as %o', async (options, given) => {
    const whole = service()
    const part = limited(whole, options)
    await part.request(GET)
    expect(whole.asked).toEqual([{ ...GET, ...given }])
    expect(part).toMatchObject({ cloud: 'test', closed: CLOSED })
  })

  it('return the same service if there are none', () => {
    const whole = service()
    expect(limited(whole, {})).toBe(whole)
  })
})

describe('one task', () => {
  it('is requested as JSON, with a retry after a 500, and with an encoded ID', async () => {
    const whole = service()
    await getTask(whole, 'a b/c')
    expect(whole.asked).toEqual([{ method: 'GET', path: 'tasks/a%20b%2Fc', json: true, retryStatuses: [500] }])
  })

  it.each<[unknown]>([[{}], [{ id: '' }], [{ id: 7 }], [[]], ['t1'], [null]])('is not %j', async (json) => {
    const none = memoryService(() => ({ headers: { 'x-openstack-request-id': 'req-9' }, json }))
    await expect(getTask(none, 't1')).rejects.toMatchObject({
      code: 'unexpected_answer',
      requestId: 'req-9',
      hint: expect.stringContaining('endpoint'),
    })
  })
})

describe('the promise of a task', () => {
  it('gives the response on request', async () => {
    const promise = TaskPromise.of(service(), (listening) => getTask(listening, 't1'))
    expect(await promise).toEqual({ id: 't1' })
    expect(await promise.withResponse()).toMatchObject({
      data: { id: 't1' },
      response: { status: 200, body: '{"id":"t1"}' },
    })
  })

  it('becomes a plain promise after then()', async () => {
    const then = TaskPromise.of(service(), (listening) => getTask(listening, 't1')).then(({ id }) => id)
    expect(then).not.toBeInstanceOf(TaskPromise)
    expect(await then).toBe('t1')
  })

  it('passes on a failure, with and without the response', async () => {
    const failing = () => TaskPromise.of(service(), () => Promise.reject(new Error('No.')))
    await expect(failing()).rejects.toThrow('No.')
    await expect(failing().withResponse()).rejects.toThrow('No.')
  })

  it('passes on the signal of a closed connection', async () => {
    const seen: unknown[] = []
    await TaskPromise.of(service(), async (listening) => {
      seen.push(listening.closed, listening.cloud)
      return getTask(listening, 't1')
    })
    expect(seen).toEqual([CLOSED, 'test'])
  })
})
