import { PassThrough, Writable } from 'node:stream'
import { CommanderError } from 'commander'
import { describe, expect, it } from 'vitest'
import { usageErrorOf } from '../../src/cli/program.js'
import { SETTINGS } from '../../src/config/setting-table.js'
import { run } from '../helpers/cli.js'
import { COMMAND_NAMES } from '../helpers/command-names.js'
import { textOf } from '../helpers/text-of.js'

/** The options that only `help auth` shows. */
const LOGIN = SETTINGS.flatMap(({ option }) => (option?.startsWith('os-') && option !== 'os-region-name' ? option : []))

const help = async (...argv: string[]) => {
  const { status, stdout, stderr } = await run(argv)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

describe('help', () => {
  it('shows every command, the most common ones first, and the common options', async () => {
    const text = await help('--help')
    const shown = [...text.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name)
    const commands = shown.filter((name = '') => COMMAND_NAMES.includes(name))
    expect(commands.slice(0, 4)).toEqual(['list', 'get', 'create', 'wait'])
    expect(commands.sort()).toEqual(COMMAND_NAMES)
    for (const word of [
      'get|show',
      '--os-cloud',
      '--os-region-name',
      '--insecure',
      '--format',
      '--retries',
      '-V, --version',
    ])
      expect(text).toContain(word)
  })

  it('is also shown by the command help, for one command or all', async () => {
    expect(await help('help')).toBe(await help('--help'))
    for (const name of COMMAND_NAMES) {
      const text = await help('help', name)
      expect(text).toBe(await help(name, '--help'))
      expect(text).toContain('Global Options:')
    }
    expect(await help('help', 'show')).toBe(await help('get', '-h'))
  })

  it('shows how to log in only under auth', async () => {
    const auth = await help('help', 'auth')
    expect(LOGIN.length).toBeGreaterThan(10)
    for (const option of LOGIN) expect(auth).toContain(`--${option} `)
    for (const option of ['--os-cloud ', '--os-region-name ', '--insecure']) expect(auth).toContain(option)
    for (const text of [await help('--help'), await help('list', '--help')]) {
      for (const option of LOGIN) expect(text).not.toContain(`--${option} `)
      for (const option of ['--os-cloud ', '--os-region-name ', '--insecure']) expect(text).toContain(option)
    }
    expect(auth).not.toContain('--help')
    expect(auth).not.toContain('Exit status')
  })

  it('names what it does not know', async () => {
    const { status, stdout, stderr } = await run(['help', 'lst'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^error: .*\blst\b.*\nhint: .*--help/)
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
    for (const none of [undefined, 0]) expect(await widest(none)).toBeLessThanOrEqual(100)
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

  it('without a command is an error that shows the way', async () => {
    for (const argv of [[], ['-q']]) {
      const { status, stdout, stderr } = await run(argv)
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toMatch(/^error: [A-Z].*\.\nhint: .*--help/)
    }
  })
})

describe('what commander says', () => {
  const error = (code: string, message: string, exitCode = 1) =>
    usageErrorOf(new CommanderError(exitCode, code, message))

  it('is not an error if it showed the help or the version', () => {
    expect(error('commander.helpDisplayed', '(outputHelp)', 0)).toBeUndefined()
    expect(error('commander.version', '0.1.0', 0)).toBeUndefined()
  })

  it('is a sentence, and its suggestion is the hint', () => {
    expect(error('commander.unknownOption', "error: unknown option '--x'\n(Did you mean --y?)")).toMatchObject({
      message: "Unknown option '--x'.",
      hint: 'Did you mean --y?',
    })
    expect(error('commander.x', 'error: it ends with a dot.')).toMatchObject({
      message: 'It ends with a dot.',
      hint: expect.stringContaining('--help'),
    })
    expect(error('commander.x', 'no error: here')?.message).toBe('No error: here.')
  })

  it('of an argument too many may come of blanks without quotes', () => {
    expect(error('commander.excessArguments', 'error: too many')?.hint).toMatch(/--input '.*--help/)
    expect(error('commander.x', 'error: too many')?.hint).not.toContain('--input')
  })
})
