import { describe, expect, it } from 'vitest'
import { UnexpectedAnswerError, UsageError } from '../../src/errors.js'
import { type ListOptions, TaskList } from '../../src/tasks/list.js'
import type { Task } from '../../src/tasks/task.js'
import { type Asked, serve, type Told } from '../helpers/server.js'
import { serviceAt } from '../helpers/service.js'

const START = Date.parse('2026-11-23T00:00:00Z')

/** Tasks 0, 1, 2, …, the newest first, a second between them. */
function tasks(count: number): Task[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `task-${i}`,
    type: i % 2 === 0 ? 'import' : 'api_image_import',
    status: ['success', 'failure', 'pending'][i % 3] as string,
    owner: 'owner',
    created_at: new Date(START - i * 1000).toISOString().replace('.000', ''),
    updated_at: '2026-11-23T00:00:00Z',
  }))
}

/** Pages as Glance makes them: `next` when the page is full, 400 for a marker that is not there. */
function page(all: Task[], { query }: Asked, extra: object = {}): Told {
  const marker = query.get('marker')
  const limit = Math.min(Number(query.get('limit') ?? 25), 1000)
  const begin = marker === null ? 0 : all.findIndex(({ id }) => id === marker) + 1
  if (marker !== null && begin === 0) {
    return { status: 400, json: { message: `Task with the given id ${marker} was not found<br /><br />\n\n\n` } }
  }
  const found = all.slice(begin, begin + limit)
  const next = found.length === limit ? { next: `/v2/tasks?limit=${limit}&marker=${found.at(-1)?.id}` } : {}
  return { json: { tasks: found, first: '/v2/tasks', schema: '/v2/schemas/tasks', ...next, ...extra } }
}

async function ids(url: string, options: ListOptions = {}): Promise<string[]> {
  return (await new TaskList(serviceAt(url), options).all()).map(({ id }) => id)
}

const expected = (count: number) => tasks(count).map(({ id }) => id)

describe('how many are asked for', () => {
  it('asks for pages of 1000 when all are wanted, and asks once more after an exact multiple', async () => {
    const server = await serve((asked) => page(tasks(2000), asked))
    expect(await ids(server.url)).toEqual(expected(2000))
    expect(server.asked.map(({ path }) => path)).toEqual([
      '/v2/tasks?limit=1000',
      '/v2/tasks?limit=1000&marker=task-999',
      '/v2/tasks?limit=1000&marker=task-1999',
    ])
  })

  it('asks once for three tasks when three are wanted', async () => {
    const server = await serve((asked) => page(tasks(10), asked))
    expect(await ids(server.url, { limit: 3 })).toEqual(expected(3))
    expect(server.asked.map(({ path }) => path)).toEqual(['/v2/tasks?limit=3'])
  })

  it('asks for the rest alone on the last page of a limit', async () => {
    const server = await serve((asked) => page(tasks(20), asked))
    expect(await ids(server.url, { limit: 7, pageSize: 5 })).toEqual(expected(7))
    expect(server.asked.map(({ query }) => query.get('limit'))).toEqual(['5', '2'])
  })

  it('asks for nothing when nothing is wanted', async () => {
    const server = await serve((asked) => page(tasks(3), asked))
    expect(await ids(server.url, { limit: 0 })).toEqual([])
    expect(server.asked).toEqual([])
  })

  it.each([{ limit: -1 }, { limit: 1.5 }, { pageSize: 0 }])('refuses %o', (options) => {
    expect(() => new TaskList(serviceAt('http://127.0.0.1:1/'), options)).toThrow(UsageError)
  })

  it('asks for no page after the one at which its reader stops', async () => {
    const server = await serve((asked) => page(tasks(100), asked))
    for await (const task of new TaskList(serviceAt(server.url), { pageSize: 10 })) if (task.id === 'task-5') break
    expect(server.asked.length).toBeLessThanOrEqual(2) // the page ahead may be under way
  })
})

