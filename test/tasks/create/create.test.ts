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
import { hang, IMPORT, type ReceivedRequest, type ScriptedAnswer } from '../../helpers/sandbox.js'

interface Faults {
  /** The response to the n-th POST, instead of Glance's. */
  post?: (count: number, asked: ReceivedRequest) => ScriptedAnswer | undefined
  /** The response to the n-th lookup. */
  look?: (count: number, asked: ReceivedRequest) => ScriptedAnswer | undefined
  /** The response to the n-th request for one task. */
  get?: (count: number, asked: ReceivedRequest) => ScriptedAnswer | undefined
  /** Called on each notice. */
  notice?: () => void
}

/** A Glance for creates. */
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
    /** The IDs of the started tasks. */
    started: async () => (await new TaskList(service).all()).map(({ id }) => id),
    posts: () => asked.filter(({ method }) => method === 'POST').length,
  }
}

/** A Glance in memory. The test decides how much time each response takes. */
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
/** An error of Glance itself. */
const own = ({ headers }: ServiceRequest, status: number, retryAfter?: number) =>
  apiErrorFor('No.', { status, retryAfter, origin: 'service', requestId: headers?.['x-openstack-request-id'] })
const noTask: MemoryAnswer = { json: { tasks: [] } }

const failureOf = (create: Promise<Task>): Promise<UnknownOutcomeError> =>
  create.then(
    () => expect.fail('The create did not fail.'),
    (thrown) => thrown,
  )

/** The ID of a request, as Glance returns it. */
const echo = ({ headers }: ReceivedRequest) => ({ 'x-openstack-request-id': headers['x-openstack-request-id'] ?? '' })

/** An error response of Glance itself. */
const glances = (asked: ReceivedRequest, status: number, headers: Record<string, string> = {}): ScriptedAnswer => ({
  status,
  headers: { ...echo(asked), ...headers },
  json: { message: 'No.<br /><br />\n\n\n', code: `${status} Any`, title: 'Any' },
})

/** An empty list from Glance itself. */
const empty = (asked: ReceivedRequest): ScriptedAnswer => ({ headers: echo(asked), json: { tasks: [] } })

/** The task is started, but this is the response. */
const answered = (status: number, body: string, headers: Record<string, string> = {}): ScriptedAnswer => ({
  kind: 'change',
  change: () => ({ status, body, headers }),
})
const html = (status: number) => answered(status, `<h1>${status}</h1>`, { 'content-type': 'text/html' })

const LOOK = 'Look for the task before you start it again.'

