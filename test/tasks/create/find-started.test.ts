import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import {
  AbortedError,
  type ApiErrorDetails,
  apiErrorFor,
  ConfigurationError,
  ConnectionError,
  UsageError,
} from '../../../src/errors.js'
import type { ServiceRequest } from '../../../src/http/service.js'
import { findStartedTask, type SearchOptions } from '../../../src/tasks/create/find-started.js'
import { TestClock } from '../../helpers/clock.js'
import { type MemoryAnswer, memoryService } from '../../helpers/memory-service.js'

const REQUEST = 'req-1'
const MINUTE = 60_000
/** The time when a search begins. */
const BEGIN = 90_000

const api = (status: number, more: Partial<ApiErrorDetails> = {}) => apiErrorFor('No.', { status, ...more })
const none: MemoryAnswer = { json: { tasks: [] } }
/** An empty list through a proxy that removes request IDs. */
const blind: MemoryAnswer = { headers: {}, json: { tasks: [] } }
const isList = ({ path }: ServiceRequest) => path === 'tasks'

interface Script {
  /** The result of the n-th lookup: a list, or an error to throw. */
  look: (count: number) => MemoryAnswer | Error
  /** The response to a request for one task. Default: the task, with the wanted request ID. */
  get?: (id: string, count: number) => MemoryAnswer | Error
}

/** @param until when the last lookup begins, in milliseconds after the start. */
function search({ look, get }: Script, { until = MINUTE, ...options }: Partial<SearchOptions> = {}) {
  const clock = new TestClock()
  clock.advance(BEGIN)
  const notices: string[] = []
  const looks: number[] = []
  let gets = 0
  const service = memoryService((request) => {
    if (isList(request)) looks.push(clock.monotonic() - BEGIN)
    const id = request.path.split('/').at(-1) ?? ''
    const whole = { json: { id, status: 'pending', request_id: REQUEST } }
    const answer = isList(request) ? look(looks.length) : (get?.(id, ++gets) ?? whole)
    if (answer instanceof Error) throw answer
    return answer
  })
  const onNotice = (text: string) => void notices.push(text)
  const defaults = { requestId: REQUEST, until: BEGIN + until, lookupTimeout: 10_000, onNotice }
  const found = findStartedTask(service, clock, { ...defaults, ...options })
  return { found, clock, looks, notices, asked: service.asked }
}

describe('polling', () => {
  it('is frequent at first, then every five seconds, and once more at the end', async () => {
    const { found, looks } = search({ look: () => none })
    await found
    expect(looks.slice(0, 8)).toEqual([250, 1000, 2000, 4000, 7000, 12_000, 17_000, 22_000])
    expect(looks.slice(-2)).toEqual([57_000, MINUTE])
  })

  it('happens once if there is no time', async () => {
    const { found, looks } = search({ look: () => none }, { until: 0 })
    expect(await found).toMatchObject({ tasks: [], isConclusive: true })
    expect(looks).toEqual([0])
  })

  it('filters by the request ID, sends another one, and does not retry', async () => {
    const { found, asked } = search({ look: (count) => (count < 3 ? none : { json: { tasks: [{ id: 'a' }] } }) })
    expect((await found).tasks.map(({ id }) => id)).toEqual(['a'])
    const lists = asked.filter(isList)
    expect(lists).toHaveLength(3)
    for (const { method, query, retry } of lists) {
      expect({ method, query, retry }).toMatchObject({ method: 'GET', query: { request_id: REQUEST }, retry: false })
    }
    const ids = lists.map(({ headers }) => headers?.['x-openstack-request-id'])
    expect(new Set(ids).size).toBe(3)
    expect(ids).not.toContain(REQUEST)
    expect(asked.at(-1)).toMatchObject({ path: 'tasks/a', retry: false })
  })

  it('is reported every five seconds', async () => {
    const { found, notices } = search({ look: () => none }, { until: 21_000 })
    await found
    expect((await search({ look: () => none }, { onNotice: undefined }).found).isConclusive).toBe(true)
    expect(notices).toEqual(
      [7, 12, 17].map((seconds) => `Still checking whether the task was started, after ${seconds} s.`),
    )
  })
})

