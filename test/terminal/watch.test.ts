import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { usedHome } from '../helpers/home.js'
import { needsLinux } from '../helpers/platform.js'
import { NODES, Screen, type TerminalOptions } from '../helpers/pty.js'
import { sandbox } from '../helpers/sandbox.js'

needsLinux('/proc')

/** The table of `list --watch` and of `wait`, in real terminals. */

const CTRL_C = '\u0003'
const IDS = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
const WATCH = ['list', '--watch', '1s']
const ENDED = /^Watched for .*: nothing changed; 2 have not ended\.$/m

/** A cloud with two tasks that never end, and terminals. */
async function cloud() {
  const box = await sandbox({ tasks: IDS.map((id) => ({ id, status: 'processing' as const })) })
  const home = await usedHome()
  const file = join(home, 'clouds.yaml')
  await writeFile(file, box.cloudsYaml)
  const env = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox', HOME: home }
  return {
    open: (argv: string[], options: TerminalOptions = {}) =>
      new Screen(argv, { ...options, env: { ...env, ...options.env } }),
  }
}

/** Resolves when a process no longer runs. */
async function ended(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 10))
}

function isRunning(pid: number): boolean {
  try {
    // A process whose exit status was not read yet still exists, but no longer runs.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** How often the header of the table is on the screen. */
const headersIn = (text: string) => text.split('\n').filter((line) => line.startsWith('ID ')).length

describe.each(NODES)('under %s', (node) => {
  it('the watch leaves its last state in terminals of 0, 60, 80 and 200 columns', async () => {
    const { open } = await cloud()
    const watchAndEnd = async (columns: number) => {
      const screen = open(WATCH, { node, columns })
      await screen.see('Ctrl-C ends')
      const before = screen.raw.length
      await screen.see('refreshing now')
      await screen.see('next refresh')
      // A slow machine refreshes more often until it is seen. Each change of the last line is one painting.
      const painted = screen.raw.slice(before)
      const paintings = painted.match(/refreshing now|next refresh/g) ?? []
      expect(painted.length / paintings.length).toBeLessThan(1500)
      expect(headersIn(screen.text())).toBe(1)
      screen.type(CTRL_C)
      expect(await screen.ended).toBe(130)
      const text = screen.text()
      expect(headersIn(text)).toBe(1)
      for (const id of IDS) expect(text.split(id)).toHaveLength(2)
      expect(text).toMatch(ENDED)
      expect(text).not.toContain('Ctrl-C ends')
      expect(screen.showsCursor).toBe(true)
    }
    await Promise.all([0, 60, 80, 200].map(watchAndEnd))
  })

  it('the watch survives a resize, and leaves nothing behind', async () => {
    const { open } = await cloud()
    const screen = open(WATCH, { node, columns: 200 })
    await screen.see('OWNER')
    screen.resize(60, 20)
    await screen.see(/^ID +STATUS +DURATION$/m)
    expect(headersIn(screen.text())).toBe(1)
    screen.resize(80, 6)
    await screen.see(/^ID +STATUS +AGE +DURATION$/m)
    expect(screen.text().split('\n')).toHaveLength(5)
    screen.type(CTRL_C)
    await screen.ended
    expect(headersIn(screen.text())).toBe(1)
    expect(screen.text()).toMatch(ENDED)
  })

  it.each(['SIGTERM', 'SIGHUP'] as const)('the watch leaves its last state after %s', async (signal) => {
    const { open } = await cloud()
    const screen = open(WATCH, { node })
    await screen.see('Ctrl-C ends')
    process.kill(await screen.pid(), signal)
    expect(await screen.ended).toBe(130)
    expect(screen.text()).toMatch(ENDED)
    expect(screen.raw).toMatch(/\u001b\[\?1049h[\s\S]*\u001b\[\?1049l/)
    expect(screen.showsCursor).toBe(true)
  })

  it.each([[WATCH], [['wait', ...IDS]]])('%j ends with its terminal, within a second', async (argv) => {
    const { open } = await cloud()
    const screen = open(argv, { node })
    await screen.see(IDS[1] ?? '')
    const pid = await screen.pid()
    const begin = performance.now()
    screen.hangUp()
    await ended(pid)
    expect(performance.now() - begin).toBeLessThan(1000)
  })

  it('a wait for several tasks says after Ctrl-C how to resume', async () => {
    const { open } = await cloud()
    const screen = open(['wait', ...IDS, '-f', 'value', '-c', 'status'], { node, columns: 200 })
    await screen.see(/^waiting for 2 of 2 tasks, \d+ s so far; Ctrl-C stops the wait, not the tasks$/m)
    expect(screen.text()).toMatch(/^ID +TYPE +STATUS +OWNER +AGE +DURATION +MESSAGE$/m)
    screen.type(CTRL_C)
    expect(await screen.ended).toBe(130)
    const lines = screen.text().split('\n')
    expect(headersIn(screen.text())).toBe(1)
    expect(lines.slice(-6)).toEqual([
      '2 tasks: 2 processing',
      expect.stringMatching(/^0 of 2 tasks succeeded, 2 have not ended, in \d+ s\.$/),
      'processing',
      'processing',
      expect.stringMatching(/^error: Interrupted\. The tasks continue\./),
      `hint: Wait for them again: glance-tasks wait ${IDS.join(' ')}`,
    ])
    expect(screen.showsCursor).toBe(true)
  })
})
