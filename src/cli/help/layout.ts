import { type Argument, type Command, Help, type HelpConfiguration, type Option } from 'commander'

/** The end of the help of the program, which does not list its options. */
export const WHERE_TO_FIND_MORE = `
For the options of a command, run: glance-tasks COMMAND --help (or -h)
For other topics, run: glance-tasks help options, help auth, help exit-status
Man page: man glance-tasks. Version: -V, --version`

/**
 * The layout of the help: it shows a command's own options. `help options` shows the options of every command, so that the
 * help of one command fits a screen.
 */
export const HELP_LAYOUT: HelpConfiguration = {
  visibleOptions: (command: Command) => (isProgram(command) ? [] : command.options.filter(({ hidden }) => !hidden)),
  commandDescription: (command: Command) => command.description().replace(/\.?$/, '.'),
  optionDescription,
  minWidthToWrap: 10,
  formatItem,
  argumentDescription: ({ description }: Argument) => description,
}

/** With less room beside the terms, a description is below its term. The options that log in have long names. */
const MIN_ROOM = 30
const INDENT = 2
const DEEP_INDENT = 6

function formatItem(this: Help, term: string, termWidth: number, description: string, helper: Help): string {
  const width = helper.helpWidth ?? 80
  // There are two spaces before the term, and two after it.
  if (description === '' || width - termWidth - 4 >= MIN_ROOM) {
    return Help.prototype.formatItem.call(helper, term, termWidth, description, helper)
  }
  const lines = helper.boxWrap(description, width - DEEP_INDENT).split('\n')
  return [`${' '.repeat(INDENT)}${term}`, ...lines.map((line) => `${' '.repeat(DEEP_INDENT)}${line}`)].join('\n')
}

/** Whether a command has subcommands: its options are those of every command. */
function isProgram(command: Command): boolean {
  return command.commands.length > 0
}

/** The description of an option, with the values that it takes if there are only a few: `the order: asc or desc (default)`. */
export function optionDescription({ description, argChoices, defaultValue }: Option): string {
  if (argChoices === undefined) return description
  return `${description}: ${oneOf(argChoices.map((choice) => (choice === defaultValue ? `${choice} (default)` : choice)))}`
}

function oneOf(choices: readonly string[]): string {
  return [choices.slice(0, -1).join(', '), ...choices.slice(-1)].filter(Boolean).join(' or ')
}
