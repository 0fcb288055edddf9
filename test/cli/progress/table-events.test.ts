import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import type { Progress, StartedEvent } from '../../../src/cli/progress/events.js'
import { type ProgressPlan, withProgress } from '../../../src/cli/progress/progress.js'
import type { Task } from '../../../src/tasks/task.js'
import { TestClock } from '../../helpers/clock.js'
import { TestTerminal } from '../../helpers/test-terminal.js'

/** Shows the events of `work` in a terminal, after the time in which no table opens. */
async function shown(
  work: (emit: Progress['emit'], screen: () => Promise<string>) => Promise<void>,
  started: Partial<StartedEvent> = {},
  plan: ProgressPlan = {},
  stdout: object = new PassThrough(),
) {
  const clock = new TestClock()
  const stderr = new TestTerminal(120)
  const context = {
    ...clock,
    stderr,
    stdout,
    env: { LANG: 'C.UTF-8' },
    signal: new AbortController().signal,
  } as unknown as Context
  const all = { taskIds: [], total: 2, of: 'tasks', timeout: 0, ...started } as const
  await withProgress(context, { color: 'never', ...plan }, all, async (progress) => {
    clock.advance(400)
    await work(
      (event) => progress.emit(event),
      async () => (await stderr.lines()).join('\n'),
    )
  })
  return { last: (await stderr.lines()).join('\n'), raw: stderr.raw }
}

const status = (id: string, status: string, more: Partial<Task> = {}) => {
  const times = { created_at: '2026-11-23T00:00:00Z', updated_at: '2026-11-23T00:00:00Z' }
  const task = { id, type: 'import', owner: 'p', status, ...times, ...more } as Task
  return { event: 'status', cloud: 'c', region: undefined, task, previous: undefined } as const
}
const COUNTS = { event: 'counts', counts: {} } as const

it('marks all changes of a poll, however many there are', async () => {
  await shown(async (emit, screen) => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    for (const id of ids) emit(status(id, 'pending'))
    for (const id of ids) emit(status(id, 'processing'))
    emit(COUNTS)
    expect((await screen()).match(/pending → processing/g)).toHaveLength(ids.length)
  })
})

it('keeps the message of a task that a list omits, and shows a note at once', async () => {
  await shown(async (emit, screen) => {
    emit(status('a', 'pending', { message: 'Copied 15 MiB' }))
    emit(status('a', 'processing'))
    emit(COUNTS)
    expect(await screen()).toMatch(/^a .* processing .* Copied 15 MiB$/m)
    emit({ event: 'note', text: 'cannot reach the cloud' })
    expect(await screen()).toMatch(/^cannot reach the cloud$/m)
  })
})

it('says once what came before the table opened', async () => {
  const { last } = await shown(async (emit) => {
    emit({ event: 'note', text: 'searching' })
    emit(status('a', 'pending'))
    emit(COUNTS)
  })
  expect(last.match(/searching/g)).toHaveLength(1)
})

it('is not a table for several images', async () => {
  const { raw } = await shown(async (emit) => emit(status('a', 'pending')), { of: 'images' })
  expect(raw).not.toContain('1049')
})

it.each([
  ['table', false],
  ['jsonl', true],
] as const)('with -f %s to the same terminal, leaves its last state: %s', async (format, isLeft) => {
  const stdout = { isTTY: true }
  const { last } = await shown(async (emit) => emit(status('a', 'success')), {}, { format }, stdout)
  expect(last).toContain('1 of 2 tasks succeeded')
  expect(/^a .* success/m.test(last)).toBe(isLeft)
})
