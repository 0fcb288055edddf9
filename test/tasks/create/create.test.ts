import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import {
  AbortedError,
  apiErrorFor,
  BadRequestError,
  ConnectionError,
  ForbiddenError,
  RateLimitError,
  ServerError,
  UnknownOutcomeError,
  UsageError,
} from '../../../src/errors.js'
import { ExactNumber, type JsonObject } from '../../../src/http/json.js'
import { markNotExecuted } from '../../../src/http/not-executed.js'
import type { ServiceRequest } from '../../../src/http/service.js'
import { type CreateOptions, createTask } from '../../../src/tasks/create/create.js'
import { TaskList } from '../../../src/tasks/list/list.js'
import type { Task } from '../../../src/tasks/task.js'
import { TestClock } from '../../helpers/clock.js'
import { type GlanceOptions, glance } from '../../helpers/glance.js'
import { type MemoryAnswer, memoryService } from '../../helpers/memory-service.js'
import { type Asked, hang, IMPORT, type Told } from '../../helpers/sandbox.js'

interface Faults {
  /** What the n-th POST meets instead of Glance's answer. */
  post?: (count: number, asked: Asked) => Told | undefined
  /** What the n-th look for its task meets. */
  look?: (count: number, asked: Asked) => Told | undefined
  /** What the n-th request for one task meets. */
  get?: (count: number, asked: Asked) => Told | undefined
  /** What happens at each notice. */
  notice?: () => void
}

/** A Glance to start tasks in. */
async function cloud({ post, look, get, notice }: Faults = {}, options: GlanceOptions = {}) {
  const counts = { posts: 0, looks: 0, gets: 0 }
  const { service, clock, asked } = await glance({
    script(request) {
      if (request.method === 'POST') return post?.(++counts.posts, request)
      if (request.path.startsWith('/v2/tasks?')) return look?.(++counts.looks, request)
      return get?.(++counts.gets, request)
    },
    ...options,
  })
  const notices: string[] = []
  const signal = new AbortController().signal
  return {
    asked,
    clock,
    service,
    notices,
    counts,
    async create(more: Partial<CreateOptions> = {}) {
      const onNotice = (text: string) => {
        notices.push(text)
        notice?.()
      }
      const all = { type: 'import', input: IMPORT, onNotice, signal, ...more }
      try {
        return await createTask(service, clock, all)
      } finally {
        expect(getEventListeners(all.signal ?? signal, 'abort')).toEqual([])
      }
    },
    /** The ids of the tasks that were started. */
    started: async () => (await new TaskList(service).all()).map(({ id }) => id),
    posts: () => asked.filter(({ method }) => method === 'POST').length,
  }
}

/** A Glance in memory, by whose answers the time passes as the test says. */
function memoryCloud(answer: (request: ServiceRequest, count: number, clock: TestClock) => MemoryAnswer | Error) {
  const clock = new TestClock()
  clock.advance(90_000)
  const notices: string[] = []
  const service = memoryService((request, count) => {
    const result = answer(request, count, clock)
    if (result instanceof Error) throw result
    return result
  })
  return {
    clock,
    notices,
    asked: service.asked,
    posts: () => service.asked.filter(({ method }) => method === 'POST').length,
    lists: () => service.asked.filter(({ path }) => path === 'tasks').filter(({ method }) => method === 'GET'),
    create: (more: Partial<CreateOptions> = {}, closed?: AbortSignal) =>
      createTask({ ...service, closed }, clock, {
        type: 'import',
        input: IMPORT,
        onNotice: (text) => void notices.push(text),
        ...more,
      }),
  }
}

const isPost = ({ method }: ServiceRequest) => method === 'POST'
const lost = () => new ConnectionError('Lost.', { reason: 'ECONNRESET', sent: true })
/** An error of Glance itself to a request. */
const own = ({ headers }: ServiceRequest, status: number, retryAfter?: number) =>
  apiErrorFor('No.', { status, retryAfter, origin: 'service', requestId: headers?.['x-openstack-request-id'] })
const noTask: MemoryAnswer = { json: { tasks: [] } }

const failureOf = (create: Promise<Task>): Promise<UnknownOutcomeError> =>
  create.then(
    () => expect.fail('The create did not fail.'),
    (thrown) => thrown,
  )

/** The request id that a request carried, as Glance sends it back. */
const echo = ({ headers }: Asked) => ({ 'x-openstack-request-id': headers['x-openstack-request-id'] ?? '' })

/** An error answer of Glance itself, which bears its mark. */
const glances = (asked: Asked, status: number, headers: Record<string, string> = {}): Told => ({
  status,
  headers: { ...echo(asked), ...headers },
  json: { message: 'No.<br /><br />\n\n\n', code: `${status} Any`, title: 'Any' },
})

/** A list without a task, from Glance itself. */
const empty = (asked: Asked): Told => ({ headers: echo(asked), json: { tasks: [] } })

/** The task is started, and this comes instead of the answer. */
const answered = (status: number, body: string, headers: Record<string, string> = {}): Told => ({
  kind: 'change',
  change: () => ({ status, body, headers }),
})
const html = (status: number) => answered(status, `<h1>${status}</h1>`, { 'content-type': 'text/html' })

const LOOK = 'Look for the task before you start it again.'

it('sends type and input, and a request id of its own', async () => {
  const { create, asked, notices } = await cloud()
  const ids: string[] = []
  const task = await create({ onRequestId: (id) => void ids.push(id) })
  expect(task).toMatchObject({ type: 'import', input: IMPORT, status: 'pending' })
  expect(asked).toHaveLength(1)
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ type: 'import', input: IMPORT })
  expect(asked[0]?.headers['x-openstack-request-id']).toMatch(/^req-[0-9a-f-]{36}$/)
  expect(ids).toEqual([asked[0]?.headers['x-openstack-request-id']])
  expect(notices).toEqual([])
})

