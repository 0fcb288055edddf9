import { describe, expect, it } from 'vitest'
import { PageDeduplicator } from '../../../src/tasks/list/page-deduplicator.js'
import type { Task } from '../../../src/tasks/task.js'

const task = (id: string, second: number | string) =>
  ({
    id,
    created_at: typeof second === 'string' ? second : `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`,
  }) as Task

/** The tasks that are new after these pages. */
function newOf(given: Task[][], tasks: Task[], sortDir: 'asc' | 'desc' = 'desc'): string[] {
  const seen = new PageDeduplicator('created_at', sortDir)
  for (const page of given) seen.add(page)
  return tasks.filter((each) => seen.isNew(each)).map(({ id }) => id)
}

describe('a task that was yielded is not new', () => {
  it('in any order', () => {
    const page = [task('a', 30), task('b', 10), task('c', 20)]
    expect(newOf([page], [...page, task('d', 20), task('e', 5)])).toEqual(['d', 'e'])
    expect(newOf([page], [...page, task('d', 20), task('e', 40)], 'asc')).toEqual(['d', 'e'])
  })

  it('with any number of tasks and pages in the same second', () => {
    const pages = [1, 2, 3, 4].map((n) => [task(`${n}a`, 30), task(`${n}b`, 30)])
    expect(newOf(pages, [...pages.flat(), task('5a', 30), task('6a', 29)])).toEqual(['5a', '6a'])
  })

  it("with times in another format than Glance's", () => {
    for (const odd of ['', 'yesterday', '2026-01-01T00:00:05', '2026-01-01T00:00:05.000Z']) {
      const page = [task('a', 30), task('b', odd), task('c', 20)]
      expect(newOf([page], [...page, task('d', 10), task('e', odd)])).toEqual(['d', 'e'])
    }
  })

  it('after a restart', () => {
    const seen = new PageDeduplicator('created_at', 'desc')
    seen.add([task('a', 30), task('b', 20)])
    seen.add([task('c', 10)])
    seen.restart()
    const again = [task('z', 40), task('a', 30), task('b', 20), task('c', 10), task('d', 10), task('e', 5)]
    expect(again.filter((each) => seen.isNew(each)).map(({ id }) => id)).toEqual(['d', 'e'])
  })
})
