import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { usedHome } from '../helpers/home.js'
import { needsLinux } from '../helpers/platform.js'
import { NODES, Screen, type TerminalOptions } from '../helpers/pty.js'
import { IMPORT, sandbox, withKeys } from '../helpers/sandbox.js'

needsLinux('/proc')

/** The spinner of a wait, in several kinds of terminal. */

const CREATE = ['create', '--type', 'import', '--input', JSON.stringify(IMPORT), '--wait', '-f', 'value', '-c', 'id']
const CYAN = '\u001b[36m'
const FRAME = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/

/** A cloud whose tasks end when the test says so. */
async function cloud(message?: string) {
  let ends = false
  const ids: string[] = []
  const box = await sandbox({
    taskDuration: 1,
    script(asked) {
      if (asked.method === 'POST' && asked.path === '/v2/tasks') {
        return {
          kind: 'change',
          change(answer) {
            ids.push(JSON.parse(`${answer.body}`).id)
            return answer
          },
        }
      }
      if (ends || asked.method !== 'GET' || !asked.path.startsWith('/v2/tasks')) return undefined
      return withKeys({ status: 'processing', ...(message !== undefined && { message }) })
    },
  })
  const home = await usedHome()
  const file = join(home, 'clouds.yaml')
  await writeFile(file, box.cloudsYaml)
  const env = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox', HOME: home }
  return {
    ids,
    end: () => {
      ends = true
    },
    open: (argv: string[], options: TerminalOptions = {}) =>
      new Screen(argv, { ...options, env: { ...env, ...options.env } }),
  }
}

/** Waits for a task in a terminal of this width. */
async function showsOneLine(columns: number, node: string): Promise<void> {
  const { open, end, ids } = await cloud()
  const screen = open(CREATE, { columns, node })
  const shown = await screen.see(/^. task /)
  expect(shown).toMatch(FRAME)
  expect(shown.split('\n')).toHaveLength(1)
  // An ID is shown whole or not at all.
  if (columns === 20) expect(shown).toMatch(/^. task …$/)
  else expect(shown.slice(2)).toMatch(new RegExp(`^task ${ids[0]}: processing, ${columns === 60 ? '\\d…' : '\\d+ s'}$`))
  const before = screen.raw.length
  const first = shown.charAt(0)
  await screen.see(new RegExp(`^[^${first}] task `))
  expect(screen.raw.length - before).toBeLessThan(2000)
  end()
  expect(await screen.ended).toBe(0)
  expect(screen.text().replaceAll('\n', '')).toBe(ids[0])
  expect(screen.raw).toContain(CYAN)
  expect(screen.showsCursor).toBe(true)
}

describe.each(NODES)('under %s', (node) => {
  it('shows one moving line, and none at the end, in terminals of 0, 20, 60, 80 and 200 columns', async () => {
    await Promise.all([0, 20, 60, 80, 200].map((columns) => showsOneLine(columns, node)))
  })

  it.each([true, false])(
    'leaves nothing behind if the terminal gets narrower and wider, and reflows: %s',
    async (reflows) => {
      const { open, end, ids } = await cloud()
      // The lines before it stay.
      const screen = open(CREATE, { node, columns: 100, reflows, shell: 'echo before; "$@"' })
      const line = (text: string) => screen.see(new RegExp(`^before\n. task ${text}$`))
      await line(`${ids[0] ?? '.*'}.*s`)
      for (const [columns, text] of [
        [40, '…'],
        [20, '…'],
        [100, `${ids[0]}: processing, \\d+ s`],
        [30, '…'],
      ] as const) {
        screen.resize(columns, 24)
        await line(text)
      }
      screen.resize(9, 24)
      end()
      expect(await screen.ended).toBe(0)
      expect(screen.text().replaceAll('\n', '')).toBe(`before${ids[0]}`)
    },
  )

  it('works if the terminal loses its width', async () => {
    const { open, end, ids } = await cloud()
    const shell = '"$@" & read line; stty cols 0 rows 0; kill -WINCH $!; echo resized; wait $!'
    const screen = open(CREATE, { node, shell })
    await screen.see(FRAME)
    screen.type('\r')
    await screen.see('resized')
    const before = screen.raw.length
    for (const frame of ['⠙', '⠸', '⠴', '⠧', '⠏']) await screen.see(frame)
    expect(screen.raw.length - before).toBeLessThan(5000)
    end()
    expect(await screen.ended).toBe(0)
    expect(screen.text()).toContain(ids[0])
  })

  it('shows text of the server without its control sequences', async () => {
    const { open, end } = await cloud('\u001b[31mred\u202eder\u009b2J\r')
    const screen = open(CREATE, { node, columns: 200 })
    await screen.see(/processing, \d+ s \(\\u001b\[31mred\\u202eder\\u009b2J\\r\)/)
    expect(screen.raw).not.toMatch(/\u001b\[31m|\u202e|\u009b/)
    end()
    expect(await screen.ended).toBe(0)
  })

  it('has no colours with NO_COLOR', async () => {
    const { open, end } = await cloud()
    const screen = open(CREATE, { node, env: { NO_COLOR: '1' } })
    await screen.see(FRAME)
    end()
    await screen.ended
    expect(screen.raw).not.toContain(CYAN)
  })

  it.each([{ TERM: 'dumb' }, { CI: 'true' }])('is plain lines with %j', async (env) => {
    const { open, end, ids } = await cloud()
    const screen = open(CREATE, { node, env })
    await screen.see('processing')
    end()
    expect(await screen.ended).toBe(0)
    expect(screen.raw).not.toContain('\u001b')
    expect(screen.text()).toBe([`task ${ids[0]}: processing`, `task ${ids[0]}: success`, ids[0]].join('\n'))
  })
})
