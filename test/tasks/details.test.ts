import { expect, it } from 'vitest'
import { TaskList } from '../../src/tasks/list.js'
import { glance } from '../helpers/glance.js'
import type { Told } from '../helpers/sandbox.js'

const ids = Array.from({ length: 250 }, (_, i) => `task-${i}`)

/** A Glance with these tasks, newest first; `whole` answers in its place to whoever asks for one of them. */
function cloud(whole?: (id: string) => Told | undefined | Promise<Told | undefined>) {
  const start = Date.parse('2026-11-23T00:00:00Z')
  return glance({
    tasks: ids.map((id, i) => ({ id, input: { id }, created_at: new Date(start - i * 1000).toISOString() })),
    script({ path }) {
      const id = /\/tasks\/(.+)$/.exec(path)?.[1]
      return id === undefined ? undefined : whole?.(id)
    },
  })
}

it('gives the tasks of a list whole, in their order, several asked for at once and never too many', async () => {
  let underWay = 0
  let most = 0
  const { service, asked } = await cloud(async (id) => {
    most = Math.max(most, ++underWay)
    // The earlier ones take longer, so that the answers come out of order.
    await new Promise((resolve) => setTimeout(resolve, id.endsWith('0') ? 5 : 0))
    underWay--
    return undefined
  })
  const found = await new TaskList(service, { long: true }).all()
  expect(found.map(({ id, input }) => [id, input?.id])).toEqual(ids.map((id) => [id, id]))
  expect(most).toBeGreaterThan(4)
  expect(most).toBeLessThanOrEqual(16)
  expect(asked).toHaveLength(251)
})

it('marks what cannot be had, says why, and gives the others', async () => {
  const { service } = await cloud((id) => {
    if (id === 'task-7') return { status: 404, json: { message: 'Could not find task' } }
    return id === 'task-9' ? { status: 500, json: { message: 'unknown type' } } : undefined
  })
  const listed = await new TaskList(service, { limit: 12 }).all()
  const warnings: string[] = []
  const found = await new TaskList(service, { long: true, limit: 12, onWarning: (text) => warnings.push(text) }).all()
  expect(found.map(({ id }) => id)).toEqual(ids.slice(0, 12))
  expect(found[7]).toEqual({ ...listed[7], incomplete: 'it is not there any more' })
  expect(found[9]).toEqual({ ...listed[9], incomplete: 'the server answered 500' })
  expect(warnings).toEqual([
    'task task-7 is shown without its details: it is not there any more',
    'task task-9 is shown without its details: the server answered 500',
  ])
})

it('ends where nothing can be had', async () => {
  const { service } = await cloud(() => ({ status: 403, json: { message: 'no' } }))
  await expect(new TaskList(service, { long: true }).all()).rejects.toMatchObject({ status: 403 })
})

it('asks for no more when its reader has enough', async () => {
  const { service, asked } = await cloud()
  for await (const task of new TaskList(service, { long: true })) if (task.id === 'task-3') break
  expect(asked.length).toBeLessThan(130)
})