it('sends null where there is no input, and every digit where there is', async () => {
  const { create, asked } = await cloud({ post: () => ({ status: 201, json: { id: 't' } }) })
  await create({ input: undefined })
  await create({ input: { size: new ExactNumber('12345678901234567890') } })
  expect(asked.map(({ body }) => body)).toEqual([
    '{"type":"import","input":null}',
    '{"type":"import","input":{"size":12345678901234567890}}',
  ])
})

it.each<[object]>([
  [{ type: '' }],
  [{ type: undefined }],
  [{ type: 7 }],
  [{ requestId: '' }],
  [{ requestId: 'mine' }],
  [{ requestId: 'req-' }],
  [{ requestId: 'x-req-1' }],
  [{ requestId: 'req-1 2' }],
  [{ requestId: 'req-1\n' }],
  [{ requestId: `req-${'a'.repeat(61)}` }],
  [{ ifUnknown: 'retry' }],
  [{ timeout: 0 }],
  [{ timeout: -1 }],
  [{ timeout: Number.NaN }],
])('refuses %o, and sends nothing', async (options) => {
  const { create, asked } = await cloud()
  await expect(create(options as Partial<CreateOptions>)).rejects.toThrow(UsageError)
  expect(asked).toEqual([])
})

it('takes a request id of 64 characters, and says how many there may be', async () => {
  const { create, started } = await cloud()
  const { id } = await create({ requestId: `req-${'a'.repeat(60)}` })
  expect(await started()).toEqual([id])
  await expect(create({ requestId: `req-${'a'.repeat(61)}` })).rejects.toThrow('at most 60 letters')
})

it.each(['fail', 'resend'] as const)('takes ifUnknown %s and the shortest timeout', async (ifUnknown) => {
  const made = memoryCloud(() => ({ status: 201, json: { id: 't' } }))
  expect(await made.create({ ifUnknown, timeout: 0.5 })).toMatchObject({ id: 't' })
})

it('sends nothing of an input that JSON cannot hold', async () => {
  const { create, asked } = await cloud()
  const itself: JsonObject = {}
  itself.again = itself
  await expect(create({ input: itself })).rejects.toThrow(UsageError)
  expect(asked).toEqual([])
})

it('passes on what an input of the caller throws by itself', async () => {
  const { create } = await cloud()
  const fault = new TypeError('a getter of the caller')
  const input = {
    get name(): string {
      throw fault
    },
  }
  await expect(create({ input })).rejects.toBe(fault)
})

describe('what Glance itself refuses is not sent again, nor looked for', () => {
  it('400', async () => {
    const { create, asked } = await cloud()
    await expect(create({ input: { import_from: 'file:///etc/passwd' } })).rejects.toThrow(BadRequestError)
    expect(asked).toHaveLength(1)
  })

  it.each([403, 404, 405, 409, 413])('%i', async (status) => {
    const { create, asked, notices } = await cloud({ post: (_, request) => glances(request, status) })
    await expect(create()).rejects.toMatchObject({ status, origin: 'service' })
    expect(asked).toHaveLength(1)
    expect(notices).toEqual([])
  })

  it('401 of the check of the token', async () => {
    const headers = { 'www-authenticate': 'Keystone uri="http://keystone"' }
    const { create, asked } = await cloud({ post: () => ({ status: 401, headers }) })
    await expect(create()).rejects.toMatchObject({ code: 'not_authenticated' })
    expect(asked).toHaveLength(1)
  })
})

describe('when no clear answer comes, the task is adopted that was started all the same', () => {
  it.each<[string, Told]>([
    ['a dropped connection', { kind: 'lost' }],
    ['500 in JSON of another form', answered(500, '{}')],
    ['503 in JSON of another form', answered(503, '{"message": "no"}')],
    ['504 without a body', answered(504, '')],
    ['a cut body', answered(201, '{"id": "t0", "ty')],
    ['a page of HTML', answered(200, '<html>', { 'content-type': 'text/html' })],
    ...[400, 401, 403, 404, 408, 409, 413, 429, 500, 502, 503, 504].map((status): [string, Told] => [
      `${status} of a proxy`,
      html(status),
    ]),
  ])('%s', async (_, told) => {
    const { create, started, posts, notices } = await cloud({ post: (count) => (count === 1 ? told : undefined) })
    const { id } = await create()
    expect(await started()).toEqual([id])
    expect(posts()).toBe(1)
    expect(notices[0]).toMatch(/Checking whether the task was started \(request ID req-[0-9a-f-]{36}\)\.$/)
  })

  it.each([5, 20, 45])('even where a slow server starts it %i s later', async (seconds) => {
    const made = await cloud({
      post: () => ({ kind: 'lost' }),
      look: (_, asked) => (made.clock.monotonic() < seconds * 1000 ? empty(asked) : undefined),
    })
    const { id } = await made.create()
    expect(await made.started()).toEqual([id])
    expect(made.posts()).toBe(1)
    expect(made.clock.monotonic()).toBeGreaterThanOrEqual(seconds * 1000)
  })

  it.each<[string, (asked: Asked) => Told]>([
    ['500', () => ({ status: 500 })],
    ['503', () => ({ status: 503 })],
    ['a dropped connection', () => 'drop'],
    ['403 of a proxy', () => ({ status: 403, headers: { 'content-type': 'text/html' }, text: '<h1>403</h1>' })],
    ['404 of a proxy', () => ({ status: 404, headers: { 'content-type': 'text/html' }, text: '<h1>404</h1>' })],
    ['a cut answer', (asked) => ({ headers: echo(asked), text: '{"tasks": [' })],
    ['an empty list without its request id', () => ({ json: { tasks: [] } })],
    [
      'an empty list of another request',
      () => ({ headers: { 'x-openstack-request-id': 'req-2' }, json: { tasks: [] } }),
    ],
  ])('even where looking for it meets %s first', async (_, told) => {
    const { create, started } = await cloud({
      post: () => ({ kind: 'lost' }),
      look: (count, asked) => (count <= 3 ? told(asked) : undefined),
    })
    const { id } = await create()
    expect(await started()).toEqual([id])
  })

  it('even where the first look hangs, which ends before the time for all of them', async () => {
    const { service, clock, started }: Awaited<ReturnType<typeof cloud>> = await cloud({
      post: () => ({ kind: 'lost' }),
      look: (count) => (count === 1 ? hang(clock, 300) : undefined),
    })
    const pace = { noticeInterval: 5000, lookupTimeout: 300 }
    const { id } = await createTask(service, clock, { type: 'import', input: IMPORT }, pace)
    expect(await started()).toEqual([id])
  })

  it('even where it can be read at the third time only', async () => {
    const { create, started } = await cloud({
      post: () => ({ kind: 'lost' }),
      get: (count, asked) => (count <= 2 ? glances(asked, 500) : undefined),
    })
    expect(await started()).toEqual([])
    const { id } = await create()
    expect(await started()).toEqual([id])
  })
})

