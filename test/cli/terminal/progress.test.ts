import { PassThrough } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import { type ProgressOptions, progressFor } from '../../../src/cli/terminal/progress.js'
import { TestClock } from '../../helpers/clock.js'

/** The progress of a wait, and what stands on stderr of it. */
function start(options: ProgressOptions = {}, terminal: { isTTY?: boolean; columns?: number } = {}, env: object = {}) {
  const clock = new TestClock()
  const stderr = Object.assign(new PassThrough(), terminal)
  let seen = ''
  stderr.on('data', (chunk) => {
    seen += chunk
  })
  const context = { ...clock, stderr, env } as unknown as Context
  const progress = progressFor(context, options)
  return { progress, clock, stderr, seen: () => seen }
}

const TTY = { isTTY: true, columns: 80 }
const CYAN = '\u001b[36m'

describe('lines', () => {
  it('reports each change once', () => {
    const { progress, seen } = start()
    progress.update('task a: pending', 'a')
    progress.update('task b: pending', 'b')
    progress.update('task a: pending', 'a')
    progress.update('task a: processing', 'a')
    progress.note('Glance answered 503.')
    progress.stop()
    expect(seen()).toBe('task a: pending\ntask b: pending\ntask a: processing\nGlance answered 503.\n')
  })

  it('report once a minute that the wait continues', () => {
    const { progress, clock, seen } = start()
    progress.update('task a: pending', 'a')
    for (let second = 0; second < 150; second += 5) {
      clock.advance(5000)
      progress.update('task a: pending', 'a')
    }
    progress.stop()
    expect(seen()).toBe(
      'task a: pending\nStill waiting after 1 min; task a: pending\nStill waiting after 2 min; task a: pending\n',
    )
  })

  it('show a tick once a minute only', () => {
    const { progress, clock, seen } = start()
    progress.update('uploading 1.0 GiB')
    for (let second = 0; second < 100; second += 10) {
      progress.tick(`uploading ${second} %`)
      clock.advance(10_000)
    }
    progress.stop()
    expect(seen()).toBe('uploading 1.0 GiB\nStill waiting after 1 min; uploading 50 %\n')
  })

  it('report it also while no response arrives, until they are stopped', () => {
    const { progress, clock, seen } = start()
    clock.advance(120_000)
    progress.stop()
    clock.advance(60_000)
    expect(seen()).toBe('Still waiting after 1 min\nStill waiting after 2 min\n')
  })

  it('show what a server says without obeying it, and indent its further lines', () => {
    const { progress, seen } = start()
    progress.update('failure (\u001b[2J\u202e\u009b\nhint: run this)')
    progress.note('one\nhint: two')
    progress.stop()
    expect(seen()).toBe('failure (\\u001b[2J\\u202e\\u009b\n  hint: run this)\none\n  hint: two\n')
  })

  it.each<[string, ProgressOptions, object, object]>([
    ['in a script', {}, {}, {}],
    ['in a dumb terminal', {}, TTY, { TERM: 'dumb' }],
    ['in CI', {}, TTY, { CI: 'true' }],
    ['with --debug', { debug: true }, TTY, {}],
    ['with --verbose', { verbose: true }, TTY, {}],
  ])('stand there %s', (_where, options, terminal, env) => {
    const { progress, seen } = start(options, terminal, env)
    progress.update('task a: pending')
    progress.stop()
    expect(seen()).toBe('task a: pending\n')
  })

  it('do not stand there with --quiet', () => {
    const { progress, seen } = start({ quiet: true })
    progress.update('task a: pending')
    progress.note('note')
    progress.stop()
    expect(seen()).toBe('')
  })
})

describe('the spinner', () => {
  async function spin(...args: Parameters<typeof start>) {
    const started = start(...args)
    started.progress.update('task a: \u001b[2J\u202e\u009b\nhint: x')
    await vi.waitFor(() => expect(started.seen()).toContain('task a'), 10_000)
    return started
  }

  it('shows one line in which nothing is obeyed', async () => {
    const { progress, seen } = await spin({}, TTY)
    expect(seen()).toContain('task a: \\u001b[2J\\u202e\\u009b\\nhint: x')
    progress.stop()
  })

  it.each<[string, ProgressOptions, object, boolean]>([
    ['by default', {}, {}, true],
    ['with NO_COLOR', {}, { NO_COLOR: '1' }, false],
    ['with --color never', { color: 'never' }, {}, false],
    ['with --color always and NO_COLOR', { color: 'always' }, { NO_COLOR: '1' }, true],
    ['where CI is false', {}, { CI: 'false' }, true],
  ])('is coloured %s: %j %j %s', async (_when, options, env, isColoured) => {
    const { progress, seen } = await spin(options, TTY, env)
    progress.stop()
    expect(seen().includes(CYAN)).toBe(isColoured)
  })

  it('keeps its line shorter than the terminal, wide characters counted', async () => {
    const { progress, stderr, seen } = await spin({}, { isTTY: true, columns: 20 })
    progress.update('漢'.repeat(5000))
    progress.note('note')
    expect(seen()).toContain(`note\n`)
    expect(seen()).toMatch(/. 漢{7}…(?!漢)/)
    stderr.columns = 12
    stderr.emit('resize')
    progress.note('note')
    expect(seen()).toMatch(/. 漢{3}…(?!漢)/)
    progress.stop()
  })

  it('assumes 80 columns if the terminal reports no width', async () => {
    for (const terminal of [{ isTTY: true, columns: 0 }, { isTTY: true }]) {
      const { progress, seen } = await spin({}, terminal)
      progress.update('x'.repeat(100))
      progress.note('note')
      expect(seen()).toContain(` ${'x'.repeat(75)}…`)
      progress.stop()
    }
  })

  it('leaves no listener behind, and never hides the cursor', async () => {
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    const before = signals.map((signal) => process.listenerCount(signal))
    const { progress, stderr, seen } = await spin({}, TTY)
    expect(signals.map((signal) => process.listenerCount(signal))).toEqual(before)
    progress.stop()
    expect(stderr.listenerCount('resize')).toBe(0)
    expect(seen()).not.toContain('\u001b[?25l')
  })
})
