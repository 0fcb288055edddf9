import { expect, it } from 'vitest'
import { TaskTally } from '../../src/report/task-tally.js'
import type { Task } from '../../src/tasks/task.js'

const NOW = Date.parse('2026-11-29T12:00:00Z')

/** A time this many seconds before now. */
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString().replace('.000', '')

let count = 0
/** A task that was created and last changed this many seconds before now. */
function task(status: string, created: number, changed: number, more: Partial<Task> = {}): Task {
  const times = { created_at: ago(created), updated_at: ago(changed) }
  return { id: `t${++count}`, type: 'import', owner: 'p1', status, ...times, ...more }
}

function totalsOf(tasks: readonly Task[], ...by: ('owner' | 'image')[]) {
  const tally = new TaskTally(NOW, by)
  tasks.forEach((each) => {
    tally.add(each)
  })
  return tally.totals()
}

const NONE = { median: null, p95: null, longest: null }
const all = (seconds: number) => ({ median: seconds, p95: seconds, longest: seconds })

it('counts nothing', () => {
  expect(totalsOf([])).toEqual({
    total: 0,
    by_status: { pending: 0, processing: 0, success: 0, failure: 0 },
    by_type: {},
    waiting_seconds: NONE,
    running_seconds: NONE,
    duration_seconds: NONE,
    failures: [],
  })
})

it('counts by status and by type, also those of a newer server', () => {
  const totals = totalsOf([
    task('success', 9, 5),
    task('success', 9, 5, { type: 'location_import' }),
    task('frozen', 9, 5, { type: '__proto__' }),
  ])
  expect(totals).toMatchObject({ total: 3, by_status: { pending: 0, success: 2, failure: 0, frozen: 1 } })
  expect(Object.entries(totals.by_type)).toEqual([
    ['import', 1],
    ['location_import', 1],
    ['__proto__', 1],
  ])
})

it('counts the tasks without an owner', () => {
  const none = { owner: null } as unknown as Partial<Task>
  expect(totalsOf([task('success', 9, 5, none), task('failure', 9, 5, none)], 'owner').by_owner).toMatchObject([
    { owner: '', total: 2 },
  ])
})

it('knows only the whole duration of a task that has ended', () => {
  expect(totalsOf([task('success', 100, 40), task('failure', 80, 60)])).toMatchObject({
    waiting_seconds: NONE,
    running_seconds: NONE,
    duration_seconds: { median: 40, p95: 60, longest: 60 },
  })
})

it('knows how long a pending task has waited', () => {
  expect(totalsOf([task('pending', 100, 100)])).toMatchObject({
    waiting_seconds: all(100),
    running_seconds: NONE,
    duration_seconds: NONE,
  })
})

it('knows how long a running task waited and has run', () => {
  expect(totalsOf([task('processing', 100, 70, { message: '' })])).toMatchObject({
    waiting_seconds: all(30),
    running_seconds: all(70),
    duration_seconds: NONE,
  })
})

it.each([
  ['that copies data, which changes it once a minute', { message: 'Copied 12 MiB' }],
  ['whose message is not known', { _incomplete: 'the server returned 500' }],
])('does not know when a task began %s', (_, more) => {
  expect(totalsOf([task('processing', 100, 70, more)])).toMatchObject({ waiting_seconds: NONE, running_seconds: NONE })
})

it('groups failures by cause, the most frequent first, with three examples', () => {
  const failed = (message: string, more: Partial<Task> = {}) => task('failure', 9, 5, { message, ...more })
  const tasks = [
    failed('HTTP Error 404: Not Found'),
    ...Array.from({ length: 4 }, () => failed('No space left on device')),
    failed("Input does not contain 'image_properties' field"),
    failed("Input does not contain 'import_from_format' field"),
    failed('', { type: 'api_image_import', input: {} }),
    failed('Task failed due to Internal Error'),
    { ...failed(''), _incomplete: 'it no longer exists' },
  ]
  const { failures } = totalsOf(tasks)
  const ids = (...at: number[]) => at.map((i) => tasks[i]?.id)
  expect(failures.map(({ cause, count, examples }) => [cause.code, count, examples])).toEqual([
    ['no_space', 4, ids(1, 2, 3)],
    ['input_incomplete', 2, ids(5, 6)],
    ['source_not_found', 1, ids(0)],
    ['made_by_hand', 1, ids(7)],
    ['server_side', 1, ids(8)],
    ['unknown', 1, ids(9)],
  ])
  expect(failures[1]?.cause.summary).toBe('The input of the task has no image_properties.')
  expect(failures[5]?.cause.summary).toBe('The details of the task could not be fetched.')
})

it('groups by owner and by image on request, the largest group first', () => {
  const tasks = [
    task('success', 9, 5, { owner: 'small', image_id: 'i1' }),
    task('failure', 9, 5, { owner: '__proto__', input: { image_id: 'i1' }, message: '' }),
    task('success', 9, 5, { owner: '__proto__', result: { image_id: 'i2' } }),
    task('pending', 9, 5, { owner: '__proto__' }),
  ]
  const none = { pending: 0, processing: 0, success: 0, failure: 0 }
  const { by_owner, by_image } = totalsOf(tasks, 'owner', 'image')
  expect(by_owner).toEqual([
    { owner: '__proto__', total: 3, by_status: { ...none, pending: 1, success: 1, failure: 1 } },
    { owner: 'small', total: 1, by_status: { ...none, success: 1 } },
  ])
  expect(by_image).toEqual([
    { image_id: 'i1', total: 2, by_status: { ...none, success: 1, failure: 1 } },
    { image_id: 'i2', total: 1, by_status: { ...none, success: 1 } },
    { image_id: null, total: 1, by_status: { ...none, pending: 1 } },
  ])
  expect(totalsOf(tasks, 'owner')).not.toHaveProperty('by_image')
})