describe('when it cannot be known whether it was started', () => {
  it.each<[string, Told]>([
    ['a dropped connection', 'drop'],
    ['a proxy that answers 429', { status: 429, headers: { 'retry-after': '7' }, text: '<h1>429</h1>' }],
    ['a proxy that answers 503', { status: 503, text: '<h1>503</h1>' }],
    ['a proxy that answers 401', { status: 401, text: '<h1>401</h1>' }],
    ['a proxy that answers 403', { status: 403, text: '<h1>403</h1>' }],
  ])('it is never sent again, and the error says how to look: %s', async (_, told) => {
    const { create, started, posts, clock } = await cloud({ post: () => told })
    const error = await failureOf(create())
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.message).toMatch(/^It is unknown whether the task was started\. /)
    expect(error.message).toContain('After 60 s no task has its request ID, but a slow server may still start it.')
    const { requestId } = error
    expect(error).toMatchObject({ hint: LOOK, remedy: { kind: 'find_request', requestId } })
    expect(error.taskIds).toEqual([])
    expect(posts()).toBe(1)
    expect(await started()).toEqual([])
    expect(clock.monotonic()).toBe(60_000)
  })

  it('the search ends with the timeout of the create', async () => {
    const { create, clock } = await cloud({ post: () => 'drop' })
    await expect(create({ timeout: 5000 })).rejects.toThrow('After 5 s no task has its request ID')
    expect(clock.monotonic()).toBe(5000)
  })

  it('it says every few seconds that it still looks', async () => {
    const { create, notices } = await cloud({ post: () => 'drop' })
    await failureOf(create())
    const seconds = notices.slice(1).map((text) => Number(/, after (\d+) s\.$/.exec(text)?.[1]))
    expect(seconds.length).toBeGreaterThanOrEqual(8)
    for (const [i, each] of seconds.entries()) expect(each - (seconds[i - 1] ?? 0)).toBeLessThanOrEqual(10)
  })

  it.each<[string, Record<string, string>]>([
    ['strips request ids', {}],
    ['replaces request ids', { 'x-openstack-request-id': 'req-of-the-proxy' }],
  ])('and a proxy %s, an empty look proves nothing, and soon no more is tried', async (_, headers) => {
    const { create, posts, clock } = await cloud({
      post: () => ({ kind: 'lost' }),
      look: () => ({ headers, json: { tasks: [] } }),
    })
    await expect(create()).rejects.toThrow(
      'The task cannot be found by its request ID, because a proxy removes or replaces request IDs.',
    )
    expect(posts()).toBe(1)
    expect(clock.monotonic()).toBeLessThan(10_000)
  })

  it('and a proxy strips request ids both ways, the error names the task that has the same input', async () => {
    const other = { id: 'other', type: 'import', input: { ...IMPORT, import_from: 'http://example.org/other.raw' } }
    const early = { id: 'early', type: 'import', input: IMPORT, created_at: '2026-11-22T23:00:00Z' }
    // The Date header of the sandbox is not by the clock that its tasks go by.
    const dated = (): Told => ({
      kind: 'change',
      change: (answer) => ({
        ...answer,
        headers: { ...answer.headers, date: new Date(made.clock.now()).toUTCString() },
      }),
    })
    const made = await cloud(
      {
        post: () => ({ kind: 'lost' }),
        look: (_, { path }) => (path.includes('request_id') ? { json: { tasks: [] } } : dated()),
      },
      { tasks: [other, early] as never },
    )
    const error = await failureOf(made.create({ input: Object.fromEntries(Object.entries(IMPORT).reverse()) }))
    const [id] = (await made.started()).filter((each) => each !== 'other' && each !== 'early')
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.taskIds).toEqual([id])
    expect(error.message).toContain(`or replaces request IDs; tasks with the same input: ${id}.`)
    expect(error).toMatchObject({ hint: LOOK, remedy: { kind: 'get_task', taskId: id } })
    expect(made.posts()).toBe(1)
  })

  it('since the server is too old to filter by request id', async () => {
    const { create, posts } = await cloud(
      {
        post: () => ({ kind: 'lost' }),
        look: (_, asked) => ({ headers: echo(asked), json: { tasks: [{ id: 'other' }] } }),
      },
      { tasks: [{ id: 'other' }] },
    )
    const error = await failureOf(create())
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.message).toContain('This server is too old to find a task by its request ID.')
    expect(error.taskIds).toEqual([])
    expect(posts()).toBe(1)
  })

  it('since looking is not allowed: at once', async () => {
    const { create, counts } = await cloud({ post: () => 'drop', look: (_, asked) => glances(asked, 403) })
    await expect(create()).rejects.toThrow('The search for it failed: No.')
    expect(counts.looks).toBe(1)
  })

  it('since the server does not answer a look', async () => {
    const { service, clock }: Awaited<ReturnType<typeof cloud>> = await cloud({
      post: () => 'drop',
      look: () => hang(clock, 1000),
    })
    const pace = { noticeInterval: 5000, lookupTimeout: 1000 }
    const create = createTask(service, clock, { type: 'import', input: IMPORT }, pace)
    await expect(create).rejects.toThrow('The search for it failed: no response within 1 s.')
  })

  it('since the server cannot be asked any more', async () => {
    const { create, posts } = await cloud({ post: () => 'drop', look: () => 'drop' })
    await expect(create()).rejects.toThrow('The search for it failed: 127.0.0.1')
    expect(posts()).toBe(1)
  })

  it('since its task is listed and cannot be read: the error names it', async () => {
    const made = await cloud({ post: () => ({ kind: 'lost' }), get: (_, asked) => glances(asked, 500) })
    const error = await failureOf(made.create({ timeout: 5000 }))
    const [id] = await made.started()
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.message).toContain(`It is probably ${id}, which cannot be read: No.`)
    expect(error.remedy).toEqual({ kind: 'get_task', taskId: id })
    expect(error.taskIds).toEqual([id])
    expect(made.posts()).toBe(1)
  })
})

