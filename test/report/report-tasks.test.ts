import { expect, it } from 'vitest'
import { AbortedError, ApiError } from '../../src/errors.js'
import { reportTasks, type TaskReportOptions } from '../../src/report/report-tasks.js'
import type { ReadyTask } from '../../src/sandbox/index.js'
import type { TaskStatus } from '../../src/tasks/task.js'
import { type GlanceOptions, glance } from '../helpers/glance.js'
import { memoryService } from '../helpers/memory-service.js'

/** The time of the clock of `glance`. */
const NOW = Date.parse('2026-11-23T00:00:00Z')
const HOUR = 3_600_000

const OPTIONS: TaskReportOptions = { since: NOW - 24 * HOUR, now: NOW, stuckAfter: 2 * HOUR }

/** A task that was created, and last changed, this many hours ago. */
function task(id: string, status: TaskStatus, created: number, changed = created): ReadyTask & { id: string } {
  const time = (hours: number) => new Date(NOW - hours * HOUR).toISOString()
  return { id, status, created_at: time(created), updated_at: time(changed), expires_at: null }
}

const TASKS: ReadyTask[] = [
  task('new', 'success', 1, 0.5),
  { ...task('failed', 'failure', 3, 2), message: 'HTTP Error 404: Not Found' },
  { ...task('copies', 'processing', 5, 0.01), message: 'Copied 12 MiB', type: 'api_image_import' },
  task('waits', 'pending', 0.5),
  task('hangs', 'processing', 6, 2),
  task('hung for days', 'processing', 72, 71),
  task('never began', 'pending', 80),
  task('old', 'failure', 25),
]

/** The report of a Glance with these tasks, and its requests without their sorting and page size. */
async function report(options: Partial<TaskReportOptions> = {}, more: GlanceOptions = {}) {
  const { service, asked } = await glance({ tasks: TASKS, ...more })
  const result = await reportTasks(service, { ...OPTIONS, ...options })
  return {
    ...result,
    asked: asked.map(({ path }) => decodeURIComponent(path).replace(/[?&](limit|sort_dir)=\w+/g, '')),
  }
}

const stuckIn = ({ report: { stuck } }: Awaited<ReturnType<typeof report>>) => stuck.map(({ id }) => id)

it('reports the tasks of the period, and stuck tasks of any age', async () => {
  const result = await report()
  expect(result.report).toMatchObject({
    since: '2026-11-22T00:00:00.000Z',
    until: '2026-11-23T00:00:00.000Z',
    total: 5,
    by_status: { pending: 1, processing: 2, success: 1, failure: 1 },
    by_type: { import: 4, api_image_import: 1 },
    duration_seconds: { median: 2700, p95: 3600, longest: 3600 },
    failures: [{ cause: { code: 'source_not_found' }, count: 1, examples: ['failed'] }],
  })
  expect(result.report.stuck[0]).toEqual({
    id: 'never began',
    type: 'import',
    status: 'pending',
    owner: expect.any(String),
    created_at: '2026-11-19T16:00:00Z',
    updated_at: '2026-11-19T16:00:00Z',
    unchanged_seconds: 80 * 3600,
  })
  expect(stuckIn(result)).toEqual(['never began', 'hung for days', 'hangs'])
  expect(result.incomplete).toEqual([])
})

it('fetches the details of the tasks that failed or run, and no others', async () => {
  const { asked } = await report()
  expect(asked.filter((path) => /tasks\/./.test(path)).sort()).toEqual([
    '/v2/tasks/copies',
    '/v2/tasks/failed',
    '/v2/tasks/hangs',
  ])
  expect(asked.filter((path) => !/tasks\/./.test(path)).sort()).toEqual([
    '/v2/tasks',
    '/v2/tasks?status=pending',
    '/v2/tasks?status=processing',
  ])
})

it('a task is stuck from the moment that it has not changed for the given time', async () => {
  expect(stuckIn(await report({ stuckAfter: 2 * HOUR + 1 }))).not.toContain('hangs')
  expect(stuckIn(await report({ stuckAfter: 100 * HOUR }))).toEqual([])
  // A task that is old and changes is not stuck.
  expect(stuckIn(await report({ stuckAfter: HOUR }))).toEqual(['never began', 'hung for days', 'hangs'])
})

