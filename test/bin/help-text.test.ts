import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runBinary } from '../helpers/binary.js'
import { run } from '../helpers/cli.js'
import { COMMAND_NAMES } from '../helpers/command-names.js'
import { IS_LINUX } from '../helpers/platform.js'
import { Screen } from '../helpers/pty.js'

const { helpText } = createRequire(import.meta.url)('../../bin/help-text.js') as {
  helpText(argv: readonly string[]): string | undefined
}
const SHORT_WRITE = fileURLToPath(new URL('../helpers/short-write.cjs', import.meta.url))

const COMMANDS = [...COMMAND_NAMES, 'show']
const OF_PROGRAM = [[], ['--version'], ['-V'], ['--help'], ['-h'], ['help'], ['help', 'help']]

describe('the text that the build made', () => {
  it.each(
    [
      ...OF_PROGRAM,
      ...COMMANDS.flatMap((name) => [
        [name, '--help'],
        [name, '-h'],
        ['help', name],
      ]),
    ].map((argv) => [argv]),
  )('for %j is what the program prints, whatever the variables say', async (argv) => {
    const env = { FORCE_COLOR: '3', COLUMNS: '40', GLANCE_TASKS_COLOR: 'always', GLANCE_TASKS_FORMAT: 'nope' }
    const { status, stdout, stderr } = await run(argv, { env })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(helpText(argv)).toBe(stdout)
  })

  it.each(
    [
      'list',
      'nope --help',
      'help nope',
      'constructor --help',
      'help toString',
      // Pages that are not commands.
      'help options',
      'options --help',
      // Further options decide how the text is printed.
      'list --help --no-pager',
      '-q --help',
      '--help list',
      '--version list',
      'list --version',
      'help --help',
      'help -V',
      'list help',
    ].map((line) => [line.split(' ')]),
  )('is none for %j, which the program parses', (argv) => {
    expect(helpText(argv)).toBeUndefined()
  })

  it.each([[['']], [['', '--help']], [['help', '']], [['list --help']]])('is none for %j', (argv) => {
    expect(helpText(argv)).toBeUndefined()
  })
})

describe('the program', () => {
  it('prints it in a pipe', async () => {
    for (const argv of [[], ['--version'], ['help', 'show'], ['import', '-h']])
      expect(await runBinary(argv)).toEqual({ status: 0, signal: null, stdout: helpText(argv), stderr: '' })
  })

  it('prints all of it into a pipe that takes only a part at first', async () => {
    const env = { NODE_OPTIONS: `--require "${SHORT_WRITE}"` }
    expect(await runBinary(['list', '--help'], env)).toMatchObject({ status: 0, stdout: helpText(['list', '--help']) })
  })

  it.runIf(IS_LINUX)('fits the help to the width of a terminal', async () => {
    const screen = new Screen(['list', '--help'], { columns: 50 })
    expect(await screen.ended).toBe(0)
    const { stdout } = await run(['list', '--help'], { terminal: { columns: 50 } })
    expect(stdout).not.toBe(helpText(['list', '--help']))
    expect(screen.raw.replaceAll('\r\n', '\n')).toBe(stdout)
  })
})