describe('when it certainly was not carried out', () => {
  it.each([
    ['503', 503, {}],
    ['429', 429, { 'retry-after': '7' }],
  ])('it is sent again: %s of Glance itself', async (_, status, headers) => {
    const { create, started, posts, notices, clock } = await cloud({
      post: (count, asked) => (count === 1 ? glances(asked, status, headers) : undefined),
    })
    const { id } = await create()
    expect(await started()).toEqual([id])
    expect(posts()).toBe(2)
    expect(notices).toEqual(['No. The task was not started. Sending the request again.'])
    if (status === 429) expect(clock.slept).toEqual([7000])
  })

  it('it is sent again while Keystone is away, of which the check of the token tells', async () => {
    const away = 'The Keystone service is temporarily unavailable.<br /><br />'
    const json = { message: away, code: '503 Service Unavailable', title: 'Service Unavailable' }
    const { create, posts } = await cloud({ post: (count) => (count === 1 ? { status: 503, json } : undefined) })
    await create()
    expect(posts()).toBe(2)
  })

  it.each([
    [429, RateLimitError],
    [503, ServerError],
  ])('and Glance answers %i for ever, it is given up after five times, with that answer', async (status, Class) => {
    const { create, posts, counts } = await cloud({ post: (_, asked) => glances(asked, status) })
    await expect(create()).rejects.toThrow(Class)
    expect([posts(), counts.looks]).toEqual([5, 0])
  })

  it('and the server asks for a longer pause than there is time, it is given up at once', async () => {
    const { create, posts, clock } = await cloud({ post: (_, asked) => glances(asked, 503, { 'retry-after': '3600' }) })
    await expect(create({ timeout: 20_000 })).rejects.toMatchObject({ status: 503 })
    expect(posts()).toBe(1)
    expect(clock.slept).toEqual([])
  })

  const refused = () => new ConnectionError('refused', { reason: 'ECONNREFUSED', sent: false })
  it.each<[string, () => Error, number]>([
    ['connections are refused', refused, 5],
    ['there is no such host', () => new ConnectionError('no host', { reason: 'ENOTFOUND', sent: false }), 1],
    ['the login fails', () => markNotExecuted(new ServerError('Keystone is away', { status: 502 })), 1],
    ['the login gets no answer', () => markNotExecuted(new ConnectionError('lost', { sent: true })), 1],
  ])('and %s, the error says just that', async (_, fault, times) => {
    const { clock, service, notices } = await cloud()
    const error = fault()
    let requests = 0
    const request = async () => {
      requests++
      throw error
    }
    const onNotice = (text: string) => void notices.push(text)
    const create = createTask({ ...service, request }, clock, { type: 'import', input: IMPORT, onNotice })
    await expect(create).rejects.toBe(error)
    expect(requests).toBe(times)
    expect(notices.join('\n')).not.toContain('Checking')
  })
})

describe("after Glance's own 500", () => {
  const broken = { type: 'api_image_import', input: null }

  it('there is no task, and it is sent once more; then the error is its own', async () => {
    const { create, started, posts } = await cloud()
    const ids: string[] = []
    const error = await failureOf(create({ ...broken, onRequestId: (id) => void ids.push(id) }))
    expect(error).toBeInstanceOf(ServerError)
    expect(error).toMatchObject({ status: 500, requestId: ids[0], hint: expect.stringContaining('its operator') })
    expect(posts()).toBe(2)
    expect(await started()).toEqual([])
  })

  it('a task that it left is adopted', async () => {
    const own = (asked: Asked) => answered(500, '{"message": "No.", "code": "500 Any", "title": "Any"}', echo(asked))
    const { create, started, posts, clock } = await cloud({ post: (_, asked) => own(asked) })
    const { id } = await create()
    expect(await started()).toEqual([id])
    expect(posts()).toBe(1)
    expect(clock.monotonic()).toBeLessThanOrEqual(1000)
  })

  it('and a 503 before it, the error is its own', async () => {
    const { create, posts } = await cloud({ post: (count, asked) => glances(asked, count === 1 ? 503 : 500) })
    await expect(create()).rejects.toMatchObject({ status: 500 })
    expect(posts()).toBe(2)
  })

  it('where the search proves nothing, it cannot be known', async () => {
    const { create, posts } = await cloud({ post: (_, asked) => glances(asked, 500), look: () => 'drop' })
    await expect(create()).rejects.toThrow(UnknownOutcomeError)
    expect(posts()).toBe(1)
  })
})

