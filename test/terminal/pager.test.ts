import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ReadyTask } from '../../src/sandbox/index.js'
import { usedHome } from '../helpers/home.js'
import { needsLinux } from '../helpers/platform.js'
import { Screen, type TerminalOptions } from '../helpers/pty.js'
import { type ScriptedAnswer, sandbox } from '../helpers/sandbox.js'

needsLinux('/proc')

/** The pager in a real terminal: a script that leaves traces, and the real less. */

const HAS_LESS = spawnSync('less', ['--version']).status === 0

const id = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`

const tasks = (count: number) =>
  Array.from({ length: count }, (_, at): ReadyTask => {
    return { id: id(at), status: 'pending', created_at: new Date(Date.now() - at * 60_000).toISOString() }
  })

// Writes how it was started, shows what it reads, and waits for Enter.
const PAGER = `#!/bin/sh
echo "pid=$$ args=$* LESS=$LESS LV=$LV" > "$TRACE"
cat
echo "END OF PAGER"
read _ < /dev/tty
`

async function world({ count = 100, hangAfter = Number.POSITIVE_INFINITY } = {}) {
  let pages = 0
  const box = await sandbox({
    tasks: tasks(count),
    script: ({ path }): ScriptedAnswer | undefined => {
      if (!path.startsWith('/v2/tasks')) return undefined
      return ++pages > hangAfter ? 'hang' : undefined
    },
  })
  const home = await usedHome()
  const [clouds, pager, trace] = ['clouds.yaml', 'my pager', 'trace'].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ]
  await writeFile(clouds, box.cloudsYaml)
  await writeFile(pager, PAGER)
  await chmod(pager, 0o755)
  const env = { OS_CLIENT_CONFIG_FILE: clouds, OS_CLOUD: 'sandbox', HOME: home, TRACE: trace, PAGER: undefined }
  return {
    pager,
    trace,
    open: (argv: string[], options: TerminalOptions = {}) =>
      new Screen(argv, { ...options, env: { ...env, ...options.env } }),
  }
}

function isAlive(pid: number): boolean {
  try {
    // A process whose exit status was not read yet still exists, but no longer runs.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe('a pager', () => {
  it('gets the output as for the terminal, is a command line with arguments, and has Ctrl-C for itself', async () => {
    const { open, pager, trace } = await world({ count: 3 })
    // The script ignores Ctrl-C, as less does.
    const command = `trap '' INT; exec '${pager}' -x 'two words'`
    const screen = open(['list'], { columns: 120, env: { PAGER: command, GLANCE_TASKS_PAGER: undefined } })
    const text = await screen.see('END OF PAGER')
    expect(text).toContain(`| ${id(0)} | import |`)
    expect(screen.raw).toContain('\u001b[33mpending')
    expect(text).toContain('minutes ago')
    const started = await readFile(trace, 'utf8')
    expect(started).toMatch(/args=-x two words LESS=FRX LV=-c\n/)
    // The summary waits for the end of the pager, and Ctrl-C does not end the program.
    expect(text).not.toContain('3 tasks')
    const pid = await screen.pid()
    screen.type('\u0003\u0003')
    screen.type('\r')
    expect(await screen.ended).toBe(0)
    expect(screen.text()).toMatch(/END OF PAGER\n(\^C)*\n?3 tasks: 3 pending$/)
    expect(isAlive(pid)).toBe(false)
    expect(isAlive(Number(/pid=(\d+)/.exec(started)?.[1]))).toBe(false)
  })

  it('shows get, explain, clouds, schema, report and help, but not the version', async () => {
    const { open } = await world({ count: 1 })
    for (const argv of [
      ['get', id(0), '-f', 'json'],
      ['explain', id(0)],
      ['clouds'],
      ['schema'],
      ['report'],
      ['list', '--help'],
      ['help', 'auth'],
    ]) {
      const screen = open(argv, { env: { PAGER: 'sed "s/^/paged: /"' } })
      expect(await screen.ended).toBe(0)
      expect(screen.text()).toMatch(/^paged: /)
    }
    const screen = open(['--version'], { env: { PAGER: 'sed "s/^/paged: /"' } })
    expect(await screen.ended).toBe(0)
    expect(screen.text()).toMatch(/^\d+\./)
  })

  it.each<[string, string[], Record<string, string>]>([
    ['--no-pager', ['--no-pager'], {}],
    ['TERM=dumb', [], { TERM: 'dumb' }],
    ['CI', [], { CI: 'true' }],
    ['a pipe', ['|', 'cat'], {}],
  ])('is not started with %s', async (_, argv, env) => {
    const { open, trace, pager } = await world({ count: 1 })
    const shell = argv[0] === '|' ? '"$@" | cat' : `"$@" ${argv.join(' ')}`
    const screen = open(['list'], { shell, env: { PAGER: `'${pager}'`, ...env }, columns: 200 })
    expect(await screen.ended).toBe(0)
    expect(screen.text()).toContain(id(0))
    expect(existsSync(trace)).toBe(false)
  })

  it('that is quit early ends the program quietly, while it waits for the server', async () => {
    const { open } = await world({ count: 1100, hangAfter: 1 })
    const screen = open(['list'], { env: { PAGER: 'head -n 4' } })
    const pid = await screen.pid()
    expect(await screen.ended).toBe(0)
    expect(screen.text().split('\n')).toHaveLength(4)
    expect(isAlive(pid)).toBe(false)
  })
})

describe.runIf(HAS_LESS)('less', () => {
  it('shows the first rows at once, survives Ctrl-C, and ends the program when it is quit', async () => {
    const { open } = await world({ count: 1100, hangAfter: 1 })
    const screen = open(['list'], { columns: 80 })
    // The second page never comes.
    await screen.see(id(30))
    const pid = await screen.pid()
    screen.type(' ')
    await screen.see(id(70))
    screen.type('G') // waits for all of the list
    screen.type('\u0003') // stops waiting
    screen.type('g')
    await screen.see(/00000000-0000-4000-8000-000000000000 .*:$/s)
    expect(isAlive(pid)).toBe(true)
    screen.type('q')
    expect(await screen.ended).toBe(0)
    expect(screen.text()).not.toMatch(/error:|Interrupted|tasks:/)
    expect(isAlive(pid)).toBe(false)
  })

  it('ends by itself if the output fits on the screen, and the summary is below it', async () => {
    const { open } = await world({ count: 2 })
    const screen = open(['list', '--max-width', '60', '-c', 'id,type,created_at'], { columns: 80, env: { LANG: 'C' } })
    expect(await screen.ended).toBe(0)
    // Our output is UTF-8 whatever the locale.
    expect(screen.text()).toContain('…')
    expect(screen.text()).toMatch(new RegExp(`${id(1)}.*\\+\\n2 tasks: 2 pending$`, 's'))
    expect(screen.showsCursor).toBe(true)
  })

  it('ends with the terminal', async () => {
    const { open } = await world({ count: 100 })
    const screen = open(['list'], { columns: 80 })
    await screen.see(id(10))
    const pid = await screen.pid()
    const less = Number(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))
    expect(isAlive(less)).toBe(true)
    screen.hangUp()
    await expect.poll(() => [pid, less].filter(isAlive), { timeout: 1000, interval: 20 }).toEqual([])
  })
})
