import { describe, expect, it } from 'vitest'
import {
  BadRequestError,
  ForbiddenError,
  type ImportInput,
  type JsonObject,
  NotFoundError,
  UsageError,
} from '../../src/index.js'
import type { SandboxOptions } from '../../src/sandbox/index.js'
import type { ListOptions } from '../../src/tasks/list/list.js'
import { TestClock } from '../helpers/clock.js'
import { library } from '../helpers/library.js'
import { sandbox } from '../helpers/sandbox.js'

/** What Glance does with lists and creates, case by case, and what this library makes of it. */

const IMPORT = {
  import_from: 'http://images.example.org/image.raw',
  import_from_format: 'raw',
  image_properties: { disk_format: 'raw', container_format: 'bare' },
}

/** A cloud with a clock of its own, its administrator and a member. */
async function glance(options: SandboxOptions = {}) {
  const clock = new TestClock()
  const box = await sandbox({ clock, taskDuration: 10_000, ...options })
  const admin = await library(box.cloudsYaml, { clock })
  const member = await library(box.cloudsYaml, { clock, cloud: 'sandbox-member' })
  const requests = () => box.requests.filter(({ path }) => path.startsWith('/v2/tasks')).length
  return { box, clock, admin, member, requests }
}

/** Six tasks: an import that succeeds and one that fails, twice, then an unfinished one and one of another type. */
async function withTasks() {
  const world = await glance()
  const { admin, clock } = world
  const create = async (type: string, input: JsonObject, requestId?: string) => {
    clock.advance(1000)
    return admin.tasks.create({ type, input, requestId })
  }
  const failing = { ...IMPORT, import_from: 'http://images.example.org/404' }
  const first = await create('import', IMPORT, 'req-first')
  const made = [first, await create('import', failing), await create('import', IMPORT), await create('import', failing)]
  clock.advance(20_000)
  made.push(await create('import', IMPORT))
  made.push(await create('api_image_import', { image_id: '00000000-0000-4000-8000-000000000001' }))
  return { ...world, made, ids: made.map(({ id }) => id), first: await admin.tasks.get(first.id) }
}

describe('List: a filter', () => {
  it.each<[string, (world: Awaited<ReturnType<typeof withTasks>>) => ListOptions, number[]]>([
    ['by nothing', () => ({}), [5, 4, 3, 2, 1, 0]],
    ['by status', () => ({ status: 'failure' }), [3, 1]],
    ['by several statuses', () => ({ status: ['success', 'failure'] }), [3, 2, 1, 0]],
    ['by type import', () => ({ type: 'import' }), [4, 3, 2, 1, 0]],
    ['by another type, which the server refuses', () => ({ type: 'api_image_import' }), [5]],
    ['by several types', () => ({ type: ['import', 'api_image_import'] }), [5, 4, 3, 2, 1, 0]],
    ['by owner', ({ first }) => ({ owner: first.owner }), [5, 4, 3, 2, 1, 0]],
    ['by another owner', () => ({ owner: 'nobody' }), []],
    ['by id', ({ ids }) => ({ id: ids[2] }), [2]],
    ['by user', ({ first }) => ({ userId: String(first.user_id) }), [5, 4, 3, 2, 1, 0]],
    ['by request', () => ({ requestId: 'req-first' }), [0]],
    ['by image', () => ({ imageId: '00000000-0000-4000-8000-000000000001' }), [5]],
    [
      'by age',
      ({ first, clock }) => ({ since: Date.parse(first.created_at) + 1000, until: clock.now() - 1000 }),
      [4, 3, 2, 1],
    ],
    ['by a parameter that it does not know', () => ({ query: { colour: 'red' } }), [5, 4, 3, 2, 1, 0]],
    ['by a parameter of the caller’s', () => ({ query: { status: 'failure' } }), [3, 1]],
  ])('%s', async (_, options, expected) => {
    const world = await withTasks()
    const found = (await world.admin.tasks.list(options(world)).all()).map(({ id }) => id)
    expect(found).toEqual(expected.map((i) => world.ids[i]))
  })

  it.each<ListOptions>([{ status: '' as 'success' }, { owner: '' }, { type: '' }])(
    'that is empty (%o) would mean an empty list, and is refused',
    async (options) => {
      const { admin } = await glance()
      expect(() => admin.tasks.list(options)).toThrow(UsageError)
    },
  )
})