describe("with ifUnknown: 'resend'", () => {
  const ifUnknown = 'resend'

  it('it is sent again after a look that found nothing, and says that a second task may come', async () => {
    const { create, started, posts, notices } = await cloud({ post: (count) => (count === 1 ? 'drop' : undefined) })
    const { id } = await create({ ifUnknown })
    expect(await started()).toEqual([id])
    expect(posts()).toBe(2)
    expect(notices).toContainEqual(expect.stringContaining('No task was found. Sending the request again.'))
    expect(notices.at(-1)).toMatch(
      /^An earlier request may still start a second task\. List the tasks of the request req-\S+ to see both\.$/,
    )
  })

  it('a second task that can be seen then is named', async () => {
    // The first request is carried out, and its task can be seen only after the second one.
    const made = await cloud({
      post: (count) => (count === 1 ? { kind: 'lost' } : undefined),
      look: (_, asked) => (made.posts() < 2 ? empty(asked) : undefined),
    })
    const { id } = await made.create({ ifUnknown })
    const both = await made.started()
    expect(both).toHaveLength(2)
    const other = both.find((each) => each !== id)
    expect(made.notices.at(-1)).toContain(`It also started ${other}`)
  })

  it('a task that the look finds is adopted, and nothing is sent again', async () => {
    const { create, posts } = await cloud({ post: () => ({ kind: 'lost' }) })
    await create({ ifUnknown })
    expect(posts()).toBe(1)
  })

  it('two tasks that the look finds are named', async () => {
    const made = await cloud({
      post: (count) => (count <= 2 ? { kind: 'lost' } : undefined),
      look: (_, asked) => (made.posts() < 2 ? empty(asked) : undefined),
    })
    const { id } = await made.create({ ifUnknown })
    const other = (await made.started()).find((each) => each !== id)
    expect(made.notices.at(-1)).toContain(`It also started ${other}`)
  })

  it('and the second request is refused, the error tells of the first', async () => {
    const { create, posts } = await cloud({ post: (count, asked) => (count === 1 ? 'drop' : glances(asked, 403)) })
    const error = await failureOf(create({ ifUnknown }))
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.message).toMatch(/closed the connection.*The request was sent again and failed: No\.$/)
    expect(error.cause).not.toBeInstanceOf(ForbiddenError)
    expect(posts()).toBe(2)
  })

  it('it ends within its time', async () => {
    const { create, posts, clock } = await cloud({ post: () => 'drop' })
    await expect(create({ ifUnknown })).rejects.toThrow(UnknownOutcomeError)
    expect(posts()).toBeGreaterThan(2)
    expect(clock.monotonic()).toBeLessThanOrEqual(60_000)
  })
})

describe('with a request id of the caller', () => {
  const requestId = 'req-00000000-0000-4000-8000-000000000001'

  it('it starts one task, however often it is called', async () => {
    const { create, started, posts, notices } = await cloud()
    const first = await create({ requestId })
    expect((await create({ requestId })).id).toBe(first.id)
    expect(await started()).toEqual([first.id])
    expect(posts()).toBe(1)
    expect(notices).toEqual([`Task ${first.id} already exists for the request ID ${requestId}, so nothing is sent.`])
  })

  it('it sends nothing where the cloud cannot tell whether the id was used', async () => {
    const { create, posts } = await cloud({ look: () => ({ json: { tasks: [] } }) })
    const error = await failureOf(create({ requestId }))
    expect(error).toMatchObject({ code: 'unknown_outcome', requestId })
    expect(error.message).toContain('Nothing was sent')
    expect(posts()).toBe(0)
  })

  it('it sends nothing where the look is refused', async () => {
    const { create, posts } = await cloud({ look: (_, asked) => glances(asked, 403) })
    await expect(create({ requestId })).rejects.toThrow(ForbiddenError)
    expect(posts()).toBe(0)
  })

  it('and it is interrupted in the look before, nothing was started', async () => {
    const controller = new AbortController()
    const { create, posts } = await cloud({
      look() {
        controller.abort()
        return 'hang'
      },
    })
    const create1 = create({ requestId, signal: controller.signal })
    await expect(create1).rejects.toThrow('Interrupted before the task was started.')
    expect(posts()).toBe(0)
  })
})

describe('a server that does not answer', () => {
  it('is given up in time for a search, within the timeout of the create', async () => {
    const { create, posts, clock }: Awaited<ReturnType<typeof cloud>> = await cloud({
      post: () => hang(clock, 30_000),
    })
    await expect(create({ timeout: 40_000 })).rejects.toThrow(
      'It is unknown whether the task was started. The image service did not answer within 30 s.',
    )
    expect(posts()).toBe(1)
  })
})

const IMPATIENT: GlanceOptions = { http: { retry: { retries: 0 } } }

describe('when it is interrupted', () => {
  const reason = new Error('the user closed the window')

  /** Interrupts a create by what happens to its requests. */
  async function interrupted(faults: (abort: () => void) => Faults, more: Partial<CreateOptions> = {}) {
    const controller = new AbortController()
    const made = await cloud(
      faults(() => controller.abort(reason)),
      IMPATIENT,
    )
    const ids: string[] = []
    const onRequestId = (id: string) => void ids.push(id)
    const error = await failureOf(made.create({ signal: controller.signal, onRequestId, ...more }))
    expect(error).toBeInstanceOf(AbortedError)
    expect(error.cause).toBe(reason)
    return { ...made, error, requestId: ids[0] }
  }

  it('after it was sent, it names the task that was started', async () => {
    const { error, started } = await interrupted((abort) => ({
      post() {
        abort()
        return { kind: 'lost' }
      },
    }))
    const [id] = await started()
    expect(error.message).toBe(`Interrupted. The task was started: ${id}.`)
    expect(error).toMatchObject({ hint: 'Wait until it ends.', remedy: { kind: 'wait', taskIds: [id] } })
  })

  it('after it was sent and cannot be seen, it says how to find it', async () => {
    const { error, asked, requestId } = await interrupted((abort) => ({
      post() {
        abort()
        return 'hang'
      },
    }))
    expect(error.message).toBe('Interrupted while the task was being started.')
    expect(error.remedy).toEqual({ kind: 'find_request', requestId })
    expect(asked.length).toBeGreaterThan(2)
  })

  it('while it is looked for, it says how to find it', async () => {
    const { error, requestId } = await interrupted((abort) => ({
      post: () => 'drop',
      look() {
        abort()
        return 'drop'
      },
    }))
    expect(error.remedy).toEqual({ kind: 'find_request', requestId })
  })

  it('between two requests that were not carried out, it says that nothing was started', async () => {
    const { error, asked } = await interrupted((abort) => ({
      post: (_, request) => glances(request, 503),
      notice: abort,
    }))
    expect(error.message).toBe('Interrupted before the task was started.')
    expect(asked.every(({ method }) => method === 'POST')).toBe(true)
  })

  it('before it was sent, it says that nothing was started, and looks for nothing', async () => {
    const { create, asked } = await cloud()
    const signal = AbortSignal.abort()
    await expect(create({ signal })).rejects.toThrow('Interrupted before the task was started.')
    expect(asked).toEqual([])
  })
})

