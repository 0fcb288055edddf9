import { describe, expect, it } from 'vitest'
import { NotFoundError } from '../../../src/errors.js'
import type { Task } from '../../../src/tasks/task.js'
import { TaskTracker, type TrackerOptions } from '../../../src/tasks/wait/task-tracker.js'

const task = (id: string, status = 'pending') => ({ id, status }) as Task
const gone = new NotFoundError('No task.', { status: 404 })
const idsOf = (tasks: readonly Task[]) => tasks.map(({ id }) => id)

const watching = (ids: string[], options: TrackerOptions = {}) => new TaskTracker(ids, options)

describe('the tasks of a wait', () => {
  it('are the same for all spellings of an ID, and keep the first spelling', () => {
    const watch = watching(['B', 'a', 'b', 'A', 'a'])
    expect(watch.total).toBe(2)
    expect(watch.running).toEqual(['B', 'a'])
    expect(watch.lastSeen).toEqual([])
  })

  it('are in the order of the IDs, not of the updates', () => {
    const watch = watching(['a', 'b', 'c', 'd'])
    for (const id of ['d', 'b']) watch.update(id, task(id, 'success'))
    for (const id of ['c', 'a']) watch.update(id, task(id))
    expect(idsOf(watch.ended)).toEqual(['b', 'd'])
    expect(watch.running).toEqual(['a', 'c'])
    expect(idsOf(watch.lastSeen)).toEqual(['a', 'c'])
    expect(watch.total).toBe(4)
  })

  it('are reported on each update', () => {
    const seen: string[] = []
    const watch = watching(['a'], { onUpdate: ({ status }) => seen.push(status) })
    for (const status of ['pending', 'pending', 'failure']) watch.update('a', task('a', status))
    expect(seen).toEqual(['pending', 'pending', 'failure'])
    expect(watch.running).toEqual([])
  })

  it('are counted by status, also without a callback', () => {
    const watch = watching(['a', 'b', 'c', 'd'])
    for (const id of ['a', 'b']) watch.update(id, task(id, 'success'))
    watch.update('c', task('c'))
    expect(watch.counts()).toEqual({ success: 2, pending: 1 })
  })

  it('are counted by any status of a newer server', () => {
    const watch = watching(['a', 'b', 'c'])
    for (const id of ['a', 'b']) watch.update(id, task(id, 'constructor'))
    watch.update('c', task('c', '__proto__'))
    expect(Object.entries(watch.counts())).toEqual([
      ['constructor', 2],
      ['__proto__', 1],
    ])
  })

  it('are polled last after a failure', () => {
    const watch = watching(['a', 'b', 'c'])
    watch.update('a', task('a'))
    watch.moveToEnd('a')
    expect([...watch.unfinished.keys()]).toEqual(['b', 'c', 'a'])
    expect(watch.unfinished.get('a')?.id).toBe('a')
  })

  it('are removed if they are no longer wanted', () => {
    const watch = watching(['a', 'b', 'c'])
    watch.update('b', task('b', 'success'))
    watch.removeUnless((id) => id === 'c')
    expect(watch.running).toEqual(['c'])
    expect(idsOf(watch.ended)).toEqual(['b'])
  })
})

describe('a task that is not found', () => {
  it('is missing at once if it was never seen', () => {
    const watch = watching(['a', 'b'])
    watch.notFound('a', gone, 5000)
    expect(watch.missing).toEqual([{ id: 'a', error: gone }])
    expect(watch.running).toEqual(['b'])
  })

  it.each<[string, TrackerOptions, boolean]>([
    ['is new', { isNew: true }, false],
    ['was seen before', {}, true],
  ])('is tolerated for half a minute if it %s', (_, options, isSeen) => {
    const watch = watching(['a'], options)
    if (isSeen) watch.update('a', task('a'))
    for (const now of [5000, 20_000, 34_999]) watch.notFound('a', gone, now)
    expect(watch.running).toEqual(['a'])
    watch.notFound('a', gone, 35_000)
    expect(watch.running).toEqual([])
    expect(watch.missing).toEqual([{ id: 'a', error: gone }])
  })

  it('is tolerated for another half minute after it was seen again', () => {
    const watch = watching(['a'])
    watch.update('a', task('a'))
    watch.notFound('a', gone, 5000)
    watch.update('a', task('a'))
    watch.notFound('a', gone, 50_000)
    expect(watch.running).toEqual(['a'])
  })
})
