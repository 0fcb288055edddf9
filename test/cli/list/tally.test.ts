import { expect, it } from 'vitest'
import { Tally } from '../../../src/cli/list/tally.js'
import type { Task } from '../../../src/tasks/task.js'

async function counted(...pages: string[][]): Promise<Tally> {
  const tally = new Tally()
  const tasks = pages.map((page) => page.map((status, at) => ({ id: `t${at}`, status }) as Task))
  async function* arriving() {
    yield* tasks
  }
  for await (const _page of tally.count(arriving()));
  return tally
}

it('says how many tasks have each status, those that ended first', async () => {
  const tally = await counted(['pending', 'failure', 'success'], ['success', 'odd', 'processing'])
  expect(tally.summary(true)).toBe('6 tasks: 2 success, 1 failure, 1 processing, 1 pending, 1 odd')
  expect((await counted(['pending'])).summary(true)).toBe('1 task: 1 pending')
  expect((await counted()).summary(true, 0)).toBe('no task matches')
})

it('says that there may be more only if the limit was reached', async () => {
  const tally = await counted(['success', 'success'])
  expect(tally.summary(true, 2)).toBe('2 tasks: 2 success. There may be more: the limit is 2.')
  expect(tally.summary(true, 3)).toBe('2 tasks: 2 success')
})

it('says that a list is incomplete', async () => {
  expect((await counted(['success'])).summary(false, 1)).toBe('1 task: 1 success. The list is incomplete.')
})

it('remembers the tasks without details', async () => {
  const tally = new Tally()
  async function* page() {
    yield [
      { id: 'a', status: 'success' },
      { id: 'b', status: 'success', _incomplete: 'why' },
    ] as Task[]
  }
  for await (const _page of tally.count(page()));
  expect(tally.incomplete).toEqual(['b'])
})
