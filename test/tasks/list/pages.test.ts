import { describe, expect, it } from 'vitest'
import { type ApiErrorDetails, apiErrorFor, UnexpectedAnswerError } from '../../../src/errors.js'
import type { ServiceRequest } from '../../../src/http/service.js'
import { type ListOptions, TaskList } from '../../../src/tasks/list/list.js'
import type { Task } from '../../../src/tasks/task.js'
import { type MemoryAnswer, memoryService } from '../../helpers/memory-service.js'

const START = Date.parse('2026-11-23T00:00:00Z')
const api = (status: number, message: string, more: Partial<ApiErrorDetails> = {}) =>
  apiErrorFor(message, { status, ...more })
/** Task i. The newest comes first, and the tasks are one second apart. */
const task = (i: number) =>
  ({ id: `t${i}`, created_at: new Date(START - i * 1000).toISOString().replace('.000', '') }) as Task
const page = (tasks: Task[], next?: unknown): MemoryAnswer => ({ json: { tasks, ...(next !== undefined && { next }) } })
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => task(from + i))

/** What fetchPages yields for these answers until it ends or fails. */
async function walked(
  answer: (request: ServiceRequest, count: number) => MemoryAnswer | Error,
  options: ListOptions = {},
) {
  const service = memoryService((request, count) => {
    const result = answer(request, count)
    if (result instanceof Error) throw result
    return result
  })
  const ids: string[] = []
  const warnings: string[] = []
  let error: (Error & { hint?: string }) | undefined
  try {
    const list = new TaskList(service, { onWarning: (text) => void warnings.push(text), ...options })
    for await (const { id } of list) ids.push(id)
  } catch (thrown) {
    error = thrown as Error
  }
  return { ids, warnings, error, asked: service.asked }
}

const idsOf = (tasks: Task[]) => tasks.map(({ id }) => id)

it('a list that does not exist is a reason to check the endpoint', async () => {
  const { error } = await walked(() => api(404, 'The requested URL was not found on the server.'))
  expect(error).toMatchObject({ hint: expect.stringContaining('endpoint'), remedy: { kind: 'diagnose' } })
})

describe('the next page', () => {
  it.each<[string, unknown, string | undefined]>([
    ['its marker', '/v2/tasks?limit=2&marker=m', 'm'],
    ['the marker of a mere query', '?marker=m', 'm'],
    ['the marker right after the path', '/v2/tasks?marker=m', 'm'],
    ['the last task where there is no query at all', 'marker=m', 't1'],
    ['the last task where there is no marker', '/v2/tasks?limit=2', 't1'],
    ['the last task where the marker is empty', '/v2/tasks?marker=', 't1'],
    ['the last task where there is no query, and a path that looks like one', '/v2/marker=m', 't1'],
    ['nothing where it is empty', '', undefined],
    ['nothing where it is no text', 7, undefined],
    ['nothing where it is null', null, undefined],
  ])('is determined by %s', async (_, next, marker) => {
    const { asked } = await walked((_, count) => (count === 1 ? page(range(0, 2), next) : page([])))
    expect(asked.slice(1).map(({ query }) => query?.marker)).toEqual(marker === undefined ? [] : [marker])
  })

  it('without a marker and without a task is an error about the server', async () => {
    const { error } = await walked(() => page([], '/v2/tasks'))
    expect(error).toBeInstanceOf(UnexpectedAnswerError)
    expect(error?.message).toContain('its `next` link has no marker')
    expect(error?.hint).toContain('The server, or a proxy in front of it, has a problem')
  })

  it('is requested as GET, as JSON, with a retry after a 500', async () => {
    const { asked } = await walked(() => page([]))
    expect(asked).toMatchObject([{ method: 'GET', path: 'tasks', json: true, retryStatuses: [500] }])
  })

  it('may contain nothing new several times, but not endlessly', async () => {
    const barren = (most: number) => (_: unknown, count: number) =>
      count <= most ? page([], `?marker=m${count}`) : page([task(0)])
    expect((await walked(barren(99))).ids).toEqual(['t0'])
    const { error, asked } = await walked(barren(100))
    expect(error?.message).toContain('100 pages in a row contained no new task')
    expect(asked).toHaveLength(100)
  })

  it('with a new task resets the count', async () => {
    const { ids, error } = await walked((_, count) => {
      if (count === 80) return page([task(0)], `?marker=m${count}`)
      return count < 170 ? page([], `?marker=m${count}`) : page([task(1)])
    })
    expect({ ids, error }).toEqual({ ids: ['t0', 't1'], error: undefined })
  })

  it('that points back: yields the tasks before it, and throws', async () => {
    const { ids, error, asked } = await walked((_, count) => page(range(2 * count, 2 * count + 2), '?marker=m'))
    expect(ids).toEqual(['t2', 't3'])
    expect(error?.message).toContain('points back')
    expect(asked).toHaveLength(2)
  })
})

