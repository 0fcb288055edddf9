import { describe, expect, it } from 'vitest'
import { AbortedError, BadRequestError, ServerError, UnknownOutcomeError, UsageError } from '../../src/errors.js'
import { ExactNumber, type JsonObject } from '../../src/http/json.js'
import { type CreateOptions, createTask } from '../../src/tasks/create.js'
import { TaskList } from '../../src/tasks/list.js'
import { type GlanceOptions, glance } from '../helpers/glance.js'
import { IMPORT, type Told } from '../helpers/sandbox.js'

interface Faults {
  /** What the n-th POST meets instead of Glance's answer. */
  post?: (count: number) => Told | undefined
  /** What the n-th look for its task meets. */
  look?: (count: number) => Told | undefined
}

/** A Glance to start tasks in. */
async function cloud({ post, look }: Faults = {}, options: GlanceOptions = {}) {
  const counts = { posts: 0, looks: 0 }
  const { service, clock, asked } = await glance({
    script({ method, path }) {
      if (method === 'POST') return post?.(++counts.posts)
      return path.startsWith('/v2/tasks?') ? look?.(++counts.looks) : undefined
    },
    ...options,
  })
  return {
    asked,
    create: (more: Partial<CreateOptions> = {}) =>
      createTask(service, clock, { type: 'import', input: IMPORT, ...more }),
    /** The ids of the tasks that were started. */
    started: async () => (await new TaskList(service).all()).map(({ id }) => id),
    posts: () => asked.filter(({ method }) => method === 'POST').length,
  }
}

it('sends type and input, and a request id of its own', async () => {
  const { create, asked } = await cloud()
  const task = await create()
  expect(task).toMatchObject({ type: 'import', input: IMPORT, status: 'pending' })
  expect(asked).toHaveLength(1)
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ type: 'import', input: IMPORT })
  expect(asked[0]?.headers['x-openstack-request-id']).toMatch(/^req-[0-9a-f-]{36}$/)
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

it.each([{ type: '' }, { requestId: 'mine' }, { requestId: `req-${'a'.repeat(61)}` }])(
  'refuses %o, and sends nothing',
  async (options) => {
    const { create, asked } = await cloud()
    await expect(create(options)).rejects.toThrow(UsageError)
    expect(asked).toEqual([])
  },
)

it('does not send again what the server refused', async () => {
  const { create, asked } = await cloud()
  await expect(create({ input: { import_from: 'file:///etc/passwd' } })).rejects.toThrow(BadRequestError)
  expect(asked).toHaveLength(1)
})

describe('when no clear answer comes, the task is adopted that was started all the same', () => {
  /** The task is started, and this comes of the answer. */
  const answered = (status: number, body: string): Told => ({ kind: 'change', change: () => ({ status, body }) })

  it.each<[string, Told]>([
    ['a dropped connection', { kind: 'lost' }],
    ['500', answered(500, '{}')],
    ['502', answered(502, '<html>Bad Gateway</html>')],
    ['503', answered(503, '{}')],
    ['504', answered(504, '')],
    ['a cut body', answered(201, '{"id": "t0", "ty')],
  ])('%s', async (_, told) => {
    const { create, started, posts } = await cloud({ post: (count) => (count === 1 ? told : undefined) })
    const { id } = await create()
    expect(await started()).toEqual([id])
    expect(posts()).toBe(1)
  })

  it('even when a slow server needs half a minute for it', async () => {
    const { create, started, posts } = await cloud({
      post: () => ({ kind: 'lost' }),
      look: (count) => (count <= 6 ? { json: { tasks: [] } } : undefined),
    })
    const { id } = await create()
    expect(await started()).toEqual([id])
    expect(posts()).toBe(1)
  })
})