describe('List: a rejection has the message of the server', () => {
  it.each<[Record<string, string>, string]>([
    [{ status: 'foo' }, 'Invalid status value: foo'],
    [{ type: 'api_image_import' }, 'Invalid type value: api_image_import'],
    [{ sort_key: 'message' }, 'Sort key supplied was not valid.'],
    [{ limit: '-1' }, 'limit param must be positive'],
    [{ limit: 'abc' }, 'limit param must be an integer'],
    [{ marker: 'x' }, 'Invalid marker format'],
  ])('%o: %s', async (query, message) => {
    const { admin } = await glance()
    const error = await admin.service.request({ method: 'GET', path: 'tasks', query }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(BadRequestError)
    expect(error).toMatchObject({ message, status: 400, requestId: expect.stringMatching(/^req-/) })
  })

  it('an unknown marker', async () => {
    const { admin } = await glance()
    const marker = '00000000-0000-4000-8000-000000000000'
    await expect(admin.tasks.list({ marker }).all()).rejects.toThrow(`Task with the given id ${marker} was not found`)
  })
})

describe('List: order and pages', () => {
  it('newest first by default; sorting by id really sorts by id, although Glance sorts by creation', async () => {
    const { admin, ids } = await withTasks()
    const by = async (options: ListOptions) => (await admin.tasks.list(options).all()).map(({ id }) => id)
    expect(await by({ sortDir: 'asc' })).toEqual(ids)
    expect(await by({ sortKey: 'id' })).toEqual([...ids].sort().reverse())
    const statuses = (await admin.tasks.list({ sortKey: 'status', sortDir: 'asc' }).all()).map(({ status }) => status)
    expect(statuses).toEqual([...statuses].sort())
  })

  it('sorting by expires_at, which many tasks do not have, loses none', async () => {
    const { admin, ids } = await withTasks()
    for (const sortDir of ['asc', 'desc'] as const) {
      const found = await admin.tasks.list({ sortKey: 'expires_at', sortDir, pageSize: 2 }).all()
      expect(found.map(({ id }) => id).sort()).toEqual([...ids].sort())
      const times = found.map(({ expires_at }) => expires_at ?? '')
      expect(times).toEqual(sortDir === 'asc' ? [...times].sort() : [...times].sort().reverse())
      expect(await admin.tasks.list({ sortKey: 'expires_at', sortDir, limit: 3 }).all()).toEqual(found.slice(0, 3))
    }
  })

  it('a page size over 1000, which the server silently reduces, loses none', async () => {
    const tasks = Array.from({ length: 1003 }, (_, i) => ({
      id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
      input: {},
    }))
    const { admin, requests } = await glance({ tasks })
    expect(await admin.tasks.list({ pageSize: 5000 }).all()).toHaveLength(1003)
    expect(requests()).toBe(2)
  })

  it('an exact multiple of the page size ends in one empty page', async () => {
    const { admin, requests } = await withTasks()
    const before = requests()
    expect(await admin.tasks.list({ pageSize: 3 }).all()).toHaveLength(6)
    expect(requests() - before).toBe(3)
  })

  it('limit 0 returns none and sends nothing', async () => {
    const { admin, requests } = await glance()
    expect(await admin.tasks.list({ limit: 0 }).all()).toEqual([])
    expect(requests()).toBe(0)
  })

  it('a listed task has no input, message and result, unless long is set', async () => {
    const { admin } = await withTasks()
    const [item] = await admin.tasks.list({ limit: 1 }).all()
    const [whole] = await admin.tasks.list({ limit: 1, long: true }).all()
    for (const key of ['input', 'message', 'result']) {
      expect(item).not.toHaveProperty(key)
      expect(whole).toHaveProperty(key)
    }
  })
})

describe('List: whose tasks', () => {
  it('an administrator sees the tasks of all projects, or of one', async () => {
    const { admin, member } = await glance({ openTasks: true })
    const his = await member.tasks.create({ type: 'import', input: IMPORT })
    await admin.tasks.create({ type: 'import', input: IMPORT })
    expect(await admin.tasks.list().all()).toHaveLength(2)
    expect((await admin.tasks.list({ owner: his.owner }).all()).map(({ id }) => id)).toEqual([his.id])
  })

  it('a member sees only the tasks of the project, if the policy allows that', async () => {
    const { admin, member } = await glance({ openTasks: true })
    const other = await admin.tasks.create({ type: 'import', input: IMPORT })
    const own = await member.tasks.create({ type: 'import', input: IMPORT })
    expect((await member.tasks.list().all()).map(({ id }) => id)).toEqual([own.id])
    await expect(member.tasks.get(other.id)).rejects.toThrow(NotFoundError)
  })

  it('the default policy rejects other users, and the hint says what they can do', async () => {
    const { member } = await glance()
    const error = await member.tasks
      .list()
      .all()
      .catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ForbiddenError)
    expect(error.message).toBe('You are not authorized to complete tasks_api_access action.')
    expect(error.hint).toContain('(imageId)')
  })
})