describe('a task without an ID', () => {
  it.each([
    [1, "skipped a task without an ID in the server's response"],
    [3, "skipped 3 tasks without an ID in the server's response"],
  ])('is skipped with a warning: %i', async (count, warning) => {
    const { ids, warnings } = await walked(() => page([...Array(count).fill({}), task(0)]))
    expect({ ids, warnings }).toEqual({ ids: ['t0'], warnings: [warning] })
  })

  it('works without a callback', async () => {
    expect((await walked(() => page([{} as Task, task(0)]), { onWarning: undefined })).ids).toEqual(['t0'])
  })
})

describe('a list as long as the limit', () => {
  it('ends without another request, even if the server returns too many tasks', async () => {
    const { ids, asked } = await walked(() => page(range(0, 10), '?marker=t9'), { limit: 3 })
    expect({ ids, requests: asked.length }).toEqual({ ids: ['t0', 't1', 't2'], requests: 1 })
  })

  it('is requested in full pages if the client filters', async () => {
    const { asked } = await walked(() => page(range(0, 10)), { limit: 3, type: 'x' })
    expect(asked.map(({ query }) => query?.limit)).toEqual([1000])
  })
})

describe('a marker that has expired', () => {
  const expired = (marker: unknown, status = 400) => api(status, `Task with the given id ${marker} was not found`)

  /** Twelve tasks in pages of four. Some have expired when the second page is requested. */
  const expiring =
    (gone: number[], status?: number) =>
    ({ query }: ServiceRequest, count: number): MemoryAnswer | Error => {
      const marker = query?.marker as string | undefined
      const at = Number(marker?.slice(1) ?? -1)
      if (gone.includes(at)) return expired(marker, status)
      const rest = range(0, 12).filter((_, i) => i > at && (count === 1 || !gone.includes(i)))
      const tasks = rest.slice(0, 4)
      return page(tasks, rest.length > 4 ? `?marker=${tasks.at(-1)?.id}` : undefined)
    }

  it.each([400, 404])('is passed over with a warning: %i', async (status) => {
    const { ids, warnings, asked } = await walked(expiring([3], status))
    expect(ids).toEqual(idsOf(range(0, 12)))
    expect(warnings).toEqual(['task t3 expired while the list was read; the list continues from an earlier task'])
    expect(asked.slice(0, 3).map(({ query }) => query?.marker)).toEqual([undefined, 't3', 't2'])
  })

  it('with its whole page restarts the list at its first marker', async () => {
    const { ids, asked } = await walked(expiring([0, 1, 2, 3]))
    expect(ids).toEqual(idsOf(range(0, 12)))
    expect(asked.slice(0, 5).map(({ query }) => query?.marker)).toEqual([undefined, 't3', 't2', 't1', undefined])
    const after = await walked(expiring([5, 6, 7, 8]), { marker: 't4' })
    expect(after.asked.slice(0, 5).map(({ query }) => query?.marker)).toEqual(['t4', 't8', 't7', 't6', 't4'])
  })

  it('works without a callback', async () => {
    expect((await walked(expiring([3]), { onWarning: undefined })).ids).toHaveLength(12)
  })

  it.each<[string, Error]>([
    ['another task', expired('t99')],
    ['the marker, with 403', api(403, 'not t3')],
    ['nothing', api(400, 'Bad request')],
  ])('is not %s', async (_, error) => {
    const found = await walked((_, count) => (count === 1 ? page(range(0, 4), '?marker=t3') : error))
    expect(found.error).toBe(error)
    expect(found.asked).toHaveLength(2)
  })

  it('and another failure: the failure is thrown', async () => {
    const broken = api(403, 'No.')
    const { error } = await walked((_, count) => {
      if (count === 1) return page(range(0, 4), '?marker=t3')
      if (count === 2) return expired('t3')
      return count === 3 ? broken : page([])
    })
    expect(error).toBe(broken)
  })

  it('may happen again on a later page', async () => {
    const { ids } = await walked(({ query }, count) => {
      const marker = query?.marker as string | undefined
      const at = Number(marker?.slice(1) ?? -1)
      // The same next page and marker both times.
      if (count === 2 || count === 4) return expired(marker)
      const rest = range(0, 12).filter((_, i) => i > at)
      return page(rest.slice(0, 4), rest.length > 4 ? `?marker=${rest[3]?.id}` : undefined)
    })
    expect(ids).toEqual(idsOf(range(0, 12)))
  })
})

