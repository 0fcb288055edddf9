import { describe, expect, it } from 'vitest'
import { AbortedError, apiErrorFor, ConnectionError } from '../../../src/errors.js'
import type { Service } from '../../../src/http/service.js'
import { TaskList } from '../../../src/tasks/list/list.js'
import type { Task } from '../../../src/tasks/task.js'
import { glance } from '../../helpers/glance.js'
import { memoryService } from '../../helpers/memory-service.js'
import { RequestLog } from '../../helpers/request-log.js'
import type { ScriptedAnswer } from '../../helpers/sandbox.js'

const ids = Array.from({ length: 250 }, (_, i) => `task-${i}`)

/** A Glance with these tasks, newest first. `whole` responds to requests for one task. */
function cloud(whole?: (id: string) => ScriptedAnswer | undefined | Promise<ScriptedAnswer | undefined>) {
  const start = Date.parse('2026-11-23T00:00:00Z')
  return glance({
    tasks: ids.map((id, i) => ({ id, input: { id }, created_at: new Date(start - i * 1000).toISOString() })),
    script({ path }) {
      const id = /\/tasks\/(.+)$/.exec(path)?.[1]
      return id === undefined ? undefined : whole?.(id)
    },
  })
}

it('fetches the details of all tasks, in order, with limited concurrency', async () => {
  let underWay = 0
  let most = 0
  const { service, asked } = await cloud(async (id) => {
    most = Math.max(most, ++underWay)
    // Earlier requests take longer, so that the responses are out of order.
    await new Promise((resolve) => setTimeout(resolve, id.endsWith('0') ? 5 : 0))
    underWay--
    return undefined
  })
  const found = await new TaskList(service, { long: true }).all()
  expect(found.map(({ id, input }) => [id, input?.id])).toEqual(ids.map((id) => [id, id]))
  expect(most).toBeGreaterThan(4)
  expect(most).toBeLessThanOrEqual(16)
  expect(asked).toHaveLength(251)
})

/** The tasks of a list of twelve until it fails, and the warnings. */
async function longList(service: Service, limit = 12) {
  const warnings: string[] = []
  const found: Task[] = []
  let error: unknown
  try {
    const list = new TaskList(service, { long: true, limit, onWarning: (text) => warnings.push(text) })
    for await (const task of list) found.push(task)
  } catch (thrown) {
    error = thrown
  }
  return { found, warnings, error }
}

it('marks tasks whose details cannot be fetched, with the reason', async () => {
  const answers: Record<string, ScriptedAnswer> = {
    'task-5': { status: 502, json: { message: 'A worker crashed' } },
    'task-7': { status: 404, headers: { 'x-openstack-request-id': 'req-1' }, json: { message: 'Could not find task' } },
    'task-9': { status: 500, json: { message: 'unknown type' } },
  }
  const { service } = await cloud((id) => answers[id])
  const listed = await new TaskList(service, { limit: 12 }).all()
  const { found, warnings, error } = await longList(service)
  expect(error).toBeUndefined()
  expect(found.map(({ id }) => id)).toEqual(ids.slice(0, 12))
  expect(found[5]).toEqual({ ...listed[5], _incomplete: 'the server returned 502' })
  expect(found[7]).toEqual({ ...listed[7], _incomplete: 'it no longer exists' })
  expect(found[9]).toEqual({ ...listed[9], _incomplete: 'the server returned 500' })
  expect(found.filter((task) => '_incomplete' in task)).toHaveLength(3)
  expect(warnings).toEqual([
    'the details of task task-5 are missing: the server returned 502',
    'the details of task task-7 are missing: it no longer exists',
    'the details of task task-9 are missing: the server returned 500',
  ])
})

it('retries after a 500', async () => {
  let times = 0
  const { service } = await cloud((id) =>
    id === 'task-3' && ++times === 1 ? { status: 500, json: { message: 'deadlock' } } : undefined,
  )
  const { found, warnings } = await longList(service)
  expect(warnings).toEqual([])
  expect(found[3]?.input).toEqual({ id: 'task-3' })
})

it('marks a task whose ID cannot be in a URL', async () => {
  const bad = '{"tasks":[{"id":"task-0"},{"id":"a\\ud800b"},{"id":".."},{"id":"task-1"}]}'
  const { service } = await glance({
    tasks: ids.slice(0, 2).map((id) => ({ id, input: { id } })),
    script: ({ path }) => (path.startsWith('/v2/tasks?') ? { text: bad } : undefined),
  })
  const { found, warnings, error } = await longList(service)
  expect(error).toBeUndefined()
  expect(found.map(({ id, input }) => [id, input?.id])).toEqual([
    ['task-0', 'task-0'],
    ['a\ud800b', undefined],
    ['..', undefined],
    ['task-1', 'task-1'],
  ])
  expect(found[1]?._incomplete).toContain('cannot be part of a URL path')
  expect(warnings).toHaveLength(2)
})

it('ends after three failures in a row, and yields the tasks before them', async () => {
  const { service, to } = await cloud((id) => (Number(id.slice(5)) >= 6 ? { status: 503 } : undefined))
  const { found, error } = await longList(service, 250)
  expect(error).toMatchObject({ status: 503 })
  expect(found.map(({ id }) => id)).toEqual(ids.slice(0, 8))
  expect(found.filter((task) => '_incomplete' in task).map(({ id }) => id)).toEqual(['task-6', 'task-7'])
  expect(to('/v2/tasks/task-100')).toEqual([])
})