it('sends type and input, and a new request ID', async () => {
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

it('sends null without an input, and every digit of numbers', async () => {
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
  [{ timeout: 0 }],
  [{ timeout: -1 }],
  [{ timeout: Number.NaN }],
])('rejects %o, and sends nothing', async (options) => {
  const { create, asked } = await cloud()
  await expect(create(options as Partial<CreateOptions>)).rejects.toThrow(UsageError)
  expect(asked).toEqual([])
})

it('accepts a request ID of 64 characters, and reports the limit', async () => {
  const { create, started } = await cloud()
  const { id } = await create({ requestId: `req-${'a'.repeat(60)}` })
  expect(await started()).toEqual([id])
  await expect(create({ requestId: `req-${'a'.repeat(61)}` })).rejects.toThrow('at most 60 letters')
})

it.each(['fail', 'resend'] as const)('takes ifUnknown %s and the shortest timeout', async (ifUnknown) => {
  const made = memoryCloud(() => ({ status: 201, json: { id: 't' } }))
  expect(await made.create({ ifUnknown, timeout: 0.5 })).toMatchObject({ id: 't' })
})

it('sends nothing if the input cannot be converted to JSON', async () => {
  const { create, asked } = await cloud()
  const itself: JsonObject = {}
  itself.again = itself
  await expect(create({ input: itself })).rejects.toThrow(UsageError)
  expect(asked).toEqual([])
})

it('passes on an error that the input throws', async () => {
  const { create } = await cloud()
  const fault = new TypeError('a getter of the caller')
  const input = {
    get name(): string {
      throw fault
    },
  }
  await expect(create({ input })).rejects.toBe(fault)
})

describe('a rejection by Glance itself is neither retried nor searched for', () => {
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

  it('401 from the token check', async () => {
    const headers = { 'www-authenticate': 'Keystone uri="http://keystone"' }
    const { create, asked } = await cloud({ post: () => ({ status: 401, headers }) })
    await expect(create()).rejects.toMatchObject({ code: 'not_authenticated' })
    expect(asked).toHaveLength(1)
  })
})

describe('without a clear response, the started task is found', () => {
  it.each<[string, ScriptedAnswer]>([
    ['a dropped connection', { kind: 'lost' }],
    ['500 in JSON of another form', answered(500, '{}')],
    ['503 in JSON of another form', answered(503, '{"message": "no"}')],
    ['504 without a body', answered(504, '')],
    ['a cut body', answered(201, '{"id": "t0", "ty')],
    ['a page of HTML', answered(200, '<html>', { 'content-type': 'text/html' })],
    ...[400, 401, 403, 404, 408, 409, 413, 429, 500, 502, 503, 504].map((status): [string, ScriptedAnswer] => [
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

  it.each<[string, (asked: ReceivedRequest) => ScriptedAnswer]>([
    ['500', () => ({ status: 500 })],
    ['503', () => ({ status: 503 })],
    ['a dropped connection', () => 'drop'],
    ['403 of a proxy', () => ({ status: 403, headers: { 'content-type': 'text/html' }, text: '<h1>403</h1>' })],
    ['404 of a proxy', () => ({ status: 404, headers: { 'content-type': 'text/html' }, text: '<h1>404</h1>' })],
    ['a cut answer', (asked) => ({ headers: echo(asked), text: '{"tasks": [' })],
    ['an empty list without its request id', () => ({ json: { tasks: [] } })],
    [
      'an empty list for another request',
      () => ({ headers: { 'x-openstack-request-id': 'req-2' }, json: { tasks: [] } }),
    ],
  ])('even if the first lookup fails with %s', async (_, told) => {
    const { create, started } = await cloud({
      post: () => ({ kind: 'lost' }),
      look: (count, asked) => (count <= 3 ? told(asked) : undefined),
    })
    const { id } = await create()
    expect(await started()).toEqual([id])
  })

  it('even if the first lookup hangs, because it has its own timeout', async () => {
    const { service, clock, started }: Awaited<ReturnType<typeof cloud>> = await cloud({
      post: () => ({ kind: 'lost' }),
      look: (count) => (count === 1 ? hang(clock, 300) : undefined),
    })
    const pace = { noticeInterval: 5000, lookupTimeout: 300 }
    const { id } = await createTask(service, clock, { type: 'import', input: IMPORT }, pace)
    expect(await started()).toEqual([id])
  })

  it('even if it can be read only the third time', async () => {
    const { create, started } = await cloud({
      post: () => ({ kind: 'lost' }),
      get: (count, asked) => (count <= 2 ? glances(asked, 500) : undefined),
    })
    expect(await started()).toEqual([])
    const { id } = await create()
    expect(await started()).toEqual([id])
  })
})

describe('with an unknown outcome', () => {
  it.each<[string, ScriptedAnswer]>([
    ['a dropped connection', 'drop'],
    ['a proxy that returns 429', { status: 429, headers: { 'retry-after': '7' }, text: '<h1>429</h1>' }],
    ['a proxy that returns 503', { status: 503, text: '<h1>503</h1>' }],
    ['a proxy that returns 401', { status: 401, text: '<h1>401</h1>' }],
    ['a proxy that returns 403', { status: 403, text: '<h1>403</h1>' }],
  ])('the request is not sent again, and the error says how to search: %s', async (_, told) => {
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

  it('a notice every few seconds reports the search', async () => {
    const { create, notices } = await cloud({ post: () => 'drop' })
    await failureOf(create())
    const seconds = notices.slice(1).map((text) => Number(/, after (\d+) s\.$/.exec(text)?.[1]))
    expect(seconds.length).toBeGreaterThanOrEqual(8)
    for (const [i, each] of seconds.entries()) expect(each - (seconds[i - 1] ?? 0)).toBeLessThanOrEqual(10)
  })

  it.each<[string, Record<string, string>]>([
    ['strips request ids', {}],
    ['replaces request ids', { 'x-openstack-request-id': 'req-of-the-proxy' }],
  ])('and a proxy that %s, an empty lookup proves nothing, and the search ends soon', async (_, headers) => {
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

  it('and a proxy that removes request IDs, the error names the task with the same input', async () => {
    const other = { id: 'other', type: 'import', input: { ...IMPORT, import_from: 'http://example.org/other.raw' } }
    const early = { id: 'early', type: 'import', input: IMPORT, created_at: '2026-11-22T23:00:00Z' }
    const made = await cloud(
      {
        post: () => ({ kind: 'lost' }),
        look: (_, { path }) => (path.includes('request_id') ? { json: { tasks: [] } } : undefined),
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

  it('because the server is too old to filter by request ID', async () => {
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

  it('because listing is not allowed: ends at once', async () => {
    const { create, counts } = await cloud({ post: () => 'drop', look: (_, asked) => glances(asked, 403) })
    await expect(create()).rejects.toThrow('The search for the task failed: No.')
    expect(counts.looks).toBe(1)
  })

  it('because the server does not respond to a lookup', async () => {
    const { service, clock }: Awaited<ReturnType<typeof cloud>> = await cloud({
      post: () => 'drop',
      look: () => hang(clock, 1000),
    })
    const pace = { noticeInterval: 5000, lookupTimeout: 1000 }
    const create = createTask(service, clock, { type: 'import', input: IMPORT }, pace)
    await expect(create).rejects.toThrow('The search for the task failed: no response within 1 s.')
  })

  it('because the server is no longer reachable', async () => {
    const { create, posts } = await cloud({ post: () => 'drop', look: () => 'drop' })
    await expect(create()).rejects.toThrow('The search for the task failed: 127.0.0.1')
    expect(posts()).toBe(1)
  })

  it('because the task is listed but cannot be read: the error names it', async () => {
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

describe('a request that certainly was not processed', () => {
  it.each([
    ['503', 503, {}],
    ['429', 429, { 'retry-after': '7' }],
  ])('is sent again: %s from Glance itself', async (_, status, headers) => {
    const { create, started, posts, notices, clock } = await cloud({
      post: (count, asked) => (count === 1 ? glances(asked, status, headers) : undefined),
    })
    const { id } = await create()
    expect(await started()).toEqual([id])
    expect(posts()).toBe(2)
    expect(notices).toEqual(['No. The task was not started. Sending the request again.'])
    if (status === 429) expect(clock.slept).toEqual([7000])
  })

  it('is sent again while the token check cannot reach Keystone', async () => {
    const away = 'The Keystone service is temporarily unavailable.<br /><br />'
    const json = { message: away, code: '503 Service Unavailable', title: 'Service Unavailable' }
    const { create, posts } = await cloud({ post: (count) => (count === 1 ? { status: 503, json } : undefined) })
    await create()
    expect(posts()).toBe(2)
  })

  it.each([
    [429, RateLimitError],
    [503, ServerError],
  ])('is sent five times if Glance always returns %i, and then fails with it', async (status, Class) => {
    const { create, posts, counts } = await cloud({ post: (_, asked) => glances(asked, status) })
    await expect(create()).rejects.toThrow(Class)
    expect([posts(), counts.looks]).toEqual([5, 0])
  })

  it('is not sent again if Retry-After exceeds the remaining time', async () => {
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
  ])('because %s throws just that error', async (_, fault, times) => {
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

describe('after an internal error of Glance', () => {
  const broken = { type: 'api_image_import', input: null }

  it('without a task, the request is sent once more, and then fails with that error', async () => {
    const { create, started, posts } = await cloud()
    const ids: string[] = []
    const error = await failureOf(create({ ...broken, onRequestId: (id) => void ids.push(id) }))
    expect(error).toBeInstanceOf(ServerError)
    expect(error).toMatchObject({ status: 500, requestId: ids[0], hint: expect.stringContaining('Its operator') })
    expect(posts()).toBe(2)
    expect(await started()).toEqual([])
  })

  it('a started task is found', async () => {
    const own = (asked: ReceivedRequest) =>
      answered(500, '{"message": "No.", "code": "500 Any", "title": "Any"}', echo(asked))
    const { create, started, posts, clock } = await cloud({ post: (_, asked) => own(asked) })
    const { id } = await create()
    expect(await started()).toEqual([id])
    expect(posts()).toBe(1)
    expect(clock.monotonic()).toBeLessThanOrEqual(1000)
  })

  it('that follows a 503, the internal error is thrown', async () => {
    const { create, posts } = await cloud({ post: (count, asked) => glances(asked, count === 1 ? 503 : 500) })
    await expect(create()).rejects.toMatchObject({ status: 500 })
    expect(posts()).toBe(2)
  })

  it('with an inconclusive search, the outcome is unknown', async () => {
    const { create, posts } = await cloud({ post: (_, asked) => glances(asked, 500), look: () => 'drop' })
    await expect(create()).rejects.toThrow(UnknownOutcomeError)
    expect(posts()).toBe(1)
  })
})

describe("with ifUnknown: 'resend'", () => {
  const ifUnknown = 'resend'

  it('the request is sent again after an empty lookup, with a notice about a possible second task', async () => {
    const { create, started, posts, notices } = await cloud({ post: (count) => (count === 1 ? 'drop' : undefined) })
    const { id } = await create({ ifUnknown })
    expect(await started()).toEqual([id])
    expect(posts()).toBe(2)
    expect(notices).toContainEqual(expect.stringContaining('No task was found. Sending the request again.'))
    expect(notices.at(-1)).toMatch(
      /^An earlier request may still start a second task\. List the tasks of the request req-\S+ to see both\.$/,
    )
  })

  it('a notice names the second task', async () => {
    // The task of the first request appears only after the second request.
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

  it('nothing is sent again if a lookup finds the task', async () => {
    const { create, posts } = await cloud({ post: () => ({ kind: 'lost' }) })
    await create({ ifUnknown })
    expect(posts()).toBe(1)
  })

  it('a notice names both tasks that a lookup finds', async () => {
    const made = await cloud({
      post: (count) => (count <= 2 ? { kind: 'lost' } : undefined),
      look: (_, asked) => (made.posts() < 2 ? empty(asked) : undefined),
    })
    const { id } = await made.create({ ifUnknown })
    const other = (await made.started()).find((each) => each !== id)
    expect(made.notices.at(-1)).toContain(`It also started ${other}`)
  })

  it('the error is about the first request if the second one is rejected', async () => {
    const { create, posts } = await cloud({ post: (count, asked) => (count === 1 ? 'drop' : glances(asked, 403)) })
    const error = await failureOf(create({ ifUnknown }))
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.message).toMatch(/closed the connection.*The request was sent again and failed: No\.$/)
    expect(error.cause).not.toBeInstanceOf(ForbiddenError)
    expect(posts()).toBe(2)
  })

  it('the timeout applies', async () => {
    const { create, posts, clock } = await cloud({ post: () => 'drop' })
    await expect(create({ ifUnknown })).rejects.toThrow(UnknownOutcomeError)
    expect(posts()).toBeGreaterThan(2)
    expect(clock.monotonic()).toBeLessThanOrEqual(60_000)
  })
})

describe('with a request ID from the caller', () => {
  const requestId = 'req-00000000-0000-4000-8000-000000000001'

  it('several calls start only one task', async () => {
    const { create, started, posts, notices } = await cloud()
    const first = await create({ requestId })
    expect((await create({ requestId })).id).toBe(first.id)
    expect(await started()).toEqual([first.id])
    expect(posts()).toBe(1)
    expect(notices).toEqual([`Task ${first.id} already exists for the request ID ${requestId}, so nothing was sent.`])
  })

  it('nothing is sent if it is unknown whether the ID was used', async () => {
    const { create, posts } = await cloud({ look: () => ({ json: { tasks: [] } }) })
    const error = await failureOf(create({ requestId }))
    expect(error).toMatchObject({ code: 'unknown_outcome', requestId })
    expect(error.message).toContain('Nothing was sent')
    expect(posts()).toBe(0)
  })

  it('nothing is sent if the lookup is rejected', async () => {
    const { create, posts } = await cloud({ look: (_, asked) => glances(asked, 403) })
    await expect(create({ requestId })).rejects.toThrow(ForbiddenError)
    expect(posts()).toBe(0)
  })

  it('nothing was started if the first lookup is interrupted', async () => {
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

describe('a server that does not respond', () => {
  it('leaves time for a search, within the timeout of the create', async () => {
    const { create, posts, clock }: Awaited<ReturnType<typeof cloud>> = await cloud({
      post: () => hang(clock, 30_000),
    })
    await expect(create({ timeout: 40_000 })).rejects.toThrow(
      'It is unknown whether the task was started. The image service did not respond within 30 s.',
    )
    expect(posts()).toBe(1)
  })
})

const IMPATIENT: GlanceOptions = { http: { retry: { retries: 0 } } }

describe('an interrupted create', () => {
  const reason = new Error('the user closed the window')

  /** Interrupts a create at one of its requests. */
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

  it('names the started task if the request was sent', async () => {
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

  it('says how to find the task if it is not visible', async () => {
    const { error, asked, requestId } = await interrupted((abort) => ({
      post() {
        abort()
        return 'hang'
      },
    }))
    expect(error.message).toBe('Interrupted while starting the task.')
    expect(error.remedy).toEqual({ kind: 'find_request', requestId })
    expect(asked.length).toBeGreaterThan(2)
  })

  it('says how to find the task if the search is interrupted', async () => {
    const { error, requestId } = await interrupted((abort) => ({
      post: () => 'drop',
      look() {
        abort()
        return 'drop'
      },
    }))
    expect(error.remedy).toEqual({ kind: 'find_request', requestId })
  })

  it('says that nothing was started between two unprocessed requests', async () => {
    const { error, asked } = await interrupted((abort) => ({
      post: (_, request) => glances(request, 503),
      notice: abort,
    }))
    expect(error.message).toBe('Interrupted before the task was started.')
    expect(asked.every(({ method }) => method === 'POST')).toBe(true)
  })

  it('says that nothing was started before the request was sent, without a search', async () => {
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

describe('the timeout of a create', () => {
  it('reserves ten seconds for the search', async () => {
    // Sent at 0, 29, 58 and 87 s. The next request would exceed 90 s.
    const { create, posts, clock } = memoryCloud((request) => own(request, 503, 29))
    await expect(create({ timeout: 100_000 })).rejects.toMatchObject({ status: 503 })
    expect(posts()).toBe(4)
    expect(clock.slept).toEqual([29_000, 29_000, 29_000])
  })

  it.each([
    [15, 1],
    [14, 2],
  ])('reserves a quarter if it is short: with pauses of %i s the request is sent %i times', async (pause, times) => {
    const { create, posts } = memoryCloud((request) => own(request, 503, pause))
    await expect(create({ timeout: 20_000 })).rejects.toMatchObject({ status: 503 })
    expect(posts()).toBe(times)
  })

  it('is followed by a search until the end, with notices about the time', async () => {
    const { create, clock, notices } = memoryCloud((request, _, clock) => {
      if (!isPost(request)) return noTask
      clock.advance(50_000)
      return new AbortedError('cut short', { sent: true })
    })
    const error = await failureOf(create())
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.message).toContain('The image service did not respond within 50 s. After 10 s no task')
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
    expect(notices[10]).toMatch(/^The image service did not respond within 50 s\. Checking/)
    expect(clock.monotonic()).toBe(90_000 + 60_000)
  })

  it('may expire during the login: nothing is started, and there is no search', async () => {
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

  it('may expire during the lookup of the request ID from the caller', async () => {
    const { create, posts } = memoryCloud(() => new AbortedError('cut short', { sent: true }))
    const error = await failureOf(create({ requestId: 'req-1', timeout: 20_000 }))
    expect(error).toMatchObject({ code: 'timeout', sent: false, message: expect.stringContaining('longer than 15 s') })
    expect(posts()).toBe(0)
  })

  it('includes the first lookup', async () => {
    const { create } = memoryCloud((request, _, clock) => {
      clock.advance(70_000)
      return isPost(request) ? new AbortedError('cut short', { sent: false }) : noTask
    })
    await expect(create({ requestId: 'req-1' })).rejects.toThrow('took longer than 0 s.')
  })

  it('is reported in seconds until the response arrives', async () => {
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
  it('are one POST without retries, and lookups with the caller’s signal', async () => {
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

  it('work without a callback', async () => {
    const { create } = memoryCloud((request) => (isPost(request) ? lost() : noTask))
    await expect(create({ onNotice: undefined, timeout: 1000 })).rejects.toThrow(UnknownOutcomeError)
  })

  it('end with a lookup for duplicates after an unknown outcome, and ignore its failure', async () => {
    const { create, notices } = memoryCloud((request, count) => {
      if (isPost(request)) return count === 1 ? lost() : { json: { id: 't2' } }
      return notices.some((text) => text.includes('again')) ? lost() : noTask
    })
    expect(await create({ ifUnknown: 'resend' })).toMatchObject({ id: 't2' })
    expect(notices.at(-1)).toMatch(/^An earlier request may still start a second task\. .*req-/)
  })
})

describe('the number of retries', () => {
  it.each([
    [0, 1],
    [1, 2],
    [6, 7],
  ])('is the option for unprocessed requests: with %i retries %i requests', async (retries, times) => {
    const { create, posts } = memoryCloud((request) => own(request, 503, 1))
    await expect(create({ retries })).rejects.toMatchObject({ status: 503 })
    expect(posts()).toBe(times)
  })

  it.each([
    [0, 1],
    [1, 2],
    [3, 2],
  ])('is at most one after an internal error of Glance: with %i retries %i requests', async (retries, times) => {
    const { create, posts } = memoryCloud((request) => (isPost(request) ? own(request, 500) : noTask))
    await expect(create({ retries })).rejects.toMatchObject({ status: 500 })
    expect(posts()).toBe(times)
  })

  it('comes after a short search if Glance had an internal error', async () => {
    const { create, lists, clock } = memoryCloud((request) => (isPost(request) ? own(request, 500) : noTask))
    await expect(create({ retries: 0 })).rejects.toMatchObject({ status: 500 })
    expect(lists()).toHaveLength(2)
    expect(clock.monotonic()).toBe(90_000 + 1000)
  })

  it('does not hide the unknown outcome of an earlier request', async () => {
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

  it("with ifUnknown: 'resend' follows ten seconds of search each time; the last search lasts until the timeout", async () => {
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

  it("with ifUnknown: 'resend' and too little time for another request is zero, and the search lasts until the timeout", async () => {
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

describe('a request ID from the caller that an unreadable task may have', () => {
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

  it('is looked up again after a transient failure', async () => {
    const { create, posts } = await cloud({ look: (count) => (count === 1 ? { status: 503 } : undefined) })
    await create({ requestId: 'req-1' })
    expect(posts()).toBe(1)
  })
})

describe('behind a proxy that removes request IDs', () => {
  const task = (id: string, more: object = {}) => ({ id, type: 'import', input: IMPORT, status: 'pending', ...more })
  const DATE = 'Mon, 23 Nov 2026 00:01:30 GMT'

  /** A cloud with these tasks behind a proxy that removes request IDs, after a lost request. */
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
    // By the server's clock, 4 s have passed since the request. It reports times in whole seconds.
    ['the same input, made just before', { created_at: '2026-11-23T00:01:24Z' }, true],
    ['the same input, made long before', { created_at: '2026-11-23T00:01:23Z' }, false],
    ['another type', { created_at: '2026-11-23T00:01:30Z', type: 'api_image_import' }, false],
    ['another input', { created_at: '2026-11-23T00:01:30Z', input: { ...IMPORT, more: 1 } }, false],
    ['no input', { created_at: '2026-11-23T00:01:30Z', input: undefined }, false],
  ])('a task with %s is named: %o', async (_, more, isNamed) => {
    const { create } = stripped([task('t1', more)])
    const error = await failureOf(create())
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.taskIds).toEqual(isNamed ? ['t1'] : [])
    expect(error.message.includes('tasks with the same input: t1.')).toBe(isNamed)
  })

  it('a task without an input resembles a request without one', async () => {
    const { create } = stripped([task('t1', { input: undefined }), task('t2', { input: null }), task('t3')])
    expect((await failureOf(create({ input: null }))).taskIds).toEqual(['t1', 't2'])
  })

  it('the newest tasks are listed once, and each is fetched once', async () => {
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

  it('an unreadable task does not affect the others', async () => {
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
  ])('a list of the newest tasks that %s is ignored', async (_, answer) => {
    const list = ({ path, query }: ServiceRequest) =>
      path === 'tasks' && query?.request_id === undefined ? answer : undefined
    const { create } = stripped([], list)
    const error = await failureOf(create())
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.message).toMatch(/removes or replaces request IDs\.$/)
    expect(error.taskIds).toEqual([])
  })

  it('an interruption ends the create', async () => {
    const controller = new AbortController()
    const list = ({ path, query }: ServiceRequest) => {
      if (path !== 'tasks' || query?.request_id !== undefined) return undefined
      controller.abort()
      return new AbortedError('enough')
    }
    const { create } = stripped([], list)
    await expect(create({ signal: controller.signal })).rejects.toThrow('Interrupted while starting the task.')
  })

  it('no list is requested if the task is found by its request ID', async () => {
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
  /** Interrupts at the first request, after it was sent. `look` responds to the lookups. */
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

  it('before the request was sent makes no lookup', async () => {
    const { error, asked } = await interrupt(() => noTask, { isSent: false })
    expect(error).toMatchObject({ message: 'Interrupted before the task was started.', sent: false, cause: 'enough' })
    expect(asked).toHaveLength(1)
  })

  it('after it was sent makes at most four lookups, quickly', async () => {
    const { error, lists, clock } = await interrupt(() => noTask)
    expect(error).toMatchObject({ message: 'Interrupted while starting the task.', sent: true })
    expect(lists()).toHaveLength(4)
    expect(clock.slept).toEqual([0, 250, 500, 750])
    for (const { retry } of lists()) expect(retry).toBe(false)
  })

  it('continues after a failed lookup', async () => {
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

  it('makes no lookup after the connection is closed', async () => {
    const { error, lists } = await interrupt(() => lost(), { closing: new AbortController() })
    expect(error.message).toBe('Interrupted while starting the task.')
    expect(lists().length).toBeLessThanOrEqual(2)
  })
})