it('the limits of the period belong to it', async () => {
  const at = (hours: number) => NOW - hours * HOUR
  expect((await report({ since: at(5), until: at(3) })).report).toMatchObject({
    total: 2,
    until: '2026-11-22T21:00:00.000Z',
  })
  expect((await report({ since: at(5) + 1, until: at(3) - 1 })).report).toMatchObject({ total: 0 })
  // Stuck tasks must be older than the end of the period, too.
  expect(stuckIn(await report({ since: at(100), until: at(72) }))).toEqual(['never began', 'hung for days'])
})

it('applies the filter to stuck tasks as well', async () => {
  const failed = await report({ status: ['failure'] })
  expect(failed.report).toMatchObject({ total: 1, stuck: [] })
  expect(failed.asked).toHaveLength(2)
  expect(stuckIn(await report({ status: ['pending', 'success'] }))).toEqual(['never began'])
  expect((await report({ type: 'api_image_import' })).report).toMatchObject({ total: 1, stuck: [] })
  expect((await report({ owner: 'nobody' })).report).toMatchObject({ total: 0, stuck: [] })
})

it('groups by image with the details of all tasks', async () => {
  const tasks = [task('a', 'success', 1), { ...task('b', 'failure', 2), image_id: 'i1', message: '' }]
  const { report: found, asked } = await report({ by: ['image'] }, { tasks })
  expect(found.by_image).toMatchObject([{ image_id: null }, { image_id: 'i1', by_status: { failure: 1 } }])
  expect(asked.filter((path) => /tasks\/[ab]$/.test(path))).toHaveLength(2)
})

it('reports the tasks of an image without the admin role, and needs no details', async () => {
  const rows = [
    { ...task('a', 'failure', 2), image_id: 'i1', input: {}, message: 'No space left on device' },
    { ...task('b', 'processing', 50), image_id: 'i1', input: null, message: null },
  ]
  const service = memoryService(({ path }) => {
    expect(path).toBe('images/i1/tasks')
    return { json: { tasks: rows } }
  })
  const { report: found } = await reportTasks(service, { ...OPTIONS, imageId: 'i1' })
  expect(found).toMatchObject({ total: 1, failures: [{ cause: { code: 'no_space' } }], stuck: [{ id: 'b' }] })
})

it('counts a failed task whose details are missing, and names it', async () => {
  const warnings: string[] = []
  const result = await report(
    { onWarning: (text) => warnings.push(text) },
    {
      script: ({ path }) => (path.endsWith('/failed') ? { status: 500, json: { message: 'no such type' } } : undefined),
    },
  )
  expect(result).toMatchObject({
    incomplete: ['failed'],
    report: { total: 5, failures: [{ cause: { code: 'unknown' }, count: 1, examples: ['failed'] }] },
  })
  expect(warnings).toEqual(['the details of task failed are missing: the server returned 500'])
})

it('needs no cause of a running task whose details are missing', async () => {
  const script: GlanceOptions['script'] = ({ path }) =>
    path.endsWith('/copies') ? { status: 500, json: { message: 'no such type' } } : undefined
  expect(await report({}, { script })).toMatchObject({ incomplete: [], report: { total: 5 } })
})

it('reads the open tasks from the oldest on, which ends the list early', async () => {
  const { service, asked } = await glance({ tasks: TASKS })
  await reportTasks(service, OPTIONS)
  const open = asked.filter(({ query }) => query.has('status'))
  expect(open.map(({ query }) => query.get('sort_dir'))).toEqual(['asc', 'asc'])
})

it('reads page after page, and says how far it is', async () => {
  const uuid = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`
  const tasks = Array.from({ length: 2500 }, (_, i) => task(uuid(i), 'success', i / 1000))
  const counts: number[] = []
  const { report: found, asked } = await report({ onProgress: (count) => counts.push(count) }, { tasks })
  expect(found.total).toBe(2500)
  expect(counts.at(-1)).toBe(2500)
  expect(counts.length).toBeGreaterThan(2)
  expect(asked.length).toBeLessThan(7)
})

it('fails as a whole, and ends all requests', async () => {
  const broken = memoryService(({ query }) => {
    if (query?.status === 'processing') return { status: 403, json: { message: 'no' } }
    return { json: { tasks: [] } }
  })
  await expect(reportTasks(broken, OPTIONS)).rejects.toThrow()
  const { service } = await glance({
    script: ({ path }) => (path.includes('status=pending') ? { status: 403, json: { message: 'no' } } : undefined),
  })
  await expect(reportTasks(service, OPTIONS)).rejects.toBeInstanceOf(ApiError)
  const controller = new AbortController()
  controller.abort('SIGINT')
  await expect(reportTasks(service, { ...OPTIONS, signal: controller.signal })).rejects.toBeInstanceOf(AbortedError)
})