it('ends if a proxy returns 404, which says nothing about the tasks', async () => {
  const { service } = await cloud(() => ({ status: 404, headers: { 'content-type': 'text/html' }, text: '<p>gone' }))
  expect((await longList(service, 12)).error).toMatchObject({ status: 404 })
})

it('ends if the cloud is unreachable for the only task', async () => {
  const { service } = await cloud(() => ({ status: 503 }))
  expect((await longList(service, 1)).error).toMatchObject({ status: 503 })
})

it('yields the details of the first page if the second page fails', async () => {
  const { service } = await glance({
    tasks: ids.map((id) => ({ id, input: { id } })),
    script: ({ query }) => (query.has('marker') ? { status: 403 } : undefined),
  })
  const found: Task[] = []
  const list = new TaskList(service, { long: true, pageSize: 30 })
  await expect(collect(list, found)).rejects.toMatchObject({ status: 403 })
  expect(found).toHaveLength(30)
  expect(found.every(({ input }) => input !== undefined)).toBe(true)
})

async function collect(list: TaskList, found: Task[]): Promise<void> {
  for await (const task of list) found.push(task)
}

it('aborts and awaits every request if the consumer stops', async () => {
  const log = new RequestLog()
  const { service } = await cloud((id) => (Number(id.slice(5)) >= 1 ? 'hang' : undefined))
  for await (const _page of new TaskList(log.watch(service), { long: true }).pages()) break
  expect(log).toMatchObject({ underWay: 0, total: 1 + 16 })
})

it('yields the first task before the others have arrived', async () => {
  const { service } = await cloud()
  const sizes: number[] = []
  for await (const page of new TaskList(service, { long: true }).pages()) sizes.push(page.length)
  expect(sizes).toEqual([1, 2, 4, 8, 16, 32, 64, 100, 23])
})

it('yields no empty chunk at the end', async () => {
  const { service } = await cloud()
  const sizes: number[] = []
  for await (const page of new TaskList(service, { long: true, limit: 3 }).pages()) sizes.push(page.length)
  expect(sizes).toEqual([1, 2])
})

it('ends if nothing can be fetched', async () => {
  const { service } = await cloud(() => ({ status: 403, json: { message: 'no' } }))
  await expect(new TaskList(service, { long: true }).all()).rejects.toMatchObject({ status: 403 })
})

it('sends no request after the consumer stops', async () => {
  const { service, asked } = await cloud()
  for await (const task of new TaskList(service, { long: true })) if (task.id === 'task-3') break
  expect(asked.length).toBeLessThan(130)
})

describe('the end of a list with details', () => {
  const LIST = { tasks: ids.slice(0, 12).map((id) => ({ id, created_at: '2026-11-23T00:00:00Z' })) }
  const api = (status: number, more = {}) => apiErrorFor('No.', { status, ...more })

  /** A list of twelve tasks in memory. This is the response for task n. */
  const failing = (fault: (n: number) => Error | undefined, onWarning?: (text: string) => void) => {
    const service = memoryService(({ path }) => {
      if (path === 'tasks') return { json: LIST }
      const id = path.split('/')[1] ?? ''
      const error = fault(Number(id.slice(5)))
      if (error) throw error
      return { json: { id, input: {} } }
    })
    const found: Task[] = []
    const ended = collect(new TaskList(service, { long: true, onWarning }), found).then(
      () => undefined,
      (error) => error,
    )
    return ended.then((error) => ({ error, found: found.map(({ id }) => id) }))
  }

  it.each<[string, Error]>([
    ['503', api(503)],
    ['429', api(429)],
    ['403', api(403)],
    ['a lost connection', new ConnectionError('Lost.')],
    ['404 of a proxy', api(404, { isFromService: false, hint: 'Ask the proxy.' })],
  ])('comes after %s three times in a row, but not twice', async (_, error) => {
    expect(await failing((n) => (n >= 4 && n < 6 ? error : undefined))).toEqual({
      error: undefined,
      found: ids.slice(0, 12),
    })
    expect(await failing((n) => (n >= 4 && n < 7 ? error : undefined))).toEqual({ error, found: ids.slice(0, 6) })
    // A success resets the count.
    expect((await failing((n) => (n % 3 === 0 ? undefined : error))).error).toBeUndefined()
  })

  it.each<[string, Error]>([
    ['404', api(404)],
    ['500', api(500)],
  ])('does not come after %s of each task', async (_, error) => {
    expect(await failing(() => error)).toEqual({ error: undefined, found: ids.slice(0, 12) })
  })

  it.each<[string, Error]>([
    ['a login that has become invalid', api(401)],
    ['an abort', new AbortedError('Enough.')],
  ])('comes after %s at once', async (_, error) => {
    expect(await failing((n) => (n === 5 ? error : undefined))).toEqual({ error, found: ids.slice(0, 5) })
  })

  it('comes with a warning for each task that contains its error', async () => {
    const warnings: string[] = []
    await failing(
      (n) => (n === 1 ? new ConnectionError('Lost.') : undefined),
      (text) => warnings.push(text),
    )
    await failing(
      (n) => (n === 2 ? api(403) : undefined),
      (text) => warnings.push(text),
    )
    expect(warnings).toEqual([
      'the details of task task-1 are missing: Lost.',
      'the details of task task-2 are missing: No.',
    ])
  })

  it('throws the common failure if the cloud never responded', async () => {
    const error = api(503)
    const service = memoryService(({ path }) => {
      if (path === 'tasks') return { json: { tasks: LIST.tasks.slice(0, 2) } }
      throw error
    })
    await expect(new TaskList(service, { long: true }).all()).rejects.toBe(error)
  })
})
