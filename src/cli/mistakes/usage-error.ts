import type { Command, CommanderError, Option } from 'commander'
import { UsageError } from '../../errors.js'
import type { Context } from '../context.js'
import { userShell } from '../user-shell.js'
import { excessArguments } from './arguments.js'
import { unknownCommand, unknownPage } from './commands.js'
import { unknownOption } from './options.js'

export { unknownPage }

/** A command line. */
export interface CommandLine {
  /** The commands, after commander has parsed the line. */
  program: Command
  /** Without the program name. */
  argv: readonly string[]
}

/** Converts an error of commander to a UsageError whose hint names the remedy. */
export function usageErrorOf(
  { code, message }: CommanderError,
  { program, argv }: CommandLine,
  context: Pick<Context, 'platform' | 'env'>,
): UsageError {
  const shell = userShell(context)
  const command = commandOf(program)
  const [, named = ''] = /'(.*?)'/s.exec(message) ?? []
  const option = [...command.options, ...program.options].find(({ flags }) => flags === named)
  switch (code) {
    case 'commander.unknownCommand':
      return unknownCommand(program.args, program, shell)
    case 'commander.unknownOption':
      return unknownOption(named, { command, program, argv, shell })
    case 'commander.excessArguments':
      return excessArguments(command, argv, shell)
    case 'commander.missingArgument':
      return missingArgument(command)
    case 'commander.optionMissingArgument':
      if (option) return missingValue(option)
      break
    case 'commander.conflictingOption': {
      const [first, second] = [...message.matchAll(/'[^']*?(--[\w-]+)/g)].map((match) => match[1])
      return new UsageError(`${first} cannot be used with ${second}.`, { hint: `Omit ${first} or ${second}.` })
    }
    case 'commander.help':
      return new UsageError('A command is missing.', {
        hint: `Try: glance-tasks list. ${commandsHint(program)}`,
      })
  }
  // Such as a message of a later version of commander.
  const text = message.replace(/^error: /, '').split('\n', 1)[0] ?? ''
  return new UsageError(`${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`, {
    hint: helpHint(program),
  })
}

/** The next thing to try after a mistake without a hint of its own. */
export function helpHint(program: Command): string {
  const command = commandOf(program)
  return `List the options with: glance-tasks help${command === program ? '' : ` ${command.name()}`}`
}

/** The command of a command line, or the program itself. */
function commandOf(program: Command): Command {
  const [name = ''] = program.args
  return program.commands.find((each) => each.name() === name || each.aliases().includes(name)) ?? program
}

/** How to get the ids for a command that needs some. */
const IDS: Readonly<Record<string, string>> = {
  get: 'List the tasks with: glance-tasks list',
  retry: 'List the failed tasks with: glance-tasks list --status failure',
}

function missingArgument(command: Command): UsageError {
  const name = command.name()
  const [argument] = command.registeredArguments
  const what = Object.hasOwn(IDS, name) ? 'a task ID' : `a ${argument?.name() ?? 'value'}`
  const choices = argument?.argChoices
  return new UsageError(`${name} requires ${what}.`, {
    hint:
      IDS[name] ?? (choices ? `Use one of: ${choices.join(', ')}.` : `Usage: glance-tasks ${name} ${command.usage()}`),
  })
}

function missingValue({ flags, long, argChoices, description }: Option): UsageError {
  return new UsageError(`${long} requires a value.`, {
    hint: argChoices ? `Its values are: ${argChoices.join(', ')}.` : `${flags}: ${description}.`,
  })
}

function commandsHint(program: Command): string {
  return `The commands are: ${program.commands.map((each) => each.name()).join(', ')}.`
}
