import { expect, it } from 'vitest'
import { stuckTask } from '../../src/report/stuck.js'
import type { Task } from '../../src/tasks/task.js'

const task = { id: 'a', updated_at: '2026-11-29T12:00:00Z' } as Task
const CHANGED = Date.parse(task.updated_at)

it('a task is stuck for whole seconds', () => {
  expect(stuckTask(task, CHANGED + 1999, 1999)?.unchanged_seconds).toBe(1)
  expect(stuckTask(task, CHANGED + 1999, 2000)).toBeUndefined()
})

it('a task without a valid time is not stuck', () => {
  expect(stuckTask({ ...task, updated_at: 'yesterday' }, CHANGED, 0)).toBeUndefined()
})
