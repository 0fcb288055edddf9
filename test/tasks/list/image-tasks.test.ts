import { describe, expect, it } from 'vitest'
import { AbortedError, NotFoundError, UnexpectedAnswerError } from '../../../src/errors.js'
import { TaskList } from '../../../src/tasks/list/list.js'
import { glance } from '../../helpers/glance.js'
import type { Asked, Told } from '../../helpers/sandbox.js'

const IMAGE = '99999999-0000-4000-8000-000000000000'
const ROUTE = `/v2/images/${IMAGE}/tasks`
const START = Date.parse('2026-11-23T00:00:00Z')

/** A Glance with thirty tasks of an image, of which `script` may answer in its place. */
function cloud(script: (asked: Asked, count: number) => Told | undefined) {
  return glance({
    tasks: Array.from({ length: 30 }, (_, i) => ({
      id: `task-${i}`,
      image_id: IMAGE,
      created_at: new Date(START - i * 1000).toISOString(),
    })),
    script,
  })
}

const isRoute = ({ path }: Asked) => path === ROUTE
/** By a request id a service marks its answers; one without it is a proxy's. */
const headers = { 'x-openstack-request-id': 'req-1' }
const noRoute: Told = { status: 404, headers, json: { message: 'The resource could not be found.' } }
const forbidden: Told = { status: 403, headers }

describe('the tasks of an image', () => {
  it('come newest first, cut at the limit and from the marker on', async () => {
    const { service } = await cloud(() => undefined)
    const found = await new TaskList(service, { imageId: IMAGE, marker: 'task-4', limit: 2 }).all()
    expect(found.map(({ id }) => id)).toEqual(['task-5', 'task-6'])
  })

  it('come from the list of all tasks where the cloud has no route for them', async () => {
    const { service } = await cloud((asked) => (isRoute(asked) ? noRoute : undefined))
    const found = await new TaskList(service, { imageId: IMAGE, limit: 2 }).all()
    expect(found.map(({ id }) => id)).toEqual(['task-0', 'task-1'])
  })

  it('are never half a list given as whole', async () => {
    const [first] = await new TaskList((await cloud(() => undefined)).service, { limit: 1 }).all()
    const { service } = await cloud((asked) => {
      if (isRoute(asked)) return noRoute
      if (asked.query.has('marker')) return forbidden
      return { json: { tasks: [first], next: '/v2/tasks?marker=task-0' } }
    })
    await expect(new TaskList(service, { imageId: IMAGE }).all()).rejects.toMatchObject({ status: 403 })
  })

  it('are not there where the list of all is forbidden', async () => {
    const { service } = await cloud((asked) => (isRoute(asked) ? noRoute : forbidden))
    const error = await new TaskList(service, { imageId: IMAGE }).all().catch((thrown) => thrown)
    expect(error).toBeInstanceOf(NotFoundError)
    expect(error.message).toBe(`There is no image ${IMAGE} here that this user may see.`)
  })

  it.each([{ status: 503 }, { status: 500 }])('are not called missing when the list fails with %j', async (failure) => {
    const { service } = await cloud((asked) => (isRoute(asked) ? noRoute : failure))
    await expect(new TaskList(service, { imageId: IMAGE }).all()).rejects.toMatchObject(failure)
  })

  it('are not called missing when the user interrupts', async () => {
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
    'are not taken for none when the answer is %j',
    async (answer) => {
      const { service } = await cloud((asked) => (isRoute(asked) ? answer : undefined))
      await expect(new TaskList(service, { imageId: IMAGE }).all()).rejects.toBeInstanceOf(UnexpectedAnswerError)
    },
  )
})