describe('what the server filters, and what is filtered here', () => {
  it.each<[ListOptions, string]>([
    [{ status: 'failure' }, 'status=failure'],
    [{ type: 'import' }, 'type=import'],
    [{ owner: 'o', userId: 'u', requestId: 'req-1', id: 'i' }, 'owner=o&id=i&user_id=u&request_id=req-1'],
    [{ sortKey: 'updated_at', sortDir: 'asc' }, 'sort_key=updated_at&sort_dir=asc'],
    [{ query: { visibility: 'all', tag: ['a', 'b'] } }, 'visibility=all&tag=a&tag=b'],
    [{ marker: 'task-1' }, 'marker=task-1'],
    // Glance answers 400 to other types, and takes one status at a time.
    [{ type: 'api_image_import' }, ''],
    [{ status: ['failure', 'success'] }, ''],
  ])('%o asks with %s', async (options, query) => {
    const server = await serve((asked) => page(tasks(3), asked))
    await ids(server.url, options)
    const params = new URLSearchParams(server.asked[0]?.query)
    params.delete('limit')
    expect(params.toString()).toBe(query)
  })

  it('filters several statuses and other types here, and still gives as many as the limit says', async () => {
    const server = await serve((asked) => page(tasks(2500), asked))
    const found = await new TaskList(serviceAt(server.url), {
      status: ['failure', 'pending'],
      type: 'api_image_import',
      limit: 400,
    }).all()
    const wanted = tasks(2500).filter(({ status, type }) => status !== 'success' && type === 'api_image_import')
    expect(found).toEqual(wanted.slice(0, 400))
  })

  it('stops early where the order allows it', async () => {
    const server = await serve((asked) => page(tasks(5000), asked))
    expect(await ids(server.url, { since: START - 10_000, pageSize: 100 })).toEqual(expected(11))
    expect(server.asked.length).toBeLessThanOrEqual(2)
  })

  it('leaves out what is younger than until', async () => {
    const server = await serve((asked) => page(tasks(5), asked))
    expect(await ids(server.url, { until: new Date(START - 3000) })).toEqual(['task-3', 'task-4'])
  })

  it('refuses an empty value, which Glance takes for "none", and an unknown status', () => {
    const service = serviceAt('http://127.0.0.1:1/')
    expect(() => new TaskList(service, { owner: '' })).toThrow('owner must not be empty')
    expect(() => new TaskList(service, { status: 'done' as 'success' })).toThrow('no status "done"')
    expect(() => new TaskList(service, { sortKey: 'message' })).toThrow('cannot be sorted by message')
  })
})

describe('a list that moves', () => {
  it('goes on without a gap or a duplicate when the marker has expired', async () => {
    let all = tasks(30)
    const server = await serve((asked, count) => {
      if (count === 2) all = all.filter(({ id }) => !['task-7', 'task-8', 'task-9'].includes(id))
      return page(all, asked)
    })
    const warnings: string[] = []
    expect(await ids(server.url, { pageSize: 10, onWarning: (text) => warnings.push(text) })).toEqual(expected(30))
    expect(warnings).toEqual(['task task-9 expired while the list was read; the list goes on before it'])
  })

  it('begins anew when the whole page has expired, and gives out only what is new', async () => {
    let all = tasks(30)
    const server = await serve((asked, count) => {
      if (count === 3)
        all = [
          { ...(all[0] as Task), id: 'newcomer', created_at: '2027-01-01T00:00:00Z' },
          ...all.slice(0, 5),
          ...all.slice(20),
        ]
      return page(all, asked)
    })
    expect(await ids(server.url, { pageSize: 10 })).toEqual(expected(30))
  })

  it('says that a marker the user gave is not there', async () => {
    const server = await serve((asked) => page(tasks(3), asked))
    await expect(ids(server.url, { marker: 'gone' })).rejects.toThrow('Task with the given id gone was not found')
  })

  it('gives a task once that moves while one walks in the order of its changes', async () => {
    const all = tasks(20)
    const server = await serve((asked, count) => {
      if (count === 2) all.push(all.splice(3, 1)[0] as Task) // it was updated, and comes last now
      return page(all, asked)
    })
    const found = await ids(server.url, { pageSize: 10, sortKey: 'updated_at', sortDir: 'asc' })
    expect(found.filter((id) => id === 'task-3')).toHaveLength(1)
    expect(new Set(found).size).toBe(20)
  })
})