it('ends at once when the connection is closed', async () => {
  const { service, clock, notices } = await cloud({ post: () => 'drop' })
  const closing = new AbortController()
  const onNotice = (text: string) => {
    notices.push(text)
    closing.abort()
  }
  const closed = { ...service, closed: closing.signal }
  await expect(createTask(closed, clock, { type: 'import', input: IMPORT, onNotice })).rejects.toThrow(AbortedError)
  expect(notices).toHaveLength(1)
  expect(getEventListeners(closing.signal, 'abort')).toEqual([])
})

describe('the time of a create', () => {
  it('leaves ten seconds of a long one for the search', async () => {
    // Sent at 0, 29, 58 and 87 s; the next one would be sent after the 90 s that there are.
    const { create, posts, clock } = memoryCloud((request) => own(request, 503, 29))
    await expect(create({ timeout: 100_000 })).rejects.toMatchObject({ status: 503 })
    expect(posts()).toBe(4)
    expect(clock.slept).toEqual([29_000, 29_000, 29_000])
  })

  it.each([
    [15, 1],
    [14, 2],
  ])('leaves a quarter of a short one: after a pause of %i s it is sent %i times', async (pause, times) => {
    const { create, posts } = memoryCloud((request) => own(request, 503, pause))
    await expect(create({ timeout: 20_000 })).rejects.toMatchObject({ status: 503 })
    expect(posts()).toBe(times)
  })

  it('tells how long it was waited for an answer, and looks for the task until the end', async () => {
    const { create, clock, notices } = memoryCloud((request, _, clock) => {
      if (!isPost(request)) return noTask
      clock.advance(50_000)
      return new AbortedError('cut short', { sent: true })
    })
    const error = await failureOf(create())
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.message).toContain('The image service did not answer within 50 s. After 10 s no task')
    expect(error.cause).toMatchObject({ code: 'timeout', sent: true })
    expect(notices.slice(0, 10).map((text) => /^No response after (\d+) s\./.exec(text)?.[1])).toEqual([
      '5',
      '10',
      '15',
      '20',
      '25',
      '30',
      '35',
      '40',
      '45',
      '50',
    ])
    expect(notices[10]).toMatch(/^The image service did not answer within 50 s\. Checking/)
    expect(clock.monotonic()).toBe(90_000 + 60_000)
  })

  it('that a login uses up starts nothing, and nothing is looked for', async () => {
    const { create, asked } = memoryCloud(() => new AbortedError('cut short', { sent: false }))
    const error = await failureOf(create({ timeout: 2345 }))
    expect(error).toMatchObject({
      code: 'timeout',
      sent: false,
      message: 'The task was not started: the login or the connection took longer than 1.8 s.',
      hint: 'Find the slow part of the connection.',
      remedy: { kind: 'diagnose' },
    })
    expect(asked).toHaveLength(1)
  })

  it('may be used up while the request id of the caller is looked for', async () => {
    const { create, posts } = memoryCloud(() => new AbortedError('cut short', { sent: true }))
    const error = await failureOf(create({ requestId: 'req-1', timeout: 20_000 }))
    expect(error).toMatchObject({ code: 'timeout', sent: false, message: expect.stringContaining('longer than 15 s') })
    expect(posts()).toBe(0)
  })

  it('that is used up by the look before gives the request what is left, and no less than nothing', async () => {
    const { create } = memoryCloud((request, _, clock) => {
      clock.advance(70_000)
      return isPost(request) ? new AbortedError('cut short', { sent: false }) : noTask
    })
    await expect(create({ requestId: 'req-1' })).rejects.toThrow('took longer than 0 s.')
  })

  it('is told of with the seconds that the request has taken, until it has its answer', async () => {
    const { service, clock }: Awaited<ReturnType<typeof glance>> = await glance({
      script() {
        clock.advance(15_000)
        return undefined
      },
    })
    clock.advance(100_000)
    const notices: string[] = []
    const onNotice = (text: string) => void notices.push(text)
    await createTask(service, clock, { type: 'import', input: IMPORT, onNotice })
    const request = /^No response after (\d+) s\. Still waiting \(request ID req-/
    expect(notices.map((text) => request.exec(text)?.[1])).toEqual(['5', '10', '15'])
    clock.advance(60_000)
    expect(notices).toHaveLength(3)
    expect(clock.timers).toBe(0)
  })
})

describe('the requests of a create', () => {
  it('are one POST that the client does not repeat, and looks that carry the caller’s signal', async () => {
    const ids: string[] = []
    const { create, asked } = memoryCloud((request) => {
      if (isPost(request)) return lost()
      if (request.path === 'tasks') return { json: { tasks: [{ id: 't1' }, { id: 't2' }, { id: 't3' }] } }
      return { json: { id: request.path.split('/')[1] ?? '', request_id: ids[0] ?? '' } }
    })
    const notices: string[] = []
    const options = {
      onRequestId: (id: string) => void ids.push(id),
      onNotice: (text: string) => void notices.push(text),
    }
    expect(await create(options)).toMatchObject({ id: 't1' })
    expect(asked[0]).toMatchObject({ method: 'POST', path: 'tasks', retry: false })
    expect(asked.every(({ signal }) => signal instanceof AbortSignal)).toBe(true)
    expect(notices.at(-1)).toBe(
      `The request was processed more than once. It also started t2, t3 (request ID ${ids[0]}).`,
    )
  })

  it('need nobody to tell', async () => {
    const { create } = memoryCloud((request) => (isPost(request) ? lost() : noTask))
    await expect(create({ onNotice: undefined, timeout: 1000 })).rejects.toThrow(UnknownOutcomeError)
  })

  it('after an earlier one in doubt end with a look for its task, for which a failure is no matter', async () => {
    const { create, notices } = memoryCloud((request, count) => {
      if (isPost(request)) return count === 1 ? lost() : { json: { id: 't2' } }
      return notices.some((text) => text.includes('again')) ? lost() : noTask
    })
    expect(await create({ ifUnknown: 'resend' })).toMatchObject({ id: 't2' })
    expect(notices.at(-1)).toMatch(/^An earlier request may still start a second task\. .*req-/)
  })
})

