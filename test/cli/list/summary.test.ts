import { describe, expect, it } from 'vitest'
import type { ReadyTask } from '../../../src/sandbox/index.js'
import { commandsOf } from '../../helpers/command.js'
import { sandbox } from '../../helpers/sandbox.js'

/** The summary below a list, which only a person at a terminal sees. */

const TERMINAL = { terminal: { columns: 200 } }

const READY = (['success', 'failure', 'success', 'pending'] as const).map(
  (status, at): ReadyTask => ({
    id: `00000000-0000-4000-8000-00000000000${at}`,
    status,
    created_at: new Date(Date.now() - at * 60_000).toISOString(),
  }),
)

async function cloud(tasks: ReadyTask[] = READY) {
  const box = await sandbox({ tasks })
  return commandsOf(box, box.cloudsYaml, 'sandbox')
}

describe('list in a terminal', () => {
  it('ends with the number of tasks by status, on stderr', async () => {
    const { glance } = await cloud()
    expect((await glance(['list'], TERMINAL)).stderr).toBe('4 tasks: 2 success, 1 failure, 1 pending\n')
    expect((await glance(['list', '-f', 'json'], TERMINAL)).stderr).toBe('4 tasks: 2 success, 1 failure, 1 pending\n')
    expect((await glance(['list', '--status', 'pending'], TERMINAL)).stderr).toBe('1 task: 1 pending\n')
    expect((await glance(['list', '--limit', '2'], TERMINAL)).stderr).toBe(
      '2 tasks: 1 success, 1 failure. There may be more: the limit is 2.\n',
    )
    expect((await glance(['list', '--limit', '4', '--status', 'failure'], TERMINAL)).stderr).toBe('1 task: 1 failure\n')
  })

  it('says that no task matches, and why', async () => {
    const { glance } = await cloud([])
    expect(await glance(['list'], TERMINAL)).toMatchObject({ status: 0, stderr: 'no task matches\n' })
    const { stderr } = await glance(['list', '--user-id', 'anna', '--color', 'never'], TERMINAL)
    expect(stderr).toMatch(/^no task matches\nwarning: No task found\. --user-id expects a user ID/)
  })

  it('prints none with --quiet, and none in a pipe', async () => {
    const { glance } = await cloud()
    expect((await glance(['list', '-q'], TERMINAL)).stderr).toBe('')
    expect((await glance(['list'])).stderr).toBe('')
  })

  it('prints none if the list failed before the first task', async () => {
    const { glance } = await cloud()
    const { stderr } = await glance(['list', '--marker', '10000000-0000-4000-8000-000000000000'], TERMINAL)
    expect(stderr).toContain('error:')
    expect(stderr).not.toContain('no task matches')
  })
})

const ERROR = '\u001b[1;31merror:\u001b[0m '
const HINT = '\u001b[1;36mhint:\u001b[0m '
const WARNING = '\u001b[1;33mwarning:\u001b[0m '

describe('the words error, hint and warning', () => {
  it('are coloured in a terminal, also for a mistake on the command line', async () => {
    const { glance } = await cloud()
    for (const argv of [['list', '--nope'], ['nope'], ['list', '--limit', 'x'], ['list', '--status', 'nope']]) {
      const { stderr, status } = await glance(argv, TERMINAL)
      expect(status).toBe(2)
      expect(stderr.startsWith(ERROR)).toBe(true)
      expect(stderr).toContain(`\n${HINT}`)
      // Only the words.
      expect(stderr.replaceAll(ERROR, '').replaceAll(HINT, '')).not.toContain('\u001b')
    }
    expect((await glance(['list', '--type', 'imprt'], TERMINAL)).stderr).toContain(WARNING)
  })

  it.each<[string[], Record<string, string>]>([
    [['--color', 'never'], {}],
    [[], { NO_COLOR: '1' }],
    [[], { TERM: 'dumb' }],
    [[], { CI: 'true' }],
  ])('are plain with %j %j', async (options, env) => {
    const { glance } = await cloud()
    for (const argv of [['nope'], ['list', '--type', 'imprt'], ['list', '--nope'], ['get', 'x']]) {
      const { stdout, stderr } = await glance([...argv, ...options], { ...TERMINAL, env })
      expect(stdout + stderr).not.toContain('\u001b')
      expect(stderr).toMatch(/^(error|warning): /)
    }
  })

  it('are plain in a pipe, and an error in JSON stays JSON', async () => {
    const { glance } = await cloud()
    expect((await glance(['nope'])).stderr).toMatch(/^error: .*\nhint: /)
    expect((await glance(['nope', '--color', 'always'])).stderr).toContain(HINT)
    const { stderr } = await glance(['list', '-f', 'json', '--status', 'nope', '--color', 'always'], TERMINAL)
    expect(JSON.parse(stderr)).toHaveProperty('error.code', 'usage')
  })
})
