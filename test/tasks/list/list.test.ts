import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { NotFoundError, UnexpectedAnswerError, UsageError } from '../../../src/errors.js'
import { idOf } from '../../../src/sandbox/ids.js'
import type { ReadyTask } from '../../../src/sandbox/index.js'
import { createTask } from '../../../src/tasks/create/create.js'
import { type ListOptions, TaskList } from '../../../src/tasks/list/list.js'
import { glance, type TestGlance } from '../../helpers/glance.js'
import { RequestLog } from '../../helpers/request-log.js'
import { IMPORT, withKeys } from '../../helpers/sandbox.js'

const START = Date.parse('2026-11-23T00:00:00Z')

const id = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`
const expected = (count: number) => Array.from({ length: count }, (_, i) => id(i))

/** Tasks 0, 1, 2, …, newest first, one second apart. */
function tasks(count: number): ReadyTask[] {
  return expected(count).map((id, i) => ({
    id,
    type: i % 2 === 0 ? 'import' : 'api_image_import',
    status: (['success', 'failure', 'pending'] as const)[i % 3] ?? 'success',
    created_at: new Date(START - i * 1000).toISOString().replace('.000', ''),
    updated_at: '2026-11-23T00:00:00Z',
  }))
}

async function ids({ service }: TestGlance, options: ListOptions = {}): Promise<string[]> {
  return (await new TaskList(service, options).all()).map(({ id }) => id)
}

describe('the number of requested tasks', () => {
  it('is 1000 for each page by default, with another request after a full page', async () => {
    const cloud = await glance({ tasks: tasks(2000) })
    expect(await ids(cloud)).toEqual(expected(2000))
    expect(cloud.asked.map(({ path }) => path)).toEqual([
      '/v2/tasks?limit=1000',
      `/v2/tasks?limit=1000&marker=${id(999)}`,
      `/v2/tasks?limit=1000&marker=${id(1999)}`,
    ])
  })

  it('is the limit if that is less', async () => {
    const cloud = await glance({ tasks: tasks(10) })
    expect(await ids(cloud, { limit: 3 })).toEqual(expected(3))
    expect(cloud.asked.map(({ path }) => path)).toEqual(['/v2/tasks?limit=3'])
  })

  it('is the rest of the limit on the last page', async () => {
    const cloud = await glance({ tasks: tasks(20) })
    expect(await ids(cloud, { limit: 7, pageSize: 5 })).toEqual(expected(7))
    expect(cloud.asked.map(({ query }) => query.get('limit'))).toEqual(['5', '2'])
  })

  it('is zero for the limit zero', async () => {
    const cloud = await glance({ tasks: tasks(3) })
    expect(await ids(cloud, { limit: 0 })).toEqual([])
    expect(cloud.asked).toEqual([])
  })

  it.each([{ limit: -1 }, { limit: 1.5 }, { pageSize: 0 }])('rejects %o', async (options) => {
    const { service, asked } = await glance()
    expect(() => new TaskList(service, options)).toThrow(UsageError)
    expect(asked).toEqual([])
  })

  it('does not grow after the consumer stops', async () => {
    const cloud = await glance({ tasks: tasks(100) })
    for await (const task of new TaskList(cloud.service, { pageSize: 10 })) if (task.id === id(5)) break
    expect(cloud.asked.length).toBeLessThanOrEqual(2) // the next page may already be requested
  })
})

describe('filters of the server and of the client', () => {
  it.each<[ListOptions, string]>([
    [{ status: 'failure' }, 'status=failure'],
    [{ type: 'import' }, 'type=import'],
    [{ owner: 'o', userId: 'u', requestId: 'req-1', id: 'i' }, 'owner=o&id=i&user_id=u&request_id=req-1'],
    [{ sortKey: 'updated_at', sortDir: 'asc' }, 'sort_key=updated_at&sort_dir=asc'],
    [{ query: { visibility: 'all', tag: ['a', 'b'] } }, 'visibility=all&tag=a&tag=b'],
    [{ marker: id(1) }, `marker=${id(1)}`],
    // Glance rejects other types, and accepts only one status.
    [{ type: 'api_image_import' }, ''],
    [{ status: ['failure', 'success'] }, ''],
  ])('%o is sent as %s', async (options, query) => {
    const cloud = await glance({ tasks: tasks(3) })
    await ids(cloud, options)
    const params = new URLSearchParams(cloud.asked[0]?.query)
    params.delete('limit')
    expect(params.toString()).toBe(query)
  })

  it('filters several statuses and other types in the client, and fills the limit', async () => {
    const cloud = await glance({ tasks: tasks(2500) })
    const found = await new TaskList(cloud.service, {
      status: ['failure', 'pending'],
      type: 'api_image_import',
      limit: 400,
    }).all()
    const wanted = tasks(2500).filter(({ status, type }) => status !== 'success' && type === 'api_image_import')
    expect(found).toMatchObject(wanted.slice(0, 400))
  })

  it('stops early if the order allows it', async () => {
    const cloud = await glance({ tasks: tasks(5000) })
    expect(await ids(cloud, { since: START - 10_000, pageSize: 100 })).toEqual(expected(11))
    expect(cloud.asked.length).toBeLessThanOrEqual(2)
  })

  it('excludes tasks newer than until', async () => {
    const cloud = await glance({ tasks: tasks(5) })
    expect(await ids(cloud, { until: new Date(START - 3000) })).toEqual([id(3), id(4)])
  })

  it('rejects empty values and unknown statuses', async () => {
    const { service } = await glance()
    expect(() => new TaskList(service, { owner: '' })).toThrow('owner must not be empty')
    expect(() => new TaskList(service, { status: 'done' as 'success' })).toThrow('Unknown status "done"')
    expect(() => new TaskList(service, { sortKey: 'message' })).toThrow('cannot be sorted by message')
  })
})

describe('a list that changes', () => {
  /** A member's thirty tasks. Some expire just before the page after `last` is requested. */
  async function expiring(last: string, expires: (i: number) => boolean): Promise<TestGlance> {
    const owner = idOf('project', 'demo')
    const soon = new Date(START + 60_000).toISOString()
    const cloud: TestGlance = await glance({
      http: { requestTimeout: 0 },
      user: 'demo',
      openTasks: true,
      tasks: tasks(30).map((task, i) => ({ ...task, owner, ...(expires(i) && { expires_at: soon }) })),
      script({ query }) {
        if (query.get('marker') === last) cloud.clock.advance(60_000)
        return undefined
      },
    })
    return cloud
  }

  it('continues without gaps or duplicates after the marker expired', async () => {
    const cloud = await expiring(id(9), (i) => i >= 7 && i <= 9)
    const warnings: string[] = []
    expect(await ids(cloud, { pageSize: 10, onWarning: (text) => warnings.push(text) })).toEqual(expected(30))
    expect(warnings).toEqual([`task ${id(9)} expired while the list was read; the list continues from an earlier task`])
    const markers = cloud.asked.map(({ query }) => query.get('marker'))
    expect(markers.slice(0, 5)).toEqual([null, id(9), id(8), id(7), id(5)])
  })

  it('restarts after the whole page expired, and yields only new tasks', async () => {
    const cloud = await expiring(id(19), (i) => i >= 5 && i <= 19)
    const { service, clock } = cloud
    const found: string[] = []
    for await (const page of new TaskList(service, { pageSize: 10 }).pages()) {
      if (found.length === 0) await createTask(service, clock, { type: 'import', input: IMPORT }) // a new task
      found.push(...page.map(({ id }) => id))
    }
    expect(found).toEqual(expected(30))
    expect(await ids(cloud)).toHaveLength(30 - 15 + 1)
  })

  it('reports that a marker of the user does not exist', async () => {
    const cloud = await glance({ tasks: tasks(3) })
    await expect(ids(cloud, { marker: id(9) })).rejects.toThrow(`Task with the given id ${id(9)} was not found`)
  })

  it.each<[string, ListOptions]>([
    ['by a column that is sorted here', { sortKey: 'expires_at' }],
    ['of an image', { imageId: id(100) }],
  ])('reports it also for a list %s', async (_, options) => {
    const cloud = await glance({ tasks: tasks(3).map((task) => ({ ...task, image_id: id(100) })) })
    const all = await ids(cloud, options)
    expect(await ids(cloud, { ...options, marker: all[1] as string })).toEqual([all[2]])
    const error = await ids(cloud, { ...options, marker: id(9) }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(NotFoundError)
    expect(error.message).toBe(`Cannot list the tasks after task ${id(9)}: the list does not contain it.`)
  })

  it('yields a task once that moves because of its sort key', async () => {
    const cloud: TestGlance = await glance({
      http: { requestTimeout: 0 },
      tasks: tasks(20).map((task, i) => (i === 16 ? { ...task, duration: 60_000 } : task)),
      script({ query }) {
        if (query.has('marker')) cloud.clock.advance(60_000) // it ends, and is now the last one
        return undefined
      },
    })
    const byChange = { pageSize: 10, sortKey: 'updated_at', sortDir: 'asc' } as const
    expect(await ids(cloud, byChange)).toEqual(expected(20).reverse())
    expect((await ids(cloud, byChange)).at(-1)).toBe(id(16))
  })
})

describe('invalid responses', () => {
  it('skip malformed tasks, with a warning', async () => {
    const [good] = tasks(1)
    const cloud = await glance({
      script: () => ({ json: { tasks: [null, 5, {}, { id: 7 }, good, { ...good, id: '' }] } }),
    })
    const warnings: string[] = []
    expect(await ids(cloud, { onWarning: (text) => warnings.push(text) })).toEqual([id(0)])
    expect(warnings).toEqual(["skipped 5 tasks without an ID in the server's response"])
  })

  it('keep a task with an invalid time, in spite of filters on times', async () => {
    const cloud = await glance({ script: () => ({ json: { tasks: [{ ...tasks(1)[0], created_at: 'yesterday' }] } }) })
    expect(await ids(cloud, { since: START })).toEqual([id(0)])
  })

  it('continue after an empty page with a next link', async () => {
    const all = tasks(2)
    const pages = [
      { tasks: [all[0]], next: '/v2/tasks?marker=a' },
      { tasks: [], next: '/v2/tasks?marker=b' },
      { tasks: [all[1]] },
    ]
    const cloud = await glance({ script: (_, count) => ({ json: pages[count - 1] }) })
    expect(await ids(cloud)).toEqual([id(0), id(1)])
  })

  it.each([
    ['an absolute one to another host', `http://other.example/v2/tasks?marker=${id(9)}`],
    ['one without the prefix', `/v2/tasks?limit=10&marker=${id(9)}`],
    ['one with a doubled prefix', `/internal/v2/v2/tasks?marker=${id(9)}`],
    ['one without a marker', '/v2/tasks?limit=10'],
    ['a mere query', `?marker=${id(9)}`],
  ])('use only the marker of the next link: %s', async (_, next) => {
    const cloud = await glance({
      tasks: tasks(15),
      prefix: '/internal',
      script: (_, count) => (count === 1 ? withKeys({ next }) : undefined),
    })
    expect(await ids(cloud, { pageSize: 10 })).toEqual(expected(15))
    expect(cloud.asked[1]?.path).toBe(`/internal/v2/tasks?limit=10&marker=${id(9)}`)
  })

  it('detect a next link that points back', async () => {
    const cloud = await glance({ tasks: tasks(2), script: () => withKeys({ next: `/v2/tasks?marker=${id(1)}` }) })
    await expect(ids(cloud)).rejects.toThrow('its `next` link points back to an earlier page')
  })

  it('detect an endless list', async () => {
    const cloud = await glance({
      script: (_, count) => ({ json: { tasks: [], next: `/v2/tasks?marker=m${count}` } }),
    })
    await expect(ids(cloud)).rejects.toThrow('100 pages in a row contained no new task')
  })

  it.each(['[]', '"text"', '{}', '{"tasks":{}}', '<html>login</html>', ''])('says that %j is no list', async (text) => {
    const cloud = await glance({ script: () => ({ text }) })
    await expect(ids(cloud)).rejects.toThrow(UnexpectedAnswerError)
  })

  it('accept 204 as an empty list', async () => {
    const cloud = await glance({ script: () => ({ status: 204, text: '' }) })
    expect(await ids(cloud)).toEqual([])
  })

  it.each([
    { status: 204, text: '' },
    { status: 200, text: '' },
    { status: 204, headers: { 'x-openstack-request-id': 'req-1' }, text: '' },
  ])('do not accept %j as the end of a list', async (answer) => {
    const cloud = await glance({ tasks: tasks(20), script: (_, count) => (count > 1 ? answer : undefined) })
    const found: string[] = []
    const walk = async () => {
      for await (const { id } of new TaskList(cloud.service, { pageSize: 10 })) found.push(id)
    }
    await expect(walk()).rejects.toThrow(UnexpectedAnswerError)
    expect(found).toEqual(expected(10))
  })
})