describe('how often it is sent again', () => {
  it.each([
    [0, 1],
    [1, 2],
    [6, 7],
  ])('is what the caller says where it was not carried out: with %i retries %i times', async (retries, times) => {
    const { create, posts } = memoryCloud((request) => own(request, 503, 1))
    await expect(create({ retries })).rejects.toMatchObject({ status: 503 })
    expect(posts()).toBe(times)
  })

  it.each([
    [0, 1],
    [1, 2],
    [3, 2],
  ])('is once at most where Glance itself fails: with %i retries %i times', async (retries, times) => {
    const { create, posts } = memoryCloud((request) => (isPost(request) ? own(request, 500) : noTask))
    await expect(create({ retries })).rejects.toMatchObject({ status: 500 })
    expect(posts()).toBe(times)
  })

  it('does not wait long for the task of a request that Glance itself failed with', async () => {
    const { create, lists, clock } = memoryCloud((request) => (isPost(request) ? own(request, 500) : noTask))
    await expect(create({ retries: 0 })).rejects.toMatchObject({ status: 500 })
    expect(lists()).toHaveLength(2)
    expect(clock.monotonic()).toBe(90_000 + 1000)
  })

  it("a doubt of an earlier request outlives Glance's own failure with a later one", async () => {
    const { create, posts } = memoryCloud((request, count) => {
      if (!isPost(request)) return noTask
      return count === 1 ? lost() : own(request, 500)
    })
    const error = await failureOf(create({ ifUnknown: 'resend', retries: 1 }))
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.message).toContain('Lost. ')
    expect(error.message).toContain('The request was sent again and failed: No.')
    expect(posts()).toBe(2)
  })

  it("with ifUnknown: 'resend' it is looked for ten seconds each time, and at last until the time is over", async () => {
    const sent: number[] = []
    const { create, clock, notices } = memoryCloud((request, _, clock) => {
      if (!isPost(request)) return noTask
      sent.push(clock.monotonic() - 90_000)
      return lost()
    })
    await expect(create({ ifUnknown: 'resend', retries: 2 })).rejects.toThrow(UnknownOutcomeError)
    expect(sent.map((time) => Math.floor(time / 1000))).toEqual([0, 10, 21])
    expect(notices.filter((text) => text.includes('Sending the request again'))).toEqual(
      Array(2).fill('Lost. No task was found. Sending the request again.'),
    )
    expect(clock.monotonic()).toBeLessThan(90_000 + 33_000)
  })

  it("with ifUnknown: 'resend' and too little time for another request, the search goes on to the end", async () => {
    const { create, clock, posts } = memoryCloud((request, _, clock) => {
      if (!isPost(request)) return noTask
      clock.advance(45_000)
      return lost()
    })
    await expect(create({ ifUnknown: 'resend' })).rejects.toThrow('After 15 s no task')
    expect(posts()).toBe(1)
    expect(clock.monotonic()).toBe(90_000 + 60_000)
  })
})

describe('a request id of the caller that a task may carry which cannot be read', () => {
  it('sends nothing, and names the tasks', async () => {
    const { create, posts } = memoryCloud((request) => {
      if (request.path === 'tasks') return { json: { tasks: [{ id: 't1' }, { id: 't2' }] } }
      return apiErrorFor('No.', { status: 500 })
    })
    const error = await failureOf(create({ requestId: 'req-1' }))
    expect(error).toMatchObject({
      code: 'unknown_outcome',
      taskIds: ['t1', 't2'],
      hint: 'Look for the task, or omit the request ID to start a new one.',
      remedy: { kind: 'find_request', requestId: 'req-1' },
    })
    expect(posts()).toBe(0)
  })

  it('is looked for again after a failure that may pass', async () => {
    const { create, posts } = await cloud({ look: (count) => (count === 1 ? { status: 503 } : undefined) })
    await create({ requestId: 'req-1' })
    expect(posts()).toBe(1)
  })
})

