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
/** When a search begins, by its clock. */
const BEGIN = 90_000

const api = (status: number, more: Partial<ApiErrorDetails> = {}) => apiErrorFor('No.', { status, ...more })
const none: MemoryAnswer = { json: { tasks: [] } }
/** A list that a proxy answers which strips request ids. */
const blind: MemoryAnswer = { headers: {}, json: { tasks: [] } }
const isList = ({ path }: ServiceRequest) => path === 'tasks'

interface Script {
  /** What the n-th look meets: a list, or what is thrown. */
  look: (count: number) => MemoryAnswer | Error
  /** What a request for one task meets. Default: the task, with the request id that is looked for. */
  get?: (id: string, count: number) => MemoryAnswer | Error
}

/** @param until when it begins its last look, in milliseconds after its begin. */
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

describe('the looks', () => {
  it('come soon at first and every five seconds later, the last one when the time is over', async () => {
    const { found, looks } = search({ look: () => none })
    await found
    expect(looks.slice(0, 8)).toEqual([250, 1000, 2000, 4000, 7000, 12_000, 17_000, 22_000])
    expect(looks.slice(-2)).toEqual([57_000, MINUTE])
  })

  it('are one where the time is over before the first', async () => {
    const { found, looks } = search({ look: () => none }, { until: 0 })
    expect(await found).toMatchObject({ tasks: [], isConclusive: true })
    expect(looks).toEqual([0])
  })

  it('ask for the request id, carry one of their own each, and are not repeated by themselves', async () => {
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

  it('are told of every five seconds, with the seconds that they have taken', async () => {
    const { found, notices } = search({ look: () => none }, { until: 21_000 })
    await found
    expect((await search({ look: () => none }, { onNotice: undefined }).found).isConclusive).toBe(true)
    expect(notices).toEqual(
      [7, 12, 17].map((seconds) => `Still checking whether the task was started, after ${seconds} s.`),
    )
  })
})

describe('what a search finds', () => {
  it('is every task of the request, and no task of another one', async () => {
    const tasks = [{ id: 'a' }, { id: 'b' }]
    const { found } = search({ look: () => ({ json: { tasks } }) })
    expect(await found).toMatchObject({ tasks: [{ id: 'a' }, { id: 'b' }], candidates: [], why: '' })
  })

  it('is nothing where the server is too old to filter: the first list shows it', async () => {
    const get = (id: string): MemoryAnswer => ({ json: { id, status: 'pending', request_id: 'req-of-another' } })
    const { found, looks } = search({ look: () => ({ json: { tasks: [{ id: 'other' }] } }), get })
    expect(await found).toMatchObject({ tasks: [], isConclusive: false, inconclusive: 'no filter', candidates: [] })
    expect(looks).toHaveLength(1)
  })

  it('is nothing of the tasks that an unfiltered list gives and that cannot be read', async () => {
    const get = (id: string) => (id === 'other' ? { json: { id, request_id: 'req-2' } } : api(500))
    const { found } = search({ look: () => ({ json: { tasks: [{ id: 'broken' }, { id: 'other' }] } }), get })
    expect(await found).toMatchObject({ inconclusive: 'no filter', candidates: [] })
  })

  it('is the candidates that cannot be read, until one can', async () => {
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

  it('is still the candidates of an earlier look where later looks fail', async () => {
    const look = (count: number) => (count === 1 ? { json: { tasks: [{ id: 'a' }] } } : api(503))
    const { found } = search({ look, get: () => api(500) }, { until: 5000 })
    expect(await found).toMatchObject({ candidates: ['a'], why: expect.stringContaining('probably a,') })
  })

  it('is not a task that Glance says is gone; a 404 of a proxy says nothing of it', async () => {
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
  ])('is nothing in an answer with %s', async (_, json) => {
    const { found, asked } = search({ look: () => ({ json }) }, { until: 0 })
    expect(await found).toMatchObject({ tasks: [], candidates: [] })
    expect(asked).toHaveLength(1)
  })
})

describe('the end of a search', () => {
  it('comes after four looks in a row that prove nothing', async () => {
    const { found, looks } = search({ look: () => blind })
    expect(await found).toMatchObject({ inconclusive: 'no echo', isConclusive: false })
    expect(looks).toHaveLength(4)
  })

  it('does not come where one look in between proves that there is no task yet', async () => {
    const { found, looks } = search({ look: (count) => (count === 4 ? none : blind) })
    expect(await found).toMatchObject({ inconclusive: 'no echo' })
    expect(looks).toHaveLength(8)
  })

  it('is the task that is found though request ids are stripped', async () => {
    const { found } = search({ look: () => ({ headers: {}, json: { tasks: [{ id: 'a' }] } }) })
    expect(await found).toMatchObject({ tasks: [{ id: 'a' }] })
  })

  it('comes with the first look that finds none, once a server that is done has had its time', async () => {
    const { found, looks } = search({ look: () => none }, { conclusiveAfter: 1500 })
    expect(await found).toMatchObject({ tasks: [], isConclusive: true })
    expect(looks).toEqual([250, 1000, 2000])
    const exact = search({ look: () => none }, { conclusiveAfter: 1000 })
    await exact.found
    expect(exact.looks).toEqual([250, 1000])
  })

  it('does not come by that while looks fail or prove nothing', async () => {
    const look = (count: number) => (count <= 5 ? api(503) : none)
    const { found, looks } = search({ look }, { conclusiveAfter: 1000 })
    expect(await found).toMatchObject({ isConclusive: true })
    expect(looks).toHaveLength(6)
  })

  it.each<[string, Error]>([
    ['403 of Glance', api(403, { origin: 'service' })],
    ['400 of Glance', api(400, { origin: 'service' })],
    ['401 of the check of the token', api(401, { origin: 'token check' })],
    ['a wrong setting', new ConfigurationError('No.')],
    ['wrong options', new UsageError('No.')],
  ])('comes at once with %s', async (_, error) => {
    const { found, looks } = search({ look: () => error })
    expect(await found).toMatchObject({ tasks: [], isConclusive: false, why: 'the search for it failed: No' })
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

  it('comes with the abort of the caller, and leaves no listener', async () => {
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

  it('comes with the abort of the caller in the last look, and is not taken for the end of the time', async () => {
    const controller = new AbortController()
    const look = () => {
      controller.abort('enough')
      return new AbortedError('No.')
    }
    await expect(search({ look }, { signal: controller.signal, until: 0 }).found).rejects.toThrow(AbortedError)
  })

  it('comes with the abort of the caller while a task is read', async () => {
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
      'the search for it failed: 127.0.0.1 is gone',
    ],
    [
      'stripped request ids',
      () => blind,
      'the task cannot be found by its request ID, because a proxy removes or replaces request IDs',
    ],
  ])('%s', async (_, look, why) => {
    const { found } = search({ look }, { until: 2000 })
    expect((await found).why).toBe(why)
  })

  it('a look that hangs: it says how long it was waited for', async () => {
    const hangs = () => new AbortedError('cut short')
    const why = async (options: Partial<SearchOptions>) => (await search({ look: hangs }, options).found).why
    // The last look begins when the time is over, and has a second and a half.
    expect(await why({ until: 5000 })).toBe('the search for it failed: no response within 1.5 s')
    expect(await why({ until: 5000, lookupTimeout: 300 })).toBe('the search for it failed: no response within 0.3 s')
  })

  it('is the last look, not an earlier one', async () => {
    const { found } = search({ look: (count) => (count === 1 ? new ConnectionError('Gone.') : none) }, { until: 1000 })
    expect(await found).toMatchObject({ isConclusive: true, why: expect.stringMatching(/^after 1 s no task/) })
    const failing = search({ look: (count) => (count === 1 ? none : new ConnectionError('Gone.')) }, { until: 1000 })
    expect(await failing.found).toMatchObject({ isConclusive: false, why: 'the search for it failed: Gone' })
  })
})
