import { expect, it } from 'vitest'
import { helpOf } from '../../../src/cli/help/command-help.js'
import { completeProgram } from '../../../src/cli/program.js'
import { run } from '../../helpers/cli.js'
import { COMMAND_NAMES } from '../../helpers/command-names.js'

/** A screen has 24 lines of 80 columns. These commands have more options than it has lines. */
const LONGEST: Record<string, number> = { list: 40, import: 60, create: 40, sandbox: 28, report: 32 }

it.each(COMMAND_NAMES)('the help of %s fits a screen, and describes every argument and option', async (name) => {
  const { status, stdout } = await run(['help', name])
  expect(status).toBe(0)
  const lines = stdout.trimEnd().split('\n')
  expect(lines[0]).toMatch(new RegExp(`^Usage: glance-tasks ${name}`))
  expect(lines.length).toBeLessThanOrEqual(LONGEST[name] ?? 24)
  expect(lines.filter((line) => line.length > 80)).toEqual([])
  const [beforeExamples = '', examples = ''] = stdout.split('\nExamples:\n')
  const entries = beforeExamples.split('\n').filter((line) => /^ {2}\S/.test(line))
  expect(entries.filter((line) => !/\S {2,}\S/.test(line))).toEqual([])
  expect(examples.split('\n').filter((line) => line.startsWith('  glance-tasks ')).length).toBe(3)
})

it.each(['--help', 'help options', 'help auth', 'help exit-status', 'help help'])(
  '%s fits 80 columns',
  async (line) => {
    const { status, stdout } = await run(line.split(' '))
    expect(status).toBe(0)
    expect(stdout.split('\n').filter((each) => each.length > 80)).toEqual([])
  },
)

it('names the values of every option that takes one of a few', async () => {
  const program = await completeProgram({} as Parameters<typeof completeProgram>[0])
  const texts = await Promise.all(
    program.commands.map(async (command) => ({ command, text: (await run(['help', command.name()])).stdout })),
  )
  const options = texts.flatMap(({ command, text }) => command.options.map((option) => ({ option, text })))
  const closed = options.filter(({ option }) => option.argChoices !== undefined)
  expect(closed.length).toBeGreaterThan(5)
  for (const { option, text } of closed) {
    for (const choice of option.argChoices ?? []) expect(text.replaceAll(/\s+/g, ' ')).toContain(choice)
  }
  for (const command of program.commands.filter((each) => each.name() !== 'help')) {
    expect(helpOf(command)?.examples.length, command.name()).toBeGreaterThanOrEqual(3)
  }
})