describe('when it was not started', () => {
  it.each<[string, Told]>([
    ['a dropped connection', 'drop'],
    ['503', { status: 503 }],
    ['429', { status: 429, headers: { 'retry-after': '7' } }],
  ])('it is sent again: %s', async (_, told) => {
    const { create, started, posts } = await cloud({ post: (count) => (count === 1 ? told : undefined) })
    const { id } = await create()
    expect(await started()).toEqual([id])
    expect(posts()).toBe(2)
  })

  it('after five times it is given up, with the request id and the way to look', async () => {
    const { create, started, posts } = await cloud({ post: () => 'drop' })
    const error = await create({ requestId: 'req-1' }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.hint).toContain('glance-tasks list --request-id req-1')
    expect(posts()).toBe(5)
    expect(await started()).toEqual([])
  })

  it("and Glance itself fails with it twice, the error is Glance's own: no task is left to be looked for", async () => {
    const { create, started, posts } = await cloud()
    const error = await create({ type: 'api_image_import', input: null, requestId: 'req-4' }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ServerError)
    expect(error).toMatchObject({ status: 500, requestId: 'req-4', hint: expect.stringContaining('its operator') })
    expect(posts()).toBe(2)
    expect(await started()).toEqual([])
  })

  it('and 500 says so twice, a third time is not tried', async () => {
    const { create, posts } = await cloud({ post: () => ({ status: 500 }) })
    await expect(create()).rejects.toThrow('The task was not started, as far as can be seen.')
    expect(posts()).toBe(2)
  })
})

it('says that it cannot know when the server is too old to filter by request id', async () => {
  const { create, posts } = await cloud(
    { post: () => ({ kind: 'lost' }), look: () => ({ json: { tasks: [{ id: 'other' }] } }) },
    { tasks: [{ id: 'other' }] },
  )
  const error = await create({ requestId: 'req-2' }).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(UnknownOutcomeError)
  expect(error.message).toContain('too old to look a task up by its request id')
  expect(error.requestId).toBe('req-2')
  expect(posts()).toBe(1)
})

const IMPATIENT: GlanceOptions = { http: { retry: { retries: 0 } } }

it('says that it cannot know when the server cannot be asked any more', async () => {
  const { create, posts } = await cloud({ post: () => 'drop', look: () => 'drop' }, IMPATIENT)
  await expect(create()).rejects.toThrow('the server could not be asked either')
  expect(posts()).toBe(1)
})

describe('when it is interrupted', () => {
  /** Interrupts a create by what happens to its requests. */
  async function interrupted(faults: (abort: () => void) => Faults) {
    const controller = new AbortController()
    const made = await cloud(
      faults(() => controller.abort()),
      IMPATIENT,
    )
    const error = await made.create({ requestId: 'req-3', signal: controller.signal }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(AbortedError)
    return { ...made, error }
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
    expect(error.hint).toBe(`Follow it with: glance-tasks wait ${id}`)
  })

  it('after it was sent and cannot be seen, it says how to find it', async () => {
    const { error, asked } = await interrupted((abort) => ({
      post() {
        abort()
        return 'hang'
      },
    }))
    expect(error.message).toBe('Interrupted while the task was being started.')
    expect(error.hint).toContain('glance-tasks list --request-id req-3')
    expect(asked.length).toBeGreaterThan(2)
  })

  it('while it is looked for, it says how to find it', async () => {
    const { error } = await interrupted((abort) => ({
      post: () => 'drop',
      look() {
        abort()
        return 'drop'
      },
    }))
    expect(error.hint).toContain('glance-tasks list --request-id req-3')
  })

  it('before it was sent, it says that nothing was started, and looks for nothing', async () => {
    const { create, asked } = await cloud()
    await expect(create({ signal: AbortSignal.abort() })).rejects.toThrow('Interrupted before the task was started.')
    expect(asked).toEqual([])
  })
})

it('sends nothing of an input that JSON cannot hold', async () => {
  const { create, asked } = await cloud()
  const itself: JsonObject = {}
  itself.again = itself
  await expect(create({ input: itself })).rejects.toThrow(UsageError)
  expect(asked).toEqual([])
})