describe('Create: the server checks', () => {
  it.each<[string, string | RegExp]>([
    ['', 'Body expected in request.'],
    ['{', 'Malformed JSON in request body.'],
    ['{}', "Task 'type' is required"],
    ['{"type": "import"}', "Task 'input' is required"],
    ['{"type": "export", "input": {}}', /^Provided object does not match schema 'task': 'export' is not one of \[.*\n/],
  ])('%j: %s', async (body, message) => {
    const { admin } = await glance()
    const error = await admin.service.request({ method: 'POST', path: 'tasks', body }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(BadRequestError)
    if (typeof message === 'string') expect(error.message).toBe(message)
    else expect(error.message).toMatch(message)
    expect(error.message).not.toContain('<br')
  })

  it.each<[unknown, string]>([
    [undefined, 'Invalid location: None'],
    [null, 'Invalid location: None'],
    ['file:///etc/passwd', 'File based imports are not allowed. Please use a non-local source of image data.'],
    ['swift://container/object', 'The given uri is not valid.'],
    ['HTTP://images.example.org/image', 'The given uri is not valid.'],
    [
      'http://nowhere.invalid/image',
      'URI for legacy import task does not pass filtering: http://nowhere.invalid/image',
    ],
    ['http://images.example.org:8080/image', 'URI for legacy import task does not pass filtering:'],
    ['http://127.0.0.1/image', 'URI for legacy import task does not pass filtering:'],
  ])('import_from %j: %s', async (importFrom, message) => {
    const { admin, requests } = await glance()
    const input = { ...IMPORT, import_from: importFrom } as ImportInput
    const error = await admin.tasks.create({ type: 'import', input }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(BadRequestError)
    expect(error.message).toContain(message)
    expect(requests()).toBe(1) // it is a clear answer: neither sent again nor looked for
    expect(await admin.tasks.list().all()).toEqual([])
  })

  it('neither the format nor the properties: the task is created, and then fails', async () => {
    const { admin } = await glance()
    for (const missing of ['import_from_format', 'image_properties']) {
      const input = Object.fromEntries(Object.entries(IMPORT).filter(([key]) => key !== missing)) as ImportInput
      const { id, status } = await admin.tasks.create({ type: 'import', input })
      expect(status).toBe('pending')
      expect(await admin.tasks.wait(id, { pollInterval: 1000 })).toMatchObject({
        status: 'failure',
        message: `Input does not contain '${missing}' field`,
      })
    }
  })

  it('the policy first', async () => {
    const { member } = await glance()
    await expect(member.tasks.create({ type: 'nonsense' })).rejects.toThrow(ForbiddenError)
  })
})

describe('Create: the request id', () => {
  it('is stored with the task, and finds it', async () => {
    const { admin } = await glance()
    const { id, request_id } = await admin.tasks.create({ type: 'import', input: IMPORT, requestId: 'req-mine' })
    expect(request_id).toBe('req-mine')
    expect((await admin.tasks.list({ requestId: 'req-mine' }).all()).map((task) => task.id)).toEqual([id])
  })

  it('of more than 64 characters is rejected, because Glance would return 500', async () => {
    const { admin, requests } = await glance()
    await expect(admin.tasks.create({ type: 'import', requestId: `req-${'x'.repeat(61)}` })).rejects.toThrow(UsageError)
    expect(requests()).toBe(0)
  })
})
