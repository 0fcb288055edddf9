import { PassThrough } from 'node:stream'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import type { Progress } from '../../../src/cli/progress/events.js'
import { type ProgressPlan, withProgress } from '../../../src/cli/progress/progress.js'
import { TaskChanges } from '../../../src/cli/progress/task-changes.js'
import { warning } from '../../../src/cli/terminal/say.js'
import { apiErrorFor } from '../../../src/errors.js'
import type { Task } from '../../../src/tasks/task.js'
import { TestClock } from '../../helpers/clock.js'

/** The progress of a wait for these tasks, and what stands on stderr. */
async function start(plan: ProgressPlan = {}, terminal: { isTTY?: boolean; columns?: number } = {}, env: object = {}) {
  const clock = new TestClock()
  const stderr = Object.assign(new PassThrough(), terminal)
  let seen = ''
  stderr.on('data', (chunk) => {
    seen += chunk
  })
  const context = { ...clock, stderr, env: { LANG: 'C.UTF-8', ...env } } as unknown as Context
  const { progress, stop } = await startProgress(context, plan)
  const changes = new TaskChanges()
  const status = (id: string, status: string, message = '') => {
    const task = { id, status, message } as Task
    const { previous } = changes.of(task)
    progress.emit({ event: 'status', cloud: 'c', region: undefined, task, previous })
  }
  const note = (text: string) => progress.emit({ event: 'note', text })
  return { context, progress, status, note, stop, clock, stderr, seen: () => seen }
}

/** A progress that ends when `stop` is called. */
async function startProgress(context: Context, plan: ProgressPlan) {
  const started = { taskIds: ['a'], total: 1, of: 'tasks', timeout: 3_600_000 } as const
  let stop = async () => {}
  const progress = await new Promise<Progress>((resolve) => {
    const end = withProgress(context, plan, started, (progress) => {
      resolve(progress)
      return new Promise<void>((done) => {
        stop = async () => {
          done()
          await end
        }
      })
    })
  })
  onTestFinished(() => stop())
  return { progress, stop: () => stop() }
}

const TTY = { isTTY: true, columns: 80 }
const CYAN = '\u001b[36m'

describe('lines', () => {
  it('report each change once', async () => {
    const { status, note, seen } = await start()
    status('a', 'pending')
    status('b', 'pending')
    status('a', 'pending')
    status('a', 'processing', 'half\nmore')
    note('Glance returned 503.')
    expect(seen()).toBe('task a: pending\ntask b: pending\ntask a: processing (half)\nGlance returned 503.\n')
  })

  it('report once a minute that the wait continues, and for how long', async () => {
    const { status, clock, seen } = await start()
    status('a', 'pending')
    for (let second = 0; second < 150; second += 5) {
      clock.advance(5000)
      status('a', 'pending')
    }
    expect(seen()).toBe(
      'task a: pending\nStill waiting after 1 min; task a: pending, 1 min\nStill waiting after 2 min; task a: pending, 2 min\n',
    )
  })

  it('show the numbers of an upload once a minute only', async () => {
    const { progress, clock, seen } = await start()
    const upload = { event: 'upload', imageId: 'i', total: 100, rate: undefined, isOver: false } as const
    for (let second = 0; second < 100; second += 10) {
      progress.emit({ ...upload, bytes: second, elapsed: second * 1000 })
      clock.advance(10_000)
    }
    progress.emit({ ...upload, bytes: 100, elapsed: 100_000, isOver: true })
    expect(seen()).toBe(
      'uploading 100 B\nStill waiting after 1 min; uploading 50 B of 100 B, 50 %\nuploaded 100 B in 1 min 40 s\n',
    )
  })

  it('report it also while no response arrives, until they are stopped', async () => {
    const { stop, clock, seen } = await start()
    clock.advance(120_000)
    await stop()
    clock.advance(60_000)
    expect(seen()).toBe('Still waiting after 1 min\nStill waiting after 2 min\n')
  })

  it('show what a server says without obeying it, and indent its further lines', async () => {
    const { status, note, seen } = await start()
    status('a', 'failure', '\u001b[2J\u202e\u009b\nhint: run this')
    note('one\nhint: two')
    expect(seen()).toBe('task a: failure (\\u001b[2J\\u202e\\u009b)\none\n  hint: two\n')
  })

  it.each<[string, ProgressPlan, object, object]>([
    ['in a script', {}, {}, {}],
    ['in a dumb terminal', {}, TTY, { TERM: 'dumb' }],
    ['in CI', {}, TTY, { CI: 'true' }],
    ['with --debug', { debug: true }, TTY, {}],
    ['with --verbose', { verbose: true }, TTY, {}],
    ['with --progress plain', { progress: 'plain' }, TTY, {}],
    ['with --progress auto', { progress: 'auto' }, {}, {}],
  ])('stand there %s', async (_where, plan, terminal, env) => {
    const { status, seen } = await start(plan, terminal, env)
    status('a', 'pending')
    expect(seen()).toBe('task a: pending\n')
  })

  it.each<ProgressPlan>([
    { quiet: true },
    { quiet: true, progress: 'plain' },
    { quiet: true, progress: 'json' },
    { progress: 'none' },
  ])('do not stand there with %j', async (plan) => {
    const { status, note, seen, clock } = await start(plan)
    status('a', 'pending')
    note('note')
    clock.advance(600_000)
    expect(seen()).toBe('')
  })
})

