import { describe, expect, it } from 'vitest'
import { stepWithNumbers } from '../../../src/cli/progress/import-wording.js'
import { TaskChanges } from '../../../src/cli/progress/task-changes.js'
import { wireEvent } from '../../../src/cli/progress/wire.js'
import { Wording } from '../../../src/cli/progress/wording.js'
import type { Task } from '../../../src/tasks/task.js'
import { TestClock } from '../../helpers/clock.js'

const task = (id: string, more: Partial<Task> = {}) => ({ id, status: 'pending', ...more }) as Task

describe('a wait', () => {
  it.each([
    [3, 'task a: pending'],
    [4, undefined],
  ])('for %i tasks says of each task: %s', (total, state) => {
    const wording = new Wording(new TestClock())
    wording.of({ event: 'started', taskIds: [], total, of: 'tasks', timeout: 0 })
    const status = { event: 'status', cloud: 'c', region: undefined, task: task('a'), previous: undefined } as const
    expect(wording.of(status).state).toBe(state)
  })

  it.each([
    [0, null],
    [1500, 1.5],
  ])('with a timeout of %i ms has the event key %j', (timeout, seconds) => {
    const started = { event: 'started', taskIds: [], total: 1, of: 'tasks', timeout } as const
    expect(wireEvent(started)).toMatchObject({ timeout: seconds })
  })

  it('knows the message of a task also after a list, which omits it', () => {
    const changes = new TaskChanges()
    changes.of(task('a', { message: 'Copied 1 MiB' }))
    expect(changes.of(task('a'))).toMatchObject({ isChanged: false })
    expect(changes.of(task('a', { message: null }))).toMatchObject({ isChanged: true })
  })
})

describe('a step of an import', () => {
  const step = { imageId: 'i', storesLeft: [], startedAt: 0 }
  it.each([
    [{ phase: 'copying', copiedMiB: 3, size: 20 * 1024 * 1024 }, 'working: 3 of 20 MiB, 1 s so far'],
    // The size rounds to 0 MiB.
    [{ phase: 'copying', copiedMiB: 0, size: 1000 }, 'working: 0 MiB, 1 s so far'],
    [{ phase: 'copying', copiedMiB: 3, size: null }, 'working: 3 MiB, 1 s so far'],
    [{ phase: 'downloading', copiedMiB: 3, size: null }, 'working: 1 s so far'],
  ] as const)('%j', (numbers, text) => {
    expect(stepWithNumbers('working', { ...step, ...numbers }, 1000)).toBe(text)
  })
})