describe('a request that Glance rejects', () => {
  const hintOf = async (error: Error, options: ListOptions) => (await walked(() => error, options)).error?.hint

  it.each<[string, ListOptions, string]>([
    ['Sort key supplied was not valid.', { sortKey: 'crated_at' }, 'Did you mean "created_at"? Sort by id, type,'],
    ['Sort key supplied was not valid.', { sortKey: 'zzz' }, '"zzz" is unknown. Sort by id, type, status,'],
    ['Invalid marker', { marker: 'ABC' }, 'A marker is the ID of an existing task. A task ID looks like'],
    [
      'Task with the given id 72a7c77f-5e93-4d48-903b-f98a6f7ec65d was not found',
      { marker: '72a7c77f-5e93-4d48-903b-f98a6f7ec65d' },
      'A marker is the ID of an existing task. Omit the marker, or use another one.',
    ],
  ])('%s with %o', async (message, options, hint) => {
    expect(await hintOf(api(400, message), options)).toContain(hint)
  })

  it.each<[string, Error, ListOptions]>([
    ['another 400', api(400, 'Something else.'), { marker: 'x', sortKey: 'status' }],
    ['a 400 of markers without one', api(400, 'Invalid marker'), {}],
    ['a 403 that speaks of a sort key', api(403, 'Sort key'), { sortKey: 'zzz' }],
  ])('%s is unchanged', async (_, error, options) => {
    expect((await walked(() => error, options)).error).toBe(error)
  })
})

it('accepts 204 as an empty list only for the first page', async () => {
  const empty: MemoryAnswer = { status: 204, json: {} }
  expect(await walked(() => empty)).toMatchObject({ ids: [], error: undefined })
  expect((await walked(() => empty, { marker: 't1' })).error).toBeInstanceOf(UnexpectedAnswerError)
  expect((await walked(() => ({ json: {} }))).error).toBeInstanceOf(UnexpectedAnswerError)
})

it('names the request and a remedy if the response is not a list', async () => {
  const { error } = await walked(() => ({ headers: { 'x-openstack-request-id': 'req-9' }, json: { tasks: {} } }))
  expect(error).toMatchObject({ requestId: 'req-9', hint: expect.stringContaining('endpoint') })
})

it.each<[ListOptions, string]>([
  [{ limit: -1 }, 'limit must be a whole number of at least 0, not -1.'],
  [{ limit: 1.5 }, 'limit must be a whole number of at least 0, not 1.5.'],
  [{ pageSize: 0 }, 'pageSize must be a whole number of at least 1, not 0.'],
])('rejects %o', async (options, message) => {
  expect(
    () =>
      new TaskList(
        memoryService(() => page([])),
        options,
      ),
  ).toThrow(message)
})

it('yields no empty page, with and without details', async () => {
  const service = memoryService((_, count) => (count % 2 === 1 ? page([task(0)], '?marker=m') : page([])))
  const sizes: number[] = []
  for await (const each of new TaskList(service, { type: 'x' }).pages()) sizes.push(each.length)
  const none = memoryService(() => page([]))
  for await (const each of new TaskList(none, { long: true }).pages()) sizes.push(each.length)
  expect(sizes).toEqual([])
})

it('does not fetch details of the tasks of an image, which are complete', async () => {
  const complete = range(0, 3).map((each) => ({ ...each, input: null, message: null }))
  const service = memoryService(() => page(complete))
  expect(await new TaskList(service, { imageId: 'i', long: true }).all()).toHaveLength(3)
  expect(service.asked).toHaveLength(1)
})

it('stops at the first task outside the time range, with at most one extra page', async () => {
  const { ids, asked } = await walked((_, count) => page(range(2 * count - 2, 2 * count), `?marker=m${count}`), {
    since: START,
  })
  expect(ids).toEqual(['t0'])
  expect(asked.length).toBeLessThanOrEqual(2)
})

it('warns about lost tasks only for columns that may be empty', async () => {
  for (const sortKey of ['image_id', 'request_id', 'user_id']) {
    const { warnings } = await walked(() => page([]), { sortKey })
    expect(warnings).toEqual([
      `tasks without ${sortKey} may be missing, because Glance omits them when it sorts by this column`,
    ])
  }
  expect((await walked(() => page([]), { sortKey: 'status' })).warnings).toEqual([])
  expect((await walked(() => page([]), { sortKey: 'user_id', onWarning: undefined })).error).toBeUndefined()
})

describe('a list that the client sorts', () => {
  it.each(['id', 'expires_at'])('by %s is asked for by age and whole, and given sorted and cut', async (sortKey) => {
    const tasks = range(0, 5).map((each, i) => ({ ...each, expires_at: `2026-12-0${(i * 2) % 5}` }))
    const { ids, asked } = await walked(() => page(tasks), { sortKey, sortDir: 'asc', limit: 2, marker: 't0' })
    expect(asked.map(({ query }) => query)).toMatchObject([
      { limit: 1000, marker: undefined, sort_key: undefined, sort_dir: undefined },
    ])
    expect(ids).toEqual(sortKey === 'id' ? ['t1', 't2'] : ['t3', 't1'])
  })
})
