import { describe, expect, it } from 'vitest'
import { AbortedError, BadRequestError, UnknownOutcomeError, UsageError } from '../../src/errors.js'
import { ExactNumber } from '../../src/http/json.js'
import { type CreateOptions, createTask } from '../../src/tasks/create.js'
import { TestClock } from '../helpers/clock.js'
import { type Asked, serve, type Told } from '../helpers/server.js'
import { serviceAt } from '../helpers/service.js'

const INPUT = { import_from: 'http://example.org/image.raw' }

/**
 * A Glance that keeps what is posted to it. `post` says how the n-th POST is answered; `stores` whether it is carried
 * out nevertheless, and from which look on the task can be seen.
 */
async function glance(
  post: (count: number) => Told | undefined,
  options: { stores?: boolean; seenAfter?: number; filters?: boolean } = {},
) {
  const { stores = true, seenAfter = 0, filters = true } = options
  const kept: Record<string, unknown>[] = []
  let posts = 0
  let looks = 0
  const other: Record<string, unknown> = { id: 'other', type: 'import', status: 'success' }
  const server = await serve((asked: Asked): Told => {
    const { method, query, path } = asked
    if (method === 'POST') {
      const told = post(++posts)
      if (told === undefined || stores) kept.push(taskOf(asked, kept.length))
      return told ?? { status: 201, json: kept.at(-1) }
    }
    if (path.startsWith('/v2/tasks?')) {
      const isSeen = ++looks > seenAfter
      const found = filters ? kept.filter((task) => isSeen && task.request_id === query.get('request_id')) : [other]
      return { json: { tasks: found.map(({ request_id, input, ...item }) => item) } }
    }
    const task = [...kept, other].find(({ id }) => path === `/v2/tasks/${id}`)
    return task ? { json: task } : { status: 404, json: { message: 'Could not find task' } }
  })
  const clock = new TestClock()
  const create = (more: Partial<CreateOptions> = {}) =>
    createTask(serviceAt(server.url, { clock }), clock, { type: 'import', input: INPUT, ...more })
  return { create, kept, server, posts: () => posts, clock }
}

function taskOf(asked: Asked, count: number) {
  return {
    id: `t${count}`,
    status: 'pending',
    ...JSON.parse(asked.body),
    request_id: asked.headers['x-openstack-request-id'],
  }
}

it('sends type and input, and a request id of its own', async () => {
  const { create, server } = await glance(() => undefined)
  const task = await create()
  expect(task).toMatchObject({ id: 't0', type: 'import', input: INPUT })
  expect(server.asked).toHaveLength(1)
  expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({ type: 'import', input: INPUT })
  expect(server.asked[0]?.headers['x-openstack-request-id']).toMatch(/^req-[0-9a-f-]{36}$/)
})

it('sends null where there is no input, and every digit where there is', async () => {
  const { create, server } = await glance(() => undefined)
  await create({ input: undefined })
  await create({ input: { size: new ExactNumber('12345678901234567890') } })
  expect(server.asked.map(({ body }) => body)).toEqual([
    '{"type":"import","input":null}',
    '{"type":"import","input":{"size":12345678901234567890}}',
  ])
})

it.each([{ type: '' }, { requestId: 'mine' }, { requestId: `req-${'a'.repeat(61)}` }])(
  'refuses %o, and sends nothing',
  async (options) => {
    const { create, server } = await glance(() => undefined)
    await expect(create(options)).rejects.toThrow(UsageError)
    expect(server.asked).toEqual([])
  },
)

it('does not send again what the server refused', async () => {
  const { create, posts } = await glance(() => ({ status: 400, json: { message: "Task 'input' is required" } }), {
    stores: false,
  })
  await expect(create()).rejects.toThrow(BadRequestError)
  expect(posts()).toBe(1)
})

describe('when no clear answer comes, the task is adopted that was started all the same', () => {
  it.each<[string, Told]>([
    ['a dropped connection', 'drop'],
    ['500', { status: 500, json: {} }],
    ['502', { status: 502, text: '<html>Bad Gateway</html>' }],
    ['503', { status: 503, json: {} }],
    ['504', { status: 504, text: '' }],
    ['a cut body', { status: 201, text: '{"id": "t0", "ty' }],
  ])('%s', async (_, told) => {
    const { create, kept, posts } = await glance((count) => (count === 1 ? told : undefined))
    expect(await create()).toMatchObject({ id: 't0' })
    expect(kept).toHaveLength(1)
    expect(posts()).toBe(1)
  })

  it('even when a slow server needs half a minute for it', async () => {
    const { create, posts } = await glance(() => 'drop', { seenAfter: 6 })
    expect(await create()).toMatchObject({ id: 't0' })
    expect(posts()).toBe(1)
  })
})

