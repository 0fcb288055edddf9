import { describe, expect, it } from 'vitest'
import type { ReadyTask } from '../../../src/sandbox/index.js'
import type { World } from '../../helpers/cli.js'
import { cloud } from '../../helpers/command.js'
import { TestTerminal } from '../../helpers/test-terminal.js'

const IDS = {
  ends: '11111111-1111-4111-8111-111111111111',
  fails: '22222222-2222-4222-8222-222222222222',
  stuck: '33333333-3333-4333-8333-333333333333',
}

function tasks(): ReadyTask[] {
  const created_at = new Date(Date.now()).toISOString()
  return [
    { id: IDS.fails, duration: 16_000, status: 'failure', message: 'Disk full\nat line 3', created_at },
    { id: IDS.ends, duration: 20_000, type: 'api_image_import', created_at },
    { id: IDS.stuck, status: 'processing', message: 'Copied 15 MiB', created_at },
  ]
}

/** Runs `wait` in a terminal, and returns the screen before each pause and at the end. */
async function waited(ids: string[], terminal: TestTerminal, options: World & { argv?: string[] } = {}) {
  const { argv = [], ...world } = options
  const { glance, clock } = await cloud({ tasks: tasks() })
  const shown: string[][] = []
  const seconds: boolean[] = []
  const sleep: World['sleep'] = async (ms, signal) => {
    shown.push(await terminal.lines())
    seconds.push(terminal.isSecondScreen)
    await clock.sleep(ms, signal)
  }
  const ran = await glance(['wait', ...ids, ...argv], { stderr: terminal, sleep, ...world })
  return { ...ran, shown, seconds, last: await terminal.lines() }
}

describe('a wait for several tasks in a terminal', () => {
  it.each([60, 80])(
    'names a failure at once, and leaves the last state and a closing line, at %i columns',
    async (columns) => {
      const terminal = new TestTerminal(columns)
      const { shown, seconds, last, status, stdout } = await waited([IDS.fails, IDS.ends], terminal, {
        argv: ['-f', 'value', '-c', 'status'],
      })
      const live = shown.filter((_lines, at) => seconds[at])
      expect(live[0]?.at(-1)).toMatch(/^waiting for 2 of 2 tasks, \d+ s so far/)
      const running = live.find((lines) => lines.join().includes('processing')) ?? []
      for (const id of [IDS.fails, IDS.ends]) expect(running.join('\n')).toContain(id)
      const failed = live.find((lines) => lines.join().includes('failure')) ?? []
      expect(failed.join(' ')).toContain(`task ${IDS.fails}: failure (Disk full)`)
      expect(failed.join('\n')).toContain(`${IDS.ends}  `)
      expect(failed.at(-1)).toMatch(/^waiting for 1 of 2 tasks, 1\d s so far/)
      expect(failed.at(-2)).toBe('2 tasks: 1 processing, 1 failure')

      expect(terminal.isSecondScreen).toBe(false)
      const error = last.findIndex((line) => line.startsWith('error: '))
      expect(last.slice(error - 5, error)).toEqual([
        expect.stringMatching(/^ID +STATUS +DURATION/),
        expect.stringContaining(`${IDS.fails}  `),
        expect.stringContaining(`${IDS.ends}  `),
        '2 tasks: 1 success, 1 failure',
        expect.stringMatching(/^1 of 2 tasks succeeded, 1 failed, in 2\d s\.$/),
      ])
      expect(stdout).toBe('failure\nsuccess\n')
      expect(status).toBe(3)
    },
  )

  it('shows type, owner and message at 200 columns', async () => {
    const terminal = new TestTerminal(200)
    const { shown, last } = await waited(Object.values(IDS), terminal, { argv: ['--timeout', '30s', '-f', 'jsonl'] })
    const text = shown.map((lines) => lines.join('\n')).find((lines) => lines.includes('processing')) ?? ''
    expect(text).toMatch(/^ID +TYPE +STATUS +OWNER +AGE +DURATION +MESSAGE$/m)
    expect(text).toMatch(new RegExp(`^${IDS.stuck} .* processing .* Copied 15 MiB$`, 'm'))
    expect(last.join('\n')).toMatch(/^1 of 3 tasks succeeded, 1 failed, 1 has not ended, in 3\d s\.$/m)
  })

  it('leaves only the failures and the closing line if the command prints a table to the same terminal', async () => {
    const terminal = new TestTerminal(80)
    await waited([IDS.fails, IDS.ends], terminal, { stdout: terminal })
    const last = (await terminal.lines()).join('\n')
    expect(last).toMatch(/^task .*: failure \(Disk full\)\n1 of 2 tasks succeeded, 1 failed, in 2\d s\.\n[+]---/)
  })

  it('says how to resume after Ctrl-C, and how the tasks ended', async () => {
    const terminal = new TestTerminal(80)
    const stop = new AbortController()
    const { clock, glance } = await cloud({ tasks: tasks() })
    const { status } = await glance(['wait', IDS.fails, IDS.ends, '-f', 'value', '-c', 'id'], {
      stderr: terminal,
      signal: stop.signal,
      sleep: async (ms, signal) => {
        if ((await terminal.lines()).join().includes('failure (Disk full)')) stop.abort('SIGINT')
        await clock.sleep(ms, signal)
      },
    })
    expect(status).toBe(130)
    const last = await terminal.lines()
    expect(terminal.isSecondScreen).toBe(false)
    expect(last.join('\n')).toMatch(
      /\n0 of 2 tasks succeeded, 1 failed, 1 has not ended, in \d+ s\.\nerror: Interrupted\./,
    )
  })

  it('does not open the second screen for tasks that have ended already', async () => {
    const terminal = new TestTerminal(80)
    const { glance } = await cloud({ tasks: [{ id: IDS.ends }, { id: IDS.fails }] })
    const { status } = await glance(['wait', IDS.ends, IDS.fails, '-f', 'value', '-c', 'id'], { stderr: terminal })
    expect(status).toBe(0)
    expect(terminal.raw).not.toContain('1049')
  })

  it('is painted once for each poll, however many tasks it shows', async () => {
    const terminal = new TestTerminal(80)
    const { glance, clock } = await cloud({ tasks: Array.from({ length: 300 }, () => ({ status: 'processing' })) })
    const ids = (await glance(['list', '-f', 'value', '-c', 'id'])).stdout.trim().split('\n')
    let polls = 0
    const sleep: World['sleep'] = async (ms, signal) => {
      polls++
      await clock.sleep(ms, signal)
    }
    await glance(['wait', ...ids, '--timeout', '10s', '-f', 'value', '-c', 'id', '--color', 'never'], {
      stderr: terminal,
      sleep,
    })
    const frames = terminal.raw.split('\u001b[H').length
    expect(terminal.raw).toContain('300 tasks: 300 processing')
    expect(frames).toBeLessThan(3 * polls + 20)
  })

  it.each([['-q'], ['--progress', 'none'], ['--progress', 'plain']])('is no table with %s', async (...argv) => {
    const terminal = new TestTerminal(80)
    await waited([IDS.ends, IDS.fails], terminal, { argv: [...argv, '--color', 'never'] })
    expect(terminal.raw).not.toContain('\u001b')
  })
})
