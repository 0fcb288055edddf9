import { describe, expect, it } from 'vitest'
import { AbortedError, apiErrorFor, NotFoundError, UnexpectedAnswerError } from '../../../src/errors.js'
import { TaskList } from '../../../src/tasks/list/list.js'
import { glance } from '../../helpers/glance.js'
import { memoryService } from '../../helpers/memory-service.js'
import type { ReceivedRequest, ScriptedAnswer } from '../../helpers/sandbox.js'

const IMAGE = '99999999-0000-4000-8000-000000000000'
const ROUTE = `/v2/images/${IMAGE}/tasks`
const START = Date.parse('2026-11-23T00:00:00Z')

/** A Glance with thirty tasks of an image. `script` may respond instead. */
function cloud(script: (asked: ReceivedRequest, count: number) => ScriptedAnswer | undefined) {
  return glance({
    tasks: Array.from({ length: 30 }, (_, i) => ({
      id: `task-${i}`,
      image_id: IMAGE,
      created_at: new Date(START - i * 1000).toISOString(),
    })),
    script,
  })
}

const isRoute = ({ path }: ReceivedRequest) => path === ROUTE
/** Marks a response as one of the service itself, and not of a proxy. */
const headers = { 'x-openstack-request-id': 'req-1' }
const noRoute: ScriptedAnswer = { status: 404, headers, json: { message: 'The resource could not be found.' } }
const forbidden: ScriptedAnswer = { status: 403, headers }