describe('where request ids are stripped', () => {
  const task = (id: string, more: object = {}) => ({ id, type: 'import', input: IMPORT, status: 'pending', ...more })
  const DATE = 'Mon, 23 Nov 2026 00:01:30 GMT'

  /** A cloud that strips request ids and has these tasks, after a request that was lost. */
  function stripped(
    tasks: object[],
    more: (request: ServiceRequest) => MemoryAnswer | Error | undefined = () => undefined,
  ) {
    return memoryCloud((request) => {
      if (isPost(request)) return lost()
      const answer = more(request)
      if (answer) return answer
      const isSearch = request.query?.request_id !== undefined
      const id = request.path.split('/')[1]
      if (id !== undefined) return { json: tasks.find((each) => (each as Task).id === id) }
      return { headers: { date: DATE }, json: { tasks: isSearch ? [] : tasks } }
    })
  }

  it.each<[string, object, boolean]>([
    ['the same input, made a moment ago', { created_at: '2026-11-23T00:01:30Z' }, true],
    ['the same input and a time that cannot be read', { created_at: 'yesterday' }, true],
    // By the server's clock 4 s have passed since the request, and it tells times in whole seconds.
    ['the same input, made just before', { created_at: '2026-11-23T00:01:24Z' }, true],
    ['the same input, made long before', { created_at: '2026-11-23T00:01:23Z' }, false],
    ['another type', { created_at: '2026-11-23T00:01:30Z', type: 'api_image_import' }, false],
    ['another input', { created_at: '2026-11-23T00:01:30Z', input: { ...IMPORT, more: 1 } }, false],
    ['no input', { created_at: '2026-11-23T00:01:30Z', input: undefined }, false],
  ])('a task with %s: it is named is %o', async (_, more, isNamed) => {
    const { create } = stripped([task('t1', more)])
    const error = await failureOf(create())
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.taskIds).toEqual(isNamed ? ['t1'] : [])
    expect(error.message.includes('tasks with the same input: t1.')).toBe(isNamed)
  })

  it('a task without an input is like a request without one', async () => {
    const { create } = stripped([task('t1', { input: undefined }), task('t2', { input: null }), task('t3')])
    expect((await failureOf(create({ input: null }))).taskIds).toEqual(['t1', 't2'])
  })

  it('the newest tasks are asked for once, and each of them once', async () => {
    const { create, asked } = stripped([task('t1'), task('t2')])
    const error = await failureOf(create())
    expect(error.taskIds).toEqual(['t1', 't2'])
    expect(error.message).toContain('tasks with the same input: t1, t2.')
    const looks = asked.filter((request) => !isPost(request)).filter(({ query }) => query?.request_id === undefined)
    expect(looks.map(({ path, query, retry }) => [path, query?.limit, retry])).toEqual([
      ['tasks', 25, undefined],
      ['tasks/t1', undefined, false],
      ['tasks/t2', undefined, false],
    ])
  })

  it('a task that cannot be read leaves the others', async () => {
    const failing = ({ path }: ServiceRequest) =>
      path === 'tasks/t1' ? apiErrorFor('No.', { status: 500 }) : undefined
    const { create } = stripped([task('t1'), task('t2')], failing)
    expect((await failureOf(create())).taskIds).toEqual(['t2'])
  })

  it.each<[string, MemoryAnswer | Error]>([
    ['fails', apiErrorFor('No.', { status: 403 })],
    ['is none', { headers: { date: DATE }, json: { tasks: 'no' } }],
    ['is no object', { headers: { date: DATE }, json: [] }],
    ['holds no task', { headers: { date: DATE }, json: { tasks: [null, { id: 7 }] } }],
  ])('a list of the newest that %s changes nothing', async (_, answer) => {
    const list = ({ path, query }: ServiceRequest) =>
      path === 'tasks' && query?.request_id === undefined ? answer : undefined
    const { create } = stripped([], list)
    const error = await failureOf(create())
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.message).toMatch(/removes or replaces request IDs\.$/)
    expect(error.taskIds).toEqual([])
  })

  it('an interruption meanwhile is one', async () => {
    const controller = new AbortController()
    const list = ({ path, query }: ServiceRequest) => {
      if (path !== 'tasks' || query?.request_id !== undefined) return undefined
      controller.abort()
      return new AbortedError('enough')
    }
    const { create } = stripped([], list)
    await expect(create({ signal: controller.signal })).rejects.toThrow('Interrupted while the task was being started.')
  })

  it('a task that is found all the same is adopted, and no list of the newest is asked for', async () => {
    const requestId = (request: ServiceRequest) => request.headers?.['x-openstack-request-id']
    const made = memoryCloud((request) => {
      if (isPost(request)) return lost()
      if (request.path === 'tasks') return { headers: {}, json: { tasks: [task('t1')] } }
      return { json: task('t1', { request_id: requestId(made.asked[0] as ServiceRequest) }) }
    })
    expect(await made.create()).toMatchObject({ id: 't1' })
    expect(made.lists().map(({ query }) => query?.request_id)).toEqual([requestId(made.asked[0] as ServiceRequest)])
  })
})

describe('an interruption', () => {
  /** Interrupts at the first request, which was sent; what follows is answered by `look`. */
  async function interrupt(
    look: (request: ServiceRequest, count: number) => MemoryAnswer | Error,
    { isSent = true, closing }: { isSent?: boolean; closing?: AbortController } = {},
  ) {
    const controller = new AbortController()
    const made = memoryCloud((request, count) => {
      if (!isPost(request)) {
        if (count > 2) closing?.abort()
        return look(request, count)
      }
      controller.abort('enough')
      return new AbortedError('cut short', { sent: isSent, cause: 'enough' })
    })
    const error = (await failureOf(
      made.create({ signal: controller.signal, requestId: undefined }, closing?.signal),
    )) as unknown as AbortedError
    expect(error).toBeInstanceOf(AbortedError)
    return { error, ...made }
  }

  it('before the request was sent looks for nothing', async () => {
    const { error, asked } = await interrupt(() => noTask, { isSent: false })
    expect(error).toMatchObject({ message: 'Interrupted before the task was started.', sent: false, cause: 'enough' })
    expect(asked).toHaveLength(1)
  })

  it('after it was sent looks four times at most, soon', async () => {
    const { error, lists, clock } = await interrupt(() => noTask)
    expect(error).toMatchObject({ message: 'Interrupted while the task was being started.', sent: true })
    expect(lists()).toHaveLength(4)
    expect(clock.slept).toEqual([0, 250, 500, 750])
    for (const { retry } of lists()) expect(retry).toBe(false)
  })

  it('looks again after a failure', async () => {
    let requestId: unknown
    const { error } = await interrupt((request, count) => {
      if (count === 2) return lost()
      if (request.path !== 'tasks') return { json: { id: 't 1', request_id: requestId } }
      requestId = request.query?.request_id
      return { json: { tasks: [{ id: 't 1' }] } }
    })
    expect(error).toMatchObject({
      message: 'Interrupted. The task was started: t 1.',
      sent: true,
      remedy: { kind: 'wait', taskIds: ['t 1'] },
    })
  })

  it('looks no more once the connection is closed', async () => {
    const { error, lists } = await interrupt(() => lost(), { closing: new AbortController() })
    expect(error.message).toBe('Interrupted while the task was being started.')
    expect(lists().length).toBeLessThanOrEqual(2)
  })
})