describe('what no server should answer', () => {
  it('leaves out what is no task, with a warning, and gives the rest', async () => {
    const [good] = tasks(1)
    const server = await serve(() => ({ json: { tasks: [null, 5, {}, { id: 7 }, good, { ...good, id: '' }] } }))
    const warnings: string[] = []
    expect(await ids(server.url, { onWarning: (text) => warnings.push(text) })).toEqual(['task-0'])
    expect(warnings).toEqual(['the server sent 5 tasks without an id, left out here'])
  })

  it('keeps a task whose time cannot be read, whatever the filter on times', async () => {
    const server = await serve(() => ({ json: { tasks: [{ ...tasks(1)[0], created_at: 'yesterday' }] } }))
    expect(await ids(server.url, { since: START })).toEqual(['task-0'])
  })

  it('goes on after an empty page that has a next', async () => {
    const all = tasks(2)
    const server = await serve((_, count) => {
      if (count === 1) return { json: { tasks: [all[0]], next: '/v2/tasks?marker=a' } }
      if (count === 2) return { json: { tasks: [], next: '/v2/tasks?marker=b' } }
      return { json: { tasks: [all[1]] } }
    })
    expect(await ids(server.url)).toEqual(['task-0', 'task-1'])
  })

  it.each([
    ['an absolute one to another host', 'http://other.example/v2/tasks?marker=task-9'],
    ['one without the prefix', '/v2/tasks?limit=10&marker=task-9'],
    ['one with a doubled prefix', '/image/v2/v2/tasks?marker=task-9'],
    ['one without a marker', '/v2/tasks?limit=10'],
    ['a mere query', '?marker=task-9'],
  ])('takes the marker alone of next, and asks its own endpoint: %s', async (_, next) => {
    const server = await serve((asked, count) => page(tasks(15), asked, count === 1 ? { next } : {}))
    expect(await ids(`${server.url}image/`, { pageSize: 10 })).toEqual(expected(15))
    expect(server.asked[1]?.path).toBe('/image/v2/tasks?limit=10&marker=task-9')
  })

  it('notices a next that leads back', async () => {
    const server = await serve(() => ({ json: { tasks: tasks(2), next: '/v2/tasks?marker=task-1' } }))
    await expect(ids(server.url)).rejects.toThrow('its `next` leads back to where it was')
  })

  it('notices a next that never ends', async () => {
    const server = await serve((_, count) => ({ json: { tasks: [], next: `/v2/tasks?marker=m${count}` } }))
    await expect(ids(server.url)).rejects.toThrow('100 pages in a row held nothing new')
  })

  it.each(['[]', '"text"', '{}', '{"tasks":{}}', '<html>login</html>', ''])('says that %j is no list', async (text) => {
    const server = await serve(() => ({ text }))
    await expect(ids(server.url)).rejects.toThrow(UnexpectedAnswerError)
  })

  it('takes 204 for the end', async () => {
    const server = await serve(() => ({ status: 204, text: '' }))
    expect(await ids(server.url)).toEqual([])
  })
})

it('ends when its signal aborts', async () => {
  const controller = new AbortController()
  const server = await serve((asked, count) => {
    if (count === 2) controller.abort()
    return count === 2 ? 'hang' : page(tasks(30), asked)
  })
  await expect(ids(server.url, { pageSize: 10, signal: controller.signal })).rejects.toThrow('aborted')
})