describe('when it was not started', () => {
  it.each<[string, Told]>([
    ['a dropped connection', 'drop'],
    ['503', { status: 503, json: {} }],
    ['429', { status: 429, headers: { 'retry-after': '7' }, json: {} }],
  ])('it is sent again: %s', async (_, told) => {
    const { create, kept } = await glance((count) => (count === 1 ? told : undefined), { stores: false })
    expect(await create()).toMatchObject({ id: 't0' })
    expect(kept).toHaveLength(1)
  })

  it('after five times it is given up, with the request id and the way to look', async () => {
    const { create, posts } = await glance(() => 'drop', { stores: false })
    const error = await create({ requestId: 'req-1' }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.hint).toContain('glance-tasks list --request-id req-1')
    expect(posts()).toBe(5)
  })

  it('and 500 says so twice, a third time is not tried', async () => {
    const { create, posts } = await glance(() => ({ status: 500, json: {} }), { stores: false })
    await expect(create()).rejects.toThrow('The task was not started, as far as can be seen.')
    expect(posts()).toBe(2)
  })
})

it('says that it cannot know when the server is too old to filter by request id', async () => {
  const { create, posts } = await glance(() => 'drop', { filters: false })
  const error = await create({ requestId: 'req-2' }).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(UnknownOutcomeError)
  expect(error.message).toContain('too old to look a task up by its request id')
  expect(error.requestId).toBe('req-2')
  expect(posts()).toBe(1)
})

it('says that it cannot know when the server cannot be asked any more', async () => {
  const server = await serve(() => 'drop')
  const clock = new TestClock()
  const service = serviceAt(server.url, { clock, retry: { retries: 0 } })
  await expect(createTask(service, clock, { type: 'import', input: INPUT })).rejects.toThrow(
    'the server could not be asked either',
  )
  expect(server.asked.filter(({ method }) => method === 'POST')).toHaveLength(1)
})

describe('when it is interrupted', () => {
  /** Interrupts a create by what happens to its n-th request. */
  async function interrupt(script: (asked: Asked, abort: () => void) => Told) {
    const controller = new AbortController()
    const server = await serve((asked) => script(asked, () => controller.abort()))
    const clock = new TestClock()
    const created = createTask(serviceAt(server.url, { clock, retry: { retries: 0 } }), clock, {
      type: 'import',
      requestId: 'req-3',
      signal: controller.signal,
    })
    const error = await created.catch((thrown) => thrown)
    expect(error).toBeInstanceOf(AbortedError)
    return { error, server }
  }

  it('after it was sent, it names the task that was started', async () => {
    const { error } = await interrupt(({ method, path }, abort) => {
      if (method === 'POST') abort()
      if (method === 'POST') return 'hang'
      const task = { id: 't1', request_id: 'req-3' }
      return { json: path.includes('?') ? { tasks: [task] } : task }
    })
    expect(error.message).toBe('Interrupted. The task was started: t1.')
    expect(error.hint).toBe('Follow it with: glance-tasks wait t1')
  })

  it('after it was sent and cannot be seen, it says how to find it', async () => {
    const { error, server } = await interrupt(({ method }, abort) => {
      if (method === 'POST') abort()
      return method === 'POST' ? 'hang' : { json: { tasks: [] } }
    })
    expect(error.message).toBe('Interrupted while the task was being started.')
    expect(error.hint).toContain('glance-tasks list --request-id req-3')
    expect(server.asked.length).toBeGreaterThan(2)
  })

  it('while it is looked for, it says how to find it', async () => {
    const { error } = await interrupt(({ method }, abort) => {
      if (method === 'GET') abort()
      return 'drop'
    })
    expect(error.hint).toContain('glance-tasks list --request-id req-3')
  })

  it('before it was sent, it says that nothing was started, and looks for nothing', async () => {
    const server = await serve(() => ({ json: {} }))
    const clock = new TestClock()
    const created = createTask(serviceAt(server.url, { clock }), clock, { type: 'x', signal: AbortSignal.abort() })
    await expect(created).rejects.toThrow('Interrupted before the task was started.')
    expect(server.asked).toEqual([])
  })
})