describe('the result of a search', () => {
  it('contains all tasks of the request, and no others', async () => {
    const tasks = [{ id: 'a' }, { id: 'b' }]
    const { found } = search({ look: () => ({ json: { tasks } }) })
    expect(await found).toMatchObject({ tasks: [{ id: 'a' }, { id: 'b' }], candidates: [], why: '' })
  })

  it('is empty if the server is too old to filter, which the first list shows', async () => {
    const get = (id: string): MemoryAnswer => ({ json: { id, status: 'pending', request_id: 'req-of-another' } })
    const { found, looks } = search({ look: () => ({ json: { tasks: [{ id: 'other' }] } }), get })
    expect(await found).toMatchObject({ tasks: [], isConclusive: false, inconclusive: 'no filter', candidates: [] })
    expect(looks).toHaveLength(1)
  })

  it('ignores unreadable tasks of an unfiltered list', async () => {
    const get = (id: string) => (id === 'other' ? { json: { id, request_id: 'req-2' } } : api(500))
    const { found } = search({ look: () => ({ json: { tasks: [{ id: 'broken' }, { id: 'other' }] } }), get })
    expect(await found).toMatchObject({ inconclusive: 'no filter', candidates: [] })
  })

  it('contains unreadable candidates until one can be read', async () => {
    const list = { json: { tasks: [{ id: 'a' }, { id: 'b' }] } }
    const never = search({ look: () => list, get: () => api(500) }, { until: 5000 })
    expect(await never.found).toMatchObject({
      tasks: [],
      isConclusive: false,
      candidates: ['a', 'b'],
      why: 'it is probably a, b, which cannot be read: No.',
    })
    const later = search({ look: () => list, get: (_, count) => (count <= 4 ? api(500) : undefined) as never })
    expect(await later.found).toMatchObject({ tasks: [{ id: 'a' }, { id: 'b' }], candidates: [] })
  })

  it('keeps the candidates of an earlier lookup if later lookups fail', async () => {
    const look = (count: number) => (count === 1 ? { json: { tasks: [{ id: 'a' }] } } : api(503))
    const { found } = search({ look, get: () => api(500) }, { until: 5000 })
    expect(await found).toMatchObject({ candidates: ['a'], why: expect.stringContaining('probably a,') })
  })

  it('excludes tasks for which Glance returns 404, but not after a 404 from a proxy', async () => {
    const list = { json: { tasks: [{ id: 'a' }] } }
    const gone = search({ look: () => list, get: () => api(404, { origin: 'service' }) }, { until: 1000 })
    expect(await gone.found).toMatchObject({ tasks: [], candidates: [], isConclusive: true })
    const hidden = search({ look: () => list, get: () => api(404) }, { until: 1000 })
    expect(await hidden.found).toMatchObject({ tasks: [], candidates: ['a'], isConclusive: false })
  })

  it.each<[string, unknown]>([
    ['no list', {}],
    ['a list of nothing that is a task', { tasks: [null, {}, { id: 7 }] }],
    ['another list', [{ id: 'a' }]],
    ['tasks that are no list', { tasks: 'a' }],
  ])('is empty for a response with %s', async (_, json) => {
    const { found, asked } = search({ look: () => ({ json }) }, { until: 0 })
    expect(await found).toMatchObject({ tasks: [], candidates: [] })
    expect(asked).toHaveLength(1)
  })
})

