import { readFileSync } from 'node:fs'
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folder } from '../helpers/cli.js'
import { usedHome } from '../helpers/home.js'
import { needsLinux } from '../helpers/platform.js'
import { NODES, Screen, type TerminalOptions } from '../helpers/pty.js'
import { randomFrom } from '../helpers/random.js'
import { createTask, IMPORT, login, type ReceivedRequest, type ScriptedAnswer, sandbox } from '../helpers/sandbox.js'

needsLinux('/proc')

/** Ctrl-C, and closing the terminal, while the program runs in it. */

const CTRL_C = '\u0003'
const CREATE = ['create', '--type', 'import', '--input', JSON.stringify(IMPORT), '--wait']
const FRAME = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/
const isPost = ({ method, path }: ReceivedRequest) => method === 'POST' && path === '/v2/tasks'

/** A cloud whose tasks do not end, and terminals. */
async function cloud(script: (asked: ReceivedRequest) => ScriptedAnswer | undefined = () => undefined) {
  const tasks: { id: string; request_id: string }[] = []
  const box = await sandbox({
    taskDuration: 3_600_000,
    script(asked) {
      const scripted = script(asked)
      if (scripted !== undefined || !isPost(asked)) return scripted
      return {
        kind: 'change',
        change(answer) {
          tasks.push(JSON.parse(`${answer.body}`))
          return answer
        },
      }
    },
  })
  const home = await usedHome()
  const file = join(home, 'clouds.yaml')
  await writeFile(file, box.cloudsYaml)
  const env = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox', HOME: home }
  /** Resolves when a matching request arrives. */
  const asked = async (fits: (asked: ReceivedRequest) => boolean) => {
    while (!box.asked.some(fits)) await pause(5)
  }
  const open = (argv: string[], options: TerminalOptions = {}) =>
    new Screen(argv, { ...options, env: { ...env, ...options.env } })
  return { box, tasks, home, asked, open }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function isRunning(pid: number): boolean {
  try {
    // A process whose exit status was not read yet still exists, but no longer runs.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Resolves when a process reads the keyboard: Node then opens the terminal once more. */
async function readsKeyboard(pid: number): Promise<void> {
  const terminals = async () => {
    const names = await readdir(`/proc/${pid}/fd`)
    const opened = await Promise.all(names.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
    return opened.filter((path, at) => Number(names[at]) > 2 && /^\/dev\/(pts|tty)/.test(path))
  }
  while ((await terminals()).length === 0) await pause(5)
}

/** How long a process continues, in milliseconds. */
async function lifeOf(pid: number): Promise<number> {
  const begin = performance.now()
  while (isRunning(pid)) await pause(10)
  return performance.now() - begin
}

const IDS = ['1', '2', '3', '4'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`)
const [ID = ''] = IDS

/** Commands that wait for an answer of the image service, and what stands on the screen after Ctrl-C. */
function commandsThatWait(image: string, images: string): [string[], RegExp][] {
  return [
    [['list'], /error: Interrupted/],
    [['list', '--all-regions'], /error: .*Interrupted/],
    [['get', ID], /error: Interrupted/],
    [['explain', ID], /error: Interrupted/],
    [['report'], /error: Interrupted/],
    [['schema'], /error: Interrupted/],
    [['list', '--watch'], /^\^C/],
    [['doctor'], /Interrupted/],
    [['wait', ID], new RegExp(`error: Interrupted\\. The task continues\\.\\nhint: .*glance-tasks wait ${ID}$`, 'm')],
    [['wait', ...IDS], new RegExp(`The tasks continue\\.\\nhint: .*glance-tasks wait ${IDS.join(' ')}$`, 'm')],
    [['wait', '--any', ...IDS], new RegExp(`hint: .*glance-tasks wait ${IDS.join(' ')}$`, 'm')],
    [['wait', '--image', ID], new RegExp(`hint: .*glance-tasks wait --image ${ID}$`, 'm')],
    [
      ['create', '--type', 'import', '--input', JSON.stringify(IMPORT), '--wait', '--timeout', '1'],
      /error: Interrupted/,
    ],
    [['retry', ID, '--wait'], /error: Interrupted/],
    [['import', 'http://h/a.raw', '--name', 'a', '--disk-format', 'raw', '--wait'], /error: Interrupted/],
    [['import', image, '--name', 'a', '--disk-format', 'raw', '--wait'], /error: Interrupted/],
    [['import', '--image', ID, '--wait'], new RegExp(`glance-tasks import --image ${ID} --wait$`, 'm')],
    [
      ['import', '--from', images],
      /error: Interrupted(\.$|: 1 image is not imported\.\nhint: Run the same command again)/m,
    ],
  ]
}

/** A command that waits for an answer. */
interface Waiting {
  argv: string[]
  /** What stands on the screen after Ctrl-C. */
  says: RegExp
  screen: Screen
  pid: number
}

/** Starts each command with a cloud of its own that does not answer these requests. Calls `act` when the command waits. */
async function atEachCommand(path: string, options: TerminalOptions, act: (waiting: Waiting) => Promise<void>) {
  const hangs = (request: ReceivedRequest) => request.path.startsWith(path)
  const home = await folder()
  await writeFile(join(home, 'image.raw'), 'data')
  await writeFile(join(home, 'images.yaml'), '- {source: http://h/a.raw, name: a, disk_format: raw}')
  const commands = commandsThatWait(join(home, 'image.raw'), join(home, 'images.yaml'))
  const one = async ([argv, says]: [string[], RegExp]) => {
    const { open, asked } = await cloud((request) => (hangs(request) ? 'hang' : undefined))
    const screen = open(argv, options)
    const pid = await screen.pid()
    await asked(hangs)
    await act({ argv, says, screen, pid })
  }
  // Four at a time, so that each gets a share of the machine.
  for (let at = 0; at < commands.length; at += 4) await Promise.all(commands.slice(at, at + 4).map(one))
}

/** Starts a program by this line of a shell, closes its terminal, and waits until it has polled its task three more times. */
async function continues(line: string, node: string): Promise<void> {
  const { open, home, asked, box } = await cloud()
  await writeFile(join(home, 'start.sh'), line)
  const shell = `bash ${home}/start.sh "$@" > ${home}/out 2> ${home}/errors`
  const screen = open([...CREATE, '-f', 'value', '-c', 'id'], { node, shell })
  await asked(({ method, path }) => method === 'GET' && path.startsWith('/v2/tasks/'))
  screen.hangUp()
  const before = box.asked.length
  while (box.asked.length < before + 3) await pause(20)
  expect(await readFile(join(home, 'errors'), 'utf8'), line).not.toContain('Interrupted')
}

describe.each(NODES)('under %s', (node) => {
  describe('Ctrl-C', () => {
    it('during the spinner says how to continue, and removes the spinner', async () => {
      const { open, tasks } = await cloud()
      const screen = open(CREATE, { node, columns: 200 })
      await screen.see(FRAME)
      screen.type(CTRL_C)
      expect(await screen.ended).toBe(130)
      const id = tasks[0]?.id
      expect(screen.text()).not.toMatch(FRAME)
      expect(screen.text()).toMatch(
        new RegExp(`error: Interrupted\\. .*continues\\.\\nhint: .*glance-tasks wait ${id}$`, 'm'),
      )
      expect(screen.showsCursor).toBe(true)
    })

    it.each([
      ['the image service', '/v2/'],
      ['Keystone', '/identity/v3/auth/tokens'],
    ])('in each command that waits for %s ends it with 130, and says how to resume', async (_what, path) => {
      await atEachCommand(path, { node, columns: 300 }, async ({ argv, says, screen }) => {
        screen.type(CTRL_C)
        expect([argv, await screen.ended, screen.text()]).toEqual([argv, 130, expect.stringMatching(says)])
        expect(screen.showsCursor).toBe(true)
        expect(screen.text()).not.toMatch(FRAME)
      })
    })

    it.each<[string, string[], string, Record<string, string>]>([
      ['at the question for a cloud', ['list'], 'Which cloud?', { OS_CLOUD: '' }],
      ['while it reads IDs from the keyboard', ['wait', '-'], '', {}],
      ['while it reads an input from the keyboard', ['create', '--type', 'import', '--input', '-'], '', {}],
    ])('%s ends the program with 130', async (_when, argv, shown, env) => {
      const { open } = await cloud()
      const screen = open(argv, { node, env })
      const pid = await screen.pid()
      if (shown === '') await readsKeyboard(pid)
      else await screen.see(shown)
      screen.type(CTRL_C)
      expect(await screen.ended).toBe(130)
      expect(screen.showsCursor).toBe(true)
    })

    it('a second time ends the program at once', async () => {
      const { open, asked } = await cloud((request) => (isPost(request) ? 'hang' : undefined))
      const screen = open(CREATE, { node })
      await asked(isPost)
      const pid = await screen.pid()
      screen.type(CTRL_C)
      await asked(({ method, path }) => method === 'GET' && path.startsWith('/v2/tasks')) // it searches for the task now
      expect(isRunning(pid)).toBe(true)
      screen.type(CTRL_C)
      expect(await screen.ended).toBe(130)
      expect(screen.text()).toBe('^C^C')
    })

    it('a second time ends an import at once that still deletes its record', async () => {
      const { open, asked, home } = await cloud(({ path }) => (/\/v2\/images\/.+/.test(path) ? 'hang' : undefined))
      await writeFile(join(home, 'image.raw'), 'data')
      const argv = ['import', join(home, 'image.raw'), '--name', 'a', '--disk-format', 'raw', '--wait']
      const screen = open(argv, { node, columns: 200 })
      await asked(({ method, path }) => method === 'PUT' && path.endsWith('/stage'))
      const pid = await screen.pid()
      screen.type(CTRL_C)
      await asked(({ method }) => method === 'DELETE')
      expect(isRunning(pid)).toBe(true)
      screen.type(CTRL_C)
      expect(await screen.ended).toBe(130)
      expect(screen.text()).toMatch(/^image [-0-9a-f]{36}: creating$/m)
      expect(screen.text()).not.toMatch(FRAME)
      expect(screen.showsCursor).toBe(true)
    })

    it('reaches a command in the sandbox only once', async () => {
      const command = `process.on('SIGINT', () => { console.log('got it'); setTimeout(() => process.exit(7), 1000) })
        setTimeout(() => {}, 60_000)
        console.log('ready')`
      const argv = ['sandbox', '--', node, '-e', command]
      const screen = new Screen(argv, { node, env: { HOME: await usedHome() } })
      await screen.see('ready')
      screen.type(CTRL_C)
      expect(await screen.ended).toBe(7)
      expect(screen.text()).toBe('ready\n^Cgot it')
    })

    it('at any moment leaves no unnamed task, and restores the terminal', async () => {
      const seed = Number(process.env.SEED ?? Date.now() % 100_000)
      console.log(`Ctrl-C at random moments: SEED=${seed}`)
      const random = randomFrom(seed)
      const { open, tasks, box } = await cloud()
      const shell = '"$@"; code=$?; stty -a | grep -qE "(^| )-(echo|icanon|isig)( |;|$)" && echo broken; (exit $code)'
      const texts: string[] = []
      const token = await login(box)
      const existing = [await createTask(box, token), await createTask(box, token)]
      const ids: string[] = existing.map(({ json }) => json.id)
      tasks.length = 0
      const others = [
        ['wait', ...ids],
        ['import', 'http://images.example.org/stuck', '--name', 'a', '--disk-format', 'raw', '--wait'],
      ]
      const once = async (argv: string[]) => {
        const screen = open([...argv, '--no-token-cache'], { node, shell, columns: 200 })
        await screen.pid()
        await pause(random() * 1200)
        screen.type(CTRL_C)
        const status = await screen.ended
        expect([argv, status, screen.text()]).toEqual([argv, 130, expect.any(String)])
        expect(screen.showsCursor).toBe(true)
        texts.push(screen.text())
      }
      for (let batch = 0; batch < 4; batch++) await Promise.all([CREATE, CREATE, CREATE, ...others].map(once))
      for (const text of texts) expect(text).not.toMatch(/broken|[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/)
      for (const { id, request_id } of tasks) {
        expect(texts.filter((text) => text.includes(id) || text.includes(request_id))).toHaveLength(1)
      }
      expect(tasks.length).toBeGreaterThan(0)
    })
  })

  describe('a terminal that is closed', () => {
    it.each<[string, string[], string | RegExp, Record<string, string>]>([
      ['in front of the spinner', CREATE, FRAME, {}],
      ['at a question', ['list'], 'Which cloud?', { OS_CLOUD: '' }],
      ['while it reads the keyboard', ['get', '-'], '', {}],
    ])('%s leaves no process', async (_when, argv, shown, env) => {
      const { open } = await cloud()
      const screen = open(argv, { node, env })
      const pid = await screen.pid()
      if (shown === '') await readsKeyboard(pid)
      else await screen.see(shown)
      screen.hangUp()
      expect(await lifeOf(pid)).toBeLessThan(3000)
    })

    it('in each command leaves no process', async () => {
      const lives: number[] = []
      await atEachCommand('/v2/', { node }, async ({ pid, screen }) => {
        screen.hangUp()
        lives.push(await lifeOf(pid))
      })
      console.log(`milliseconds after the hang-up: ${lives.map(Math.round).join(' ')}`)
      expect(Math.max(...lives)).toBeLessThan(3000)
    })

    it('during the search for a task leaves no process', async () => {
      const { open, asked } = await cloud((request) => (isPost(request) ? 'hang' : undefined))
      const screen = open(CREATE, { node })
      await asked(isPost)
      const pid = await screen.pid()
      screen.hangUp()
      expect(await lifeOf(pid)).toBeLessThan(3000)
    })

    it('still says on stderr how to continue', async () => {
      const { open, home, asked, tasks } = await cloud()
      const screen = open(CREATE, { node, shell: `"$@" 2> ${home}/errors` })
      await asked(({ method, path }) => method === 'GET' && path.startsWith('/v2/tasks/'))
      const pid = await screen.pid()
      screen.hangUp()
      await lifeOf(pid)
      const errors = await readFile(join(home, 'errors'), 'utf8')
      expect(errors).toContain(`glance-tasks wait ${tasks[0]?.id}`)
      // Node fails at its own exit if the terminal is gone.
      expect(errors).not.toContain('Assertion')
    })

    it('does not end a program that ignores hang-ups', async () => {
      const lines = [
        'nohup "$@"',
        'nohup "$@" < /dev/null',
        `nohup sh -c '"$0" "$@"; true' "$@" < /dev/null`,
        `sh -c 'trap "" HUP; "$0" "$@"; true' "$@"`,
      ]
      // All at once: each waits for the next polls of its task.
      await Promise.all(lines.map((line) => continues(line, node)))
    })

    it.each([
      ['ignores hang-ups', "trap '' HUP; {", '}'],
      ['runs in the background, and gets no signal', 'set -m; {', '} & wait'],
    ])('keeps the exit status of a program that %s', async (_, begin, end) => {
      const { open, home, asked } = await cloud()
      await writeFile(
        join(home, 'start.sh'),
        `${begin} "$@" > ${home}/out 2> ${home}/errors\necho $? > ${home}/status\n${end}`,
      )
      const screen = open([...CREATE, '--timeout', '3s'], { node, shell: `sh ${home}/start.sh "$@"` })
      await asked(({ method, path }) => method === 'GET' && path.startsWith('/v2/tasks/'))
      screen.hangUp()
      const status = () => readFile(join(home, 'status'), 'utf8').catch(() => '')
      // Node would abort at its own exit, because it cannot reset the terminal.
      await expect.poll(status, { timeout: 20_000 }).toBe('124\n')
      expect(await readFile(join(home, 'errors'), 'utf8')).not.toContain('Assertion')
    })
  })
})
