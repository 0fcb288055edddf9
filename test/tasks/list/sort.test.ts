import { describe, expect, it } from 'vitest'
import { inSortedOrder, type Order, precedence } from '../../../src/tasks/list/sort.js'
import type { Task } from '../../../src/tasks/task.js'

const task = (id: string, more: Partial<Task> = {}) => ({ id, ...more }) as Task
const sorted = (tasks: Task[], order: Order = {}) => inSortedOrder(tasks, order).map(({ id }) => id)

const TASKS = [
  task('b', { created_at: '2026-01-02', expires_at: '2026-03-01' }),
  task('d', { created_at: '2026-01-01', expires_at: null }),
  task('a', { created_at: '2026-01-02' }),
  task('c', { created_at: '2026-01-03', expires_at: '2026-02-01' }),
]

describe('the order of tasks', () => {
  it.each<[Order, string]>([
    [{}, 'c b a d'],
    [{ sortDir: 'desc' }, 'c b a d'],
    [{ sortDir: 'asc' }, 'd a b c'],
    [{ sortKey: 'id' }, 'd c b a'],
    [{ sortKey: 'id', sortDir: 'asc' }, 'a b c d'],
    // A task without the key is the least, as in Glance.
    [{ sortKey: 'expires_at' }, 'b c d a'],
    [{ sortKey: 'expires_at', sortDir: 'asc' }, 'a d c b'],
    [{ marker: 'b' }, 'a d'],
    [{ marker: 'd' }, ''],
    [{ marker: 'c', sortDir: 'asc' }, ''],
  ])('%o', (order, ids) => {
    expect(sorted(TASKS, order).join(' ')).toBe(ids)
    expect(sorted([...TASKS].reverse(), order).join(' ')).toBe(ids)
  })

  it('does not change the given list', () => {
    const tasks = [...TASKS]
    inSortedOrder(tasks, { sortKey: 'id' })
    expect(tasks).toEqual(TASKS)
  })

  it('fails for an unknown marker', () => {
    expect(() => sorted(TASKS, { marker: 'x' })).toThrow(
      expect.objectContaining({ code: 'not_found', status: 404, hint: expect.stringContaining('without a marker') }),
    )
  })

  it('has no order between equal tasks', () => {
    for (const sortDir of ['asc', 'desc'] as const) {
      const precedes = precedence({ sortDir, sortKey: 'expires_at' })
      expect(precedes(task('a'), task('b', { expires_at: null }))).toBe(false)
      expect(precedes(task('b'), task('a'))).toBe(false)
    }
  })
})