describe('the end of a search', () => {
  it('follows four inconclusive lookups in a row', async () => {
    const { found, looks } = search({ look: () => blind })
    expect(await found).toMatchObject({ inconclusive: 'no echo', isConclusive: false })
    expect(looks).toHaveLength(4)
  })

  it('is delayed by a conclusive lookup in between', async () => {
    const { found, looks } = search({ look: (count) => (count === 4 ? none : blind) })
    expect(await found).toMatchObject({ inconclusive: 'no echo' })
    expect(looks).toHaveLength(8)
  })

  it('comes when a task is found, even if request IDs are removed', async () => {
    const { found } = search({ look: () => ({ headers: {}, json: { tasks: [{ id: 'a' }] } }) })
    expect(await found).toMatchObject({ tasks: [{ id: 'a' }] })
  })

  it('comes with the first conclusive empty lookup after conclusiveAfter', async () => {
    const { found, looks } = search({ look: () => none }, { conclusiveAfter: 1500 })
    expect(await found).toMatchObject({ tasks: [], isConclusive: true })
    expect(looks).toEqual([250, 1000, 2000])
    const exact = search({ look: () => none }, { conclusiveAfter: 1000 })
    await exact.found
    expect(exact.looks).toEqual([250, 1000])
  })

  it('is not caused by failed or inconclusive lookups', async () => {
    const look = (count: number) => (count <= 5 ? api(503) : none)
    const { found, looks } = search({ look }, { conclusiveAfter: 1000 })
    expect(await found).toMatchObject({ isConclusive: true })
    expect(looks).toHaveLength(6)
  })

  it.each<[string, Error]>([
    ['403 of Glance', api(403, { origin: 'service' })],
    ['400 of Glance', api(400, { origin: 'service' })],
    ['401 from the token check', api(401, { origin: 'token check' })],
    ['a wrong setting', new ConfigurationError('No.')],
    ['wrong options', new UsageError('No.')],
  ])('comes at once with %s', async (_, error) => {
    const { found, looks } = search({ look: () => error })
    expect(await found).toMatchObject({ tasks: [], isConclusive: false, why: 'the search for the task failed: No' })
    expect(looks).toHaveLength(1)
  })

  it.each<[string, Error]>([
    ['403 of a proxy', api(403)],
    ['429 of Glance', api(429, { origin: 'service' })],
    ['500 of Glance', api(500, { origin: 'service' })],
    ['503 of the check of the token', api(503, { origin: 'token check' })],
    ['a lost connection', new ConnectionError('No.')],
    ['an abort that is not the caller’s', new AbortedError('No.')],
  ])('does not come with %s', async (_, error) => {
    const { found, looks } = search({ look: (count) => (count === 1 ? error : { json: { tasks: [{ id: 'a' }] } }) })
    expect(await found).toMatchObject({ tasks: [{ id: 'a' }] })
    expect(looks).toHaveLength(2)
  })

  it('comes when the caller aborts, and leaves no listener', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const look = () => {
      controller.abort('enough')
      return new AbortedError('No.')
    }
    const { found, looks } = search({ look }, { signal })
    await expect(found).rejects.toThrow(AbortedError)
    expect(looks).toHaveLength(1)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('comes when the caller aborts in the last lookup, and is not taken for a timeout', async () => {
    const controller = new AbortController()
    const look = () => {
      controller.abort('enough')
      return new AbortedError('No.')
    }
    await expect(search({ look }, { signal: controller.signal, until: 0 }).found).rejects.toThrow(AbortedError)
  })

  it('comes when the caller aborts while a task is fetched', async () => {
    const controller = new AbortController()
    const get = () => {
      controller.abort('enough')
      return new AbortedError('No.')
    }
    const { found } = search({ look: () => ({ json: { tasks: [{ id: 'a' }] } }), get }, { signal: controller.signal })
    await expect(found).rejects.toThrow(AbortedError)
  })
})

describe('why no task was found', () => {
  it.each<[string, () => MemoryAnswer | Error, string]>([
    ['an empty list', () => none, 'after 2 s no task has its request ID, but a slow server may still start it'],
    [
      'a lost connection',
      () => new ConnectionError('127.0.0.1 is gone.'),
      'the search for the task failed: 127.0.0.1 is gone',
    ],
    [
      'removed request IDs',
      () => blind,
      'the task cannot be found by its request ID, because a proxy removes or replaces request IDs',
    ],
  ])('%s', async (_, look, why) => {
    const { found } = search({ look }, { until: 2000 })
    expect((await found).why).toBe(why)
  })

  it('a lookup that hangs: names its timeout', async () => {
    const hangs = () => new AbortedError('cut short')
    const why = async (options: Partial<SearchOptions>) => (await search({ look: hangs }, options).found).why
    // The last lookup begins after the end of the time, with a timeout of 1.5 s.
    expect(await why({ until: 5000 })).toBe('the search for the task failed: no response within 1.5 s')
    expect(await why({ until: 5000, lookupTimeout: 300 })).toBe(
      'the search for the task failed: no response within 0.3 s',
    )
  })

  it('is the reason of the last lookup', async () => {
    const { found } = search({ look: (count) => (count === 1 ? new ConnectionError('Gone.') : none) }, { until: 1000 })
    expect(await found).toMatchObject({ isConclusive: true, why: expect.stringMatching(/^after 1 s no task/) })
    const failing = search({ look: (count) => (count === 1 ? none : new ConnectionError('Gone.')) }, { until: 1000 })
    expect(await failing.found).toMatchObject({ isConclusive: false, why: 'the search for the task failed: Gone' })
  })
})