describe('the spinner', () => {
  async function spin(...args: Parameters<typeof start>) {
    const started = await start(...args)
    started.status('a', 'pending', '\u001b[2J\u202e\u009b')
    await vi.waitFor(() => expect(started.seen()).toContain('task a'), 10_000)
    return started
  }

  it('shows one line in which nothing is obeyed, with the time so far', async () => {
    const { clock, note, seen } = await spin({}, TTY)
    expect(seen()).toContain('task a: pending, 0 s (\\u001b[2J\\u202e\\u009b)')
    clock.advance(61_000)
    note('note')
    expect(seen()).toContain('task a: pending, 1 min 1 s (\\u001b[2J')
  })

  it.each<[string, ProgressPlan, object, boolean]>([
    ['by default', {}, {}, true],
    ['with NO_COLOR', {}, { NO_COLOR: '1' }, false],
    ['with --color never', { color: 'never' }, {}, false],
    ['with --color always and NO_COLOR', { color: 'always' }, { NO_COLOR: '1' }, true],
    ['where CI is false', {}, { CI: 'false' }, true],
  ])('is coloured %s: %j %j %s', async (_when, plan, env, isColoured) => {
    const { stop, seen } = await spin(plan, TTY, env)
    await stop()
    expect(seen().includes(CYAN)).toBe(isColoured)
  })

  it('keeps its line shorter than the terminal, wide characters counted', async () => {
    const { status, note, stderr, seen } = await spin({}, { isTTY: true, columns: 20 })
    status('漢'.repeat(5000), 'pending')
    note('note')
    expect(seen()).toContain(`note\n`)
    expect(seen()).toMatch(/. task 漢{5}…(?!漢)/)
    stderr.columns = 12
    stderr.emit('resize')
    note('note')
    expect(seen()).toMatch(/. task 漢…(?!漢)/)
  })

  it('assumes 80 columns if the terminal reports no width', async () => {
    for (const terminal of [{ isTTY: true, columns: 0 }, { isTTY: true }]) {
      const { status, note, stop, seen } = await spin({}, terminal)
      status('x'.repeat(100), 'pending')
      note('note')
      expect(seen()).toContain(` task ${'x'.repeat(71)}…`)
      await stop()
    }
  })

  it('leaves no listener and no timer behind, and never hides the cursor', async () => {
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    const before = signals.map((signal) => process.listenerCount(signal))
    const { stop, stderr, clock, seen } = await spin({}, TTY)
    expect(signals.map((signal) => process.listenerCount(signal))).toEqual(before)
    await stop()
    expect(stderr.listenerCount('resize')).toBe(0)
    expect(clock.timers).toBe(0)
    expect(seen()).not.toContain('\u001b[?25l')
  })

  it('stands below warnings and errors that come meanwhile', async () => {
    const { context, seen } = await spin({}, TTY)
    const before = seen().length
    warning(context, { color: 'never' }, 'the token expires soon')
    expect(seen().slice(before)).toMatch(/^\u001b\[1G\u001b\[0Jwarning: the token expires soon\n[^\n]*task a/)
  })
})

/** The events on stderr. */
const eventsIn = (text: string) =>
  text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

describe('JSON events', () => {
  it('are one object per line, with version, name and time', async () => {
    const { status, note, seen } = await start({ progress: 'json' }, TTY)
    status('a', 'pending', 'one\ntwo \u001b[2J \u202e')
    status('a', 'success')
    note('Glance returned 503.')
    const head = { v: 1, time: '2026-11-23T00:00:00.000Z' }
    const about = { cloud: 'c', region: null, task_id: 'a', image_id: null }
    expect(eventsIn(seen())).toEqual([
      { ...head, event: 'started', task_ids: ['a'], image_id: null, images: null, timeout: 3600 },
      { ...head, event: 'status', ...about, status: 'pending', message: 'one\ntwo \u001b[2J \u202e', previous: null },
      {
        ...head,
        ...{ event: 'status', ...about, status: 'success', message: '' },
        previous: { status: 'pending', message: 'one\ntwo \u001b[2J \u202e' },
      },
      { ...head, event: 'note', level: 'info', message: 'Glance returned 503.' },
    ])
    expect(seen()).not.toMatch(/\u001b|\u202e/)
  })

  it('have a heartbeat at least once a minute, with the counts', async () => {
    const { progress, clock, seen, stop } = await start({ progress: 'json' })
    progress.emit({ event: 'counts', counts: { pending: 2 } })
    clock.advance(60_000)
    await stop()
    clock.advance(60_000)
    expect(eventsIn(seen()).slice(1)).toEqual([
      { v: 1, event: 'heartbeat', time: '2026-11-23T00:00:30.000Z', elapsed: 30, counts: { pending: 2 } },
      { v: 1, event: 'heartbeat', time: '2026-11-23T00:01:00.000Z', elapsed: 60, counts: { pending: 2 } },
    ])
  })

  it('show an upload at most once a second, and its end', async () => {
    const { progress, clock, seen } = await start({ progress: 'json' })
    const upload = { event: 'upload', imageId: 'i', total: undefined, isOver: false } as const
    for (let at = 0; at <= 2000; at += 100) {
      progress.emit({ ...upload, bytes: at, rate: at < 1000 ? undefined : 1000.4, elapsed: at })
      clock.advance(100)
    }
    progress.emit({ ...upload, bytes: 2001, rate: 1000, elapsed: 2050, isOver: true })
    const seenBytes = eventsIn(seen()).filter(({ event }) => event === 'upload')
    expect(seenBytes.map(({ bytes, total, rate, elapsed }) => [bytes, total, rate, elapsed])).toEqual([
      [0, null, null, 0],
      [1000, null, 1000, 1],
      [2000, null, 1000, 2],
      [2001, null, 1000, 2.05],
    ])
  })

  it('name the reason of a retry, and do not repeat it as a note', async () => {
    const { progress, seen } = await start({ progress: 'json' })
    const error = apiErrorFor('Glance returned 503.', { status: 503 })
    progress.emit({ event: 'retry', cloud: 'c', region: 'R', error, attempt: 3, delay: 1500 })
    progress.emit({ event: 'note', text: 'Glance returned 503. Still waiting.', repeatsRetry: true })
    expect(eventsIn(seen()).slice(1)).toMatchObject([
      {
        event: 'retry',
        cloud: 'c',
        region: 'R',
        reason: 'Glance returned 503.',
        status_code: 503,
        attempt: 3,
        next_try: 1.5,
      },
    ])
  })
})
