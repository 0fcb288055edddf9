import { describe, expect, it } from 'vitest'
import { WatchedTasks } from '../../../src/cli/watch/watched-tasks.js'
import type { Task } from '../../../src/tasks/task.js'

const START = Date.parse('2026-11-29T12:00:00Z')
const HOUR = 3_600_000

const time = (hours: number) => new Date(START + hours * HOUR).toISOString()
/** A task that expires this many hours after the start of the watch. */
const task = (id: string, expiry?: number): Task => ({
  id,
  type: 'import',
  status: expiry === undefined ? 'processing' : 'success',
  owner: 'p',
  created_at: time(-1),
  updated_at: time(0),
  ...(expiry !== undefined && { expires_at: time(expiry) }),
})

function watching(tasks: readonly Task[], limit?: number) {
  const watched = new WatchedTasks({ order: {}, limit, startedAt: START })
  watched.update(tasks)
  return watched
}

const idsOf = (tasks: readonly Task[]) => tasks.map(({ id }) => id)

describe('the tasks of a watch', () => {
  it('are news if the server has changed them, and not if it has not', () => {
    const watched = watching([task('a')])
    expect(watched.update([task('a')])).toEqual([])
    const [change] = watched.update([{ ...task('a'), updated_at: time(1) }])
    expect(change).toMatchObject({ task: { updated_at: time(1) }, before: { updated_at: time(0) } })
  })

  it('stand with the new ones before those of the same time', () => {
    const watched = watching([task('a'), task('b')])
    watched.update([task('c')])
    expect(idsOf(watched.sorted)).toEqual(['c', 'a', 'b'])
  })

  it('are forgotten an hour after they expired, even if the server lists them still', () => {
    const tasks = [task('a'), task('b', 2), task('c', 3)]
    const watched = watching(tasks)
    watched.forgetExpired(START + 3 * HOUR)
    expect(idsOf(watched.sorted)).toEqual(['a', 'b', 'c'])
    watched.forgetExpired(START + 3 * HOUR + 1)
    expect(idsOf(watched.sorted)).toEqual(['a', 'c'])
    expect(watched.has(task('b'))).toBe(false)
    expect(watched.update(tasks)).toEqual([])
    expect(idsOf(watched.sorted)).toEqual(['a', 'c'])
  })

  it('stay if they had expired before the watch began', () => {
    const watched = watching([task('a', -1)])
    watched.forgetExpired(START + 9 * HOUR)
    expect(idsOf(watched.sorted)).toEqual(['a'])
  })

  it('make room for others under a limit', () => {
    const watched = watching([task('a', 1), task('b')], 2)
    expect(watched.isNews(task('c'))).toBe(false)
    watched.forgetExpired(START + 3 * HOUR)
    expect(idsOf(watched.update([task('c')]).map(({ task }) => task))).toEqual(['c'])
  })
})
