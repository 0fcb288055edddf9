import { expect, it } from 'vitest'
import { TaskList } from '../../src/tasks/list.js'
import { type Asked, serve, type Told } from '../helpers/server.js'
import { serviceAt } from '../helpers/service.js'

const ids = Array.from({ length: 250 }, (_, i) => `task-${i}`)
const item = (id: string) => ({ id, status: 'success', created_at: '2026-11-23T00:00:00Z' })

/** A server that lists all tasks at once and answers for each of them by `whole`. */
function glance(whole: (id: string) => Told | Promise<Told>) {
  return serve(({ path }: Asked) => {
    const id = /\/tasks\/(.+)$/.exec(path)?.[1]
    return id === undefined ? { json: { tasks: ids.map(item) } } : whole(id)
  })
}

const whole = (id: string): Told => ({ json: { ...item(id), input: { id }, message: '', result: null } })

it('gives the tasks of a list whole, in their order, several asked for at once and never too many', async () => {
  let underWay = 0
  let most = 0
  const server = await glance(async (id) => {
    most = Math.max(most, ++underWay)
    // The earlier ones take longer, so that the answers come out of order.
    await new Promise((resolve) => setTimeout(resolve, id.endsWith('0') ? 5 : 0))
    underWay--
    return whole(id)
  })
  const found = await new TaskList(serviceAt(server.url), { long: true }).all()
  expect(found.map(({ id, input }) => [id, input?.id])).toEqual(ids.map((id) => [id, id]))
  expect(most).toBeGreaterThan(4)
  expect(most).toBeLessThanOrEqual(16)
  expect(server.asked).toHaveLength(251)
})

it('marks what cannot be had, says why, and gives the others', async () => {
  const server = await glance((id) => {
    if (id === 'task-7') return { status: 404, json: { message: 'Could not find task' } }
    if (id === 'task-9') return { status: 500, json: { message: 'unknown type' } }
    return whole(id)
  })
  const warnings: string[] = []
  const list = new TaskList(serviceAt(server.url), { long: true, limit: 12, onWarning: (text) => warnings.push(text) })
  const found = await list.all()
  expect(found.map(({ id }) => id)).toEqual(ids.slice(0, 12))
  expect(found[7]).toEqual({ ...item('task-7'), incomplete: 'it is not there any more' })
  expect(found[9]).toEqual({ ...item('task-9'), incomplete: 'the server answered 500' })
  expect(warnings).toEqual([
    'task task-7 is shown without its details: it is not there any more',
    'task task-9 is shown without its details: the server answered 500',
  ])
})

it('ends where nothing can be had', async () => {
  const server = await glance(() => ({ status: 403, json: { message: 'no' } }))
  await expect(new TaskList(serviceAt(server.url), { long: true }).all()).rejects.toMatchObject({ status: 403 })
})

it('asks for no more when its reader has enough', async () => {
  const server = await glance(whole)
  const list = new TaskList(serviceAt(server.url), { long: true })
  for await (const task of list) if (task.id === 'task-3') break
  expect(server.asked.length).toBeLessThan(130)
})