describe('a page that fails', () => {
  it('is requested again after a 500, four times', async () => {
    const cloud = await glance({ tasks: tasks(20), script: (_, count) => (count === 2 ? { status: 500 } : undefined) })
    expect(await ids(cloud, { pageSize: 10 })).toEqual(expected(20))
    const broken = await glance({ tasks: tasks(20), script: (_, count) => (count > 1 ? { status: 500 } : undefined) })
    await expect(ids(broken, { pageSize: 10 })).rejects.toMatchObject({ status: 500 })
    expect(broken.asked).toHaveLength(1 + 5)
  })
})

it('may have more tasks than a function can have arguments', async () => {
  const count = 200_000
  const items = Array.from({ length: count }, (_, i) => ({ id: `${i}`, created_at: '', expires_at: null }))
  const text = JSON.stringify({ tasks: items })
  const { service } = await glance({ script: () => ({ text }) })
  expect(await new TaskList(service).all()).toHaveLength(count)
  expect(await new TaskList(service, { sortKey: 'expires_at' }).all()).toHaveLength(count)
})

it('is aborted and awaited if the consumer stops, and leaves no listener', async () => {
  const controller = new AbortController()
  const { signal } = controller
  const cloud = await glance({ tasks: tasks(30), script: (_, count) => (count > 1 ? 'hang' : undefined) })
  const log = new RequestLog()
  for await (const _page of new TaskList(log.watch(cloud.service), { pageSize: 10, signal }).pages()) break
  expect(log).toMatchObject({ total: 2, underWay: 0 })
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it.each<[string, ListOptions]>([
  ['', {}],
  ['with details', { long: true }],
  ['of an image', { imageId: id(100) }],
  ['that is sorted here', { sortKey: 'expires_at' }],
])('leaves no listener on the signal after a list %s', async (_, options) => {
  const { signal } = new AbortController()
  const cloud = await glance({ tasks: tasks(30).map((task) => ({ ...task, image_id: id(100) })) })
  expect(await ids(cloud, { ...options, signal, pageSize: 10 })).toHaveLength(30)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('ends when its signal aborts', async () => {
  const controller = new AbortController()
  const cloud = await glance({
    tasks: tasks(30),
    script(_, count) {
      if (count === 2) controller.abort()
      return count === 2 ? 'hang' : undefined
    },
  })
  await expect(ids(cloud, { pageSize: 10, signal: controller.signal })).rejects.toThrow('aborted')
})