describe('the tasks of an image', () => {
  it('come newest first, with limit and marker', async () => {
    const { service } = await cloud(() => undefined)
    const found = await new TaskList(service, { imageId: IMAGE, marker: 'task-4', limit: 2 }).all()
    expect(found.map(({ id }) => id)).toEqual(['task-5', 'task-6'])
  })

  it('of one second come newest first, by the fraction of a second that only this route returns', async () => {
    const row = (id: string, fraction: string) => ({
      id,
      status: 'success',
      created_at: `2026-11-23T18:13:00${fraction}`,
    })
    const tasks = [row('b', '.958398'), row('a', '.958399'), row('d', ''), row('c', '.5')]
    const { service } = await cloud((asked) => (isRoute(asked) ? { headers, json: { tasks } } : undefined))
    const newest = await new TaskList(service, { imageId: IMAGE }).all()
    expect(newest.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
    expect(new Set(newest.map(({ created_at }) => created_at))).toEqual(new Set(['2026-11-23T18:13:00Z']))
    const oldest = await new TaskList(service, { imageId: IMAGE, sortDir: 'asc', marker: 'c' }).all()
    expect(oldest.map(({ id }) => id)).toEqual(['b', 'a'])
  })

  describe('of one second, in a database without fractions of a second, come with the last one first', () => {
    const at = '2026-11-23T18:13:00'
    const row = (id: string, more: object = {}) => {
      return { id, type: 'api_image_import', status: 'success', created_at: at, updated_at: at, ...more }
    }
    const by = (name: string) => ({ input: { import_req: { method: { name } } } })
    it.each<[string, object, object]>([
      ['a copy after the import', { ...by('copy-image'), status: 'failure' }, by('web-download')],
      ['also if it succeeded', by('copy-image'), { ...by('glance-direct'), status: 'failure' }],
      ['one that runs after one that has ended', { status: 'processing' }, { updated_at: `${at.slice(0, -2)}59` }],
      ['the one that ended last', { updated_at: '2026-11-23T18:13:01' }, { status: 'failure' }],
      ['a failure, if nothing shows which is the last', { status: 'failure' }, {}],
    ])('%s', async (_, last, first) => {
      for (const [a, b] of [
        ['a', 'b'],
        ['b', 'a'],
      ] as const) {
        const tasks = [row(a, last), row(b, first)]
        const { service } = await cloud((asked) => (isRoute(asked) ? { headers, json: { tasks } } : undefined))
        const newest = await new TaskList(service, { imageId: IMAGE }).all()
        expect(newest.map(({ id }) => id)).toEqual([a, b])
        const oldest = await new TaskList(service, { imageId: IMAGE, sortDir: 'asc' }).all()
        expect(oldest.map(({ id }) => id)).toEqual([b, a])
        // Another order is not changed.
        const byType = await new TaskList(service, { imageId: IMAGE, sortKey: 'type' }).all()
        expect(byType.map(({ id }) => id)).toEqual(['b', 'a'])
      }
    })
  })

  it('of one second keep the order of the tasks API, which knows the fractions', async () => {
    const at = '2026-11-23T18:13:00Z'
    const tasks = ['b', 'c', 'a'].map((id) => ({ id, status: 'success', created_at: at, updated_at: at }))
    const { service } = await cloud((asked) => (isRoute(asked) ? noRoute : { headers, json: { tasks } }))
    const list = async (sortDir: 'asc' | 'desc') =>
      (await new TaskList(service, { imageId: IMAGE, sortDir }).all()).map(({ id }) => id)
    expect(await list('desc')).toEqual(['b', 'c', 'a'])
    expect(await list('asc')).toEqual(['a', 'c', 'b'])
  })

  it('come from the tasks API if the cloud has no route for them', async () => {
    const { service } = await cloud((asked) => (isRoute(asked) ? noRoute : undefined))
    const found = await new TaskList(service, { imageId: IMAGE, limit: 2 }).all()
    expect(found.map(({ id }) => id)).toEqual(['task-0', 'task-1'])
  })

  it('are never an incomplete list', async () => {
    const [first] = await new TaskList((await cloud(() => undefined)).service, { limit: 1 }).all()
    const { service } = await cloud((asked) => {
      if (isRoute(asked)) return noRoute
      if (asked.query.has('marker')) return forbidden
      return { json: { tasks: [first], next: '/v2/tasks?marker=task-0' } }
    })
    await expect(new TaskList(service, { imageId: IMAGE }).all()).rejects.toMatchObject({ status: 403 })
  })

  it('are not found if the tasks API is forbidden', async () => {
    const { service } = await cloud((asked) => (isRoute(asked) ? noRoute : forbidden))
    const error = await new TaskList(service, { imageId: IMAGE }).all().catch((thrown) => thrown)
    expect(error).toBeInstanceOf(NotFoundError)
    expect(error.message).toBe(`Image ${IMAGE} not found, or not visible to this user.`)
  })

  it.each([{ status: 503 }, { status: 500 }])('are not called missing when the list fails with %j', async (failure) => {
    const { service } = await cloud((asked) => (isRoute(asked) ? noRoute : failure))
    await expect(new TaskList(service, { imageId: IMAGE }).all()).rejects.toMatchObject(failure)
  })

  it('are not reported as missing after an interruption', async () => {
    const controller = new AbortController()
    const { service } = await cloud((asked) => {
      if (isRoute(asked)) return noRoute
      controller.abort()
      return 'hang'
    })
    const list = new TaskList(service, { imageId: IMAGE, signal: controller.signal })
    await expect(list.all()).rejects.toBeInstanceOf(AbortedError)
  })

  it.each([{ json: {} }, { json: { tasks: null } }, { json: 'none' }, { status: 204, text: '' }, { text: '' }])(
    'are not an empty list if the response is %j',
    async (answer) => {
      const { service } = await cloud((asked) => (isRoute(asked) ? answer : undefined))
      await expect(new TaskList(service, { imageId: IMAGE }).all()).rejects.toBeInstanceOf(UnexpectedAnswerError)
    },
  )
})

describe('a row of the route', () => {
  /** Converts a database row. */
  async function shown(row: object, answer: (rows: object[]) => unknown = (tasks) => ({ tasks })) {
    const service = memoryService(() => ({ json: answer([{ id: 'a', ...row }]) }))
    const [task] = await new TaskList(service, { imageId: IMAGE }).all()
    return task
  }
  const LINKS = { message: '', self: '/v2/tasks/a', schema: '/v2/schemas/task' }

  it.each<[object, object]>([
    [{}, {}],
    [{ message: null }, {}],
    [
      { message: 'why', self: '/x', schema: '/y' },
      { message: 'why', self: '/x', schema: '/y' },
    ],
    [{ deleted: false, deleted_at: null }, {}],
    [{ image_id: null, request_id: null, user_id: null, expires_at: null }, {}],
    [
      { image_id: 'i', request_id: 'r', user_id: 'u' },
      { image_id: 'i', request_id: 'r', user_id: 'u' },
    ],
    // Also empty in the tasks API.
    [
      { input: null, result: null, owner: null },
      { input: null, result: null, owner: null },
    ],
    // Times have the format of the tasks API. Other texts are unchanged.
    [{ created_at: '2026-11-23T18:13:00.958398' }, { created_at: '2026-11-23T18:13:00Z' }],
    [{ updated_at: '2026-11-23 18:13:00' }, { updated_at: '2026-11-23T18:13:00Z' }],
    [{ expires_at: '2026-11-23T18:13:00Z' }, { expires_at: '2026-11-23T18:13:00Z' }],
    [{ created_at: '2026-11-23T18:13:00.958398Z' }, { created_at: '2026-11-23T18:13:00Z' }],
    [{ created_at: '2026-11-23T18:13:00+02:00' }, { created_at: '2026-11-23T18:13:00+02:00' }],
    [{ created_at: 'on 2026-11-23T18:13:00' }, { created_at: 'on 2026-11-23T18:13:00' }],
    [{ created_at: 7 }, { created_at: 7 }],
    [{ input: '2026-11-23T18:13:00.958398' }, { input: '2026-11-23T18:13:00.958398' }],
  ])('%o becomes %o', async (row, keys) => {
    expect(await shown(row)).toEqual({ id: 'a', ...LINKS, ...keys })
  })

  it('may have a key __proto__', async () => {
    const task = await shown(JSON.parse('{"__proto__": {"x": 1}}'))
    expect(Object.keys(task ?? {})).toContain('__proto__')
    expect(Object.getPrototypeOf(task)).toBe(Object.prototype)
  })

  it('may be in an array at the top level', async () => {
    expect(await shown({}, (tasks) => tasks)).toMatchObject({ id: 'a' })
  })

  it('without an ID is skipped, with a warning', async () => {
    const warnings: string[] = []
    const service = memoryService(() => ({ json: { tasks: [{}, { id: 'a' }] } }))
    const list = new TaskList(service, { imageId: IMAGE, onWarning: (text) => void warnings.push(text) })
    expect((await list.all()).map(({ id }) => id)).toEqual(['a'])
    expect(warnings).toEqual(["skipped a task without an ID in the server's response"])
  })
})

describe('without the route for the tasks of an image', () => {
  const NONE = apiErrorFor('Not found.', { status: 404 })
  const task = (id: string, more: object = {}) => ({ id, created_at: '2026-11-23T00:00:00Z', ...more })

  /** Lists the tasks of an image. The route of the image returns 404, and the tasks API this. */
  function listed(list: object | Error, options: object = {}, route: Error = NONE) {
    const service = memoryService(({ path }) => {
      const answer = path.startsWith('images/') ? route : list
      if (answer instanceof Error) throw answer
      return { json: answer }
    })
    return { asked: service.asked, found: new TaskList(service, { imageId: IMAGE, ...options }).all() }
  }

  it('the tasks API is filtered by the ID of the image, and the client sorts', async () => {
    const tasks = [task('a', { updated_at: '2026-11-23T00:00:01Z' }), task('b', { updated_at: '2026-11-23T00:00:02Z' })]
    const { found, asked } = listed({ tasks }, { sortKey: 'updated_at', sortDir: 'desc', pageSize: 5 })
    expect((await found).map(({ id }) => id)).toEqual(['b', 'a'])
    expect(asked.map(({ path }) => path)).toEqual([`images/${IMAGE}/tasks`, 'tasks'])
    expect(asked[1]?.query).toMatchObject({ image_id: IMAGE, limit: 1000 })
  })

  it('the details are fetched, which the list of the tasks API omits', async () => {
    const service = memoryService(({ path }) => {
      if (path === 'tasks') return { json: { tasks: [task('a')] } }
      if (path === 'tasks/a') return { json: task('a', { message: 'No space left on device' }) }
      throw NONE
    })
    const found = await new TaskList(service, { imageId: IMAGE, long: true }).all()
    expect(found).toMatchObject([{ id: 'a', message: 'No space left on device' }])
  })

  it('the route of an image has the details already', async () => {
    const service = memoryService(() => ({ json: [task('a', { message: null, input: null })] }))
    const found = await new TaskList(service, { imageId: IMAGE, long: true }).all()
    expect(found).toMatchObject([{ id: 'a', message: '' }])
    expect(service.asked.map(({ path }) => path)).toEqual([`images/${IMAGE}/tasks`])
  })

  it('and without tasks, the image is not found', async () => {
    const error = await listed({ tasks: [] }).found.catch((thrown) => thrown)
    expect(error).toMatchObject({
      code: 'not_found',
      message: `Image ${IMAGE} not found, or not visible to this user.`,
    })
    expect(error.hint).toContain('result.image_id')
    expect(error.remedy).toEqual({ kind: 'find_image' })
    expect(error.hint).not.toContain('looks like')
    const named = await listed({ tasks: [] }, { imageId: 'debian-13' }).found.catch((thrown) => thrown)
    expect(named.hint).toMatch(/^An image ID looks like [\da-f]{8}-.*\. Find the ID by the name of the image\.$/)
    const hinted = apiErrorFor('Not found.', { status: 404, hint: 'Ask the operator.' })
    await expect(listed({ tasks: [] }, {}, hinted).found).rejects.toMatchObject({ hint: 'Ask the operator.' })
  })

  it.each<[string, Error]>([
    ['403 of a proxy', apiErrorFor('No.', { status: 403, isFromService: false })],
    ['401', apiErrorFor('No.', { status: 401 })],
  ])('%s from the tasks API is thrown', async (_, error) => {
    await expect(listed(error).found).rejects.toBe(error)
  })

  it('the tasks API is not used after a 404 from a proxy', async () => {
    const proxy = apiErrorFor('No.', { status: 404, isFromService: false })
    const { found, asked } = listed({ tasks: [task('a')] }, {}, proxy)
    await expect(found).rejects.toBe(proxy)
    expect(asked).toHaveLength(1)
  })
})
