import { PassThrough, Writable } from 'node:stream'
import { CommanderError } from 'commander'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../src/cli/context.js'
import { EXIT_ORDER, EXIT_STATUSES } from '../../src/cli/help/exit-statuses.js'
import { usageErrorOf } from '../../src/cli/mistakes/usage-error.js'
import { createProgram } from '../../src/cli/program.js'
import { SETTINGS } from '../../src/config/setting-table.js'
import { run } from '../helpers/cli.js'
import { COMMAND_NAMES } from '../helpers/command-names.js'
import { textOf } from '../helpers/text-of.js'

/** The options of every command, without those that log in. */
const COMMON = createProgram({} as Context, () => {}).options.flatMap(({ long = '', helpGroupHeading: group }) =>
  group === 'Output:' || group === 'Requests:' ? long.slice(2) : [],
)

/** The options that only `help auth` shows. */
const LOGIN = SETTINGS.flatMap(({ option }) => (option?.startsWith('os-') && option !== 'os-region-name' ? option : []))

const help = async (...argv: string[]) => {
  const { status, stdout, stderr } = await run(argv)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

describe('help', () => {
  it.each([40, 60])('breaks no word and no option in a terminal of %i columns', async (columns) => {
    for (const page of ['options', 'auth', 'exit-status', 'list', 'import', 'create']) {
      const wide = await run(['help', page], { terminal: { columns: 200 } })
      const { stdout } = await run(['help', page], { terminal: { columns } })
      expect(stdout.split(/\s+/)).toEqual(wide.stdout.split(/\s+/))
      // The examples, and the pages with more, are lines to copy.
      const [options = ''] = stdout.split(/\n(?:Examples:|For the options)/)
      for (const line of options.split('\n')) {
        if (line.length > columns) expect(line.trim()).toMatch(/^(-\w, )?--[\w-]+( <.*>)?$|^\S+$|^Usage:/)
      }
    }
  })

  it('shows every command, the most common ones first, on one screen', async () => {
    const text = await help('--help')
    const shown = [...text.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name)
    const commands = shown.filter((name = '') => COMMAND_NAMES.includes(name))
    expect(commands.slice(0, 4)).toEqual(['list', 'get', 'create', 'wait'])
    expect(commands.sort()).toEqual(COMMAND_NAMES)
    for (const word of ['get|show', '--help', '-V, --version', 'help options', 'help auth', 'help exit-status'])
      expect(text).toContain(word)
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(24)
  })

  it('is shown by a bare command line, by -h and by the command help', async () => {
    const text = await help('--help')
    for (const argv of [[], ['-h'], ['help']]) expect(await help(...argv)).toBe(text)
    for (const name of COMMAND_NAMES) {
      const own = await help(name, '--help')
      expect(await help('help', name)).toBe(own)
      expect(await help(name, '-h')).toBe(own)
    }
    expect(await help('help', 'show')).toBe(await help('get', '-h'))
  })

  it('of a command shows only its own options, and says where the others are', async () => {
    for (const name of COMMAND_NAMES) {
      const text = await help(name, '--help')
      expect(text).not.toMatch(/--os-cloud <|--format|--retries|--debug <?\n/)
      for (const word of ['help options', 'help auth', `man glance-tasks-${name}`, 'docs/commands.md'])
        expect(text).toContain(word)
    }
  })

  it('shows the options of every command, with their variables, under options', async () => {
    const options = await help('help', 'options')
    expect(options).toMatch(/^Output:\n(?:.*\n)*Requests:\n(?:.*\n)*Cloud:\n/m)
    const variables = [...COMMON].map((option) => `GLANCE_TASKS_${option.replaceAll('-', '_').toUpperCase()}`)
    expect(COMMON.length).toBeGreaterThan(10)
    for (const word of [...COMMON.map((option) => `--${option}`), ...variables]) expect(options).toContain(word)
    for (const word of ['OS_CLOUD', 'OS_REGION_NAME', 'OS_INSECURE', '--help', 'help auth'])
      expect(options).toContain(word)
    for (const option of LOGIN) expect(options).not.toContain(`--${option} `)
  })

  it('shows how to log in only under auth', async () => {
    const auth = await help('help', 'auth')
    expect(LOGIN.length).toBeGreaterThan(10)
    for (const option of LOGIN) expect(auth).toContain(`--${option} `)
    for (const option of ['--os-cloud ', '--os-region-name ', '--insecure']) expect(auth).toContain(option)
    expect(auth).not.toContain('--help')
  })

  it('explains the exit statuses', async () => {
    const text = await help('help', 'exit-status')
    for (const [status, meaning] of EXIT_STATUSES)
      expect(text.replaceAll(/\n +/g, ' ')).toMatch(new RegExp(`${status} +${meaning.replaceAll(/[()]/g, '\\$&')}`))
    expect(text).toContain(EXIT_ORDER)
  })

  it('names what it does not know', async () => {
    const { status, stdout, stderr } = await run(['help', 'lst'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toBe('error: Unknown help topic "lst".\nhint: Did you mean "glance-tasks help list"?\n')
  })

  it('is as wide as the terminal', async () => {
    const widest = async (columns: number | undefined) => {
      const stdout = Object.assign(new PassThrough(), columns === undefined ? {} : { columns })
      await run(['help', 'auth'], { stdout })
      return Math.max(
        ...textOf(stdout)
          .split('\n')
          .map((line) => line.length),
      )
    }
    expect(await widest(90)).toBeLessThanOrEqual(90)
    expect(await widest(200)).toBeGreaterThan(100)
    for (const none of [undefined, 0]) expect(await widest(none)).toBeLessThanOrEqual(80)
  })

  it('has no colours, and does not mind that its reader has gone', async () => {
    const stdout = Object.assign(new PassThrough(), { isTTY: true, hasColors: () => true })
    await run(['--help'], { stdout })
    expect(textOf(stdout)).not.toContain('\u001b')
    const gone = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(), { code: 'EPIPE' })),
    })
    expect(await run(['--help'], { stdout: gone })).toMatchObject({ status: 0, stderr: '' })
  })
})

describe('a command line', () => {
  it('may have the common options on either side of the command', async () => {
    for (const argv of [
      ['-f', 'json', 'clouds'],
      ['clouds', '-f', 'json'],
    ])
      expect(await run(argv, { clouds: 'clouds: {}' })).toMatchObject({ status: 0, stdout: '[]\n' })
  })

  it('with options and without a command is an error whose hint names commands', async () => {
    const { status, stdout, stderr } = await run(['-q'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(
      /^error: A command is missing\.\nhint: Try: glance-tasks list\. The commands are: list, get, /,
    )
  })
})

const context = { stdout: {}, env: {} } as Context

describe('what commander says', () => {
  const error = (code: string, message: string) =>
    usageErrorOf(new CommanderError(1, code, message), { program: createProgram(context, () => {}), argv: [] }, context)

  it('is a sentence, and its hint names the remedy', () => {
    expect(error('commander.x', 'error: it ends with a dot.\nmore')).toMatchObject({
      message: 'It ends with a dot.',
      hint: 'List the options with: glance-tasks help',
    })
    expect(error('commander.x', 'no error: here').message).toBe('No error: here.')
  })
})
