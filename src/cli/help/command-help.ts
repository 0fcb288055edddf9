import type { Command } from 'commander'

/** The help of a command besides its arguments and options. */
export interface CommandHelp {
  /** Command lines, with or without a comment. The help shows the first three, the documents show all. */
  examples: readonly string[]
  /** Further paragraphs for docs/commands.md and the man page, for which the help has no room. */
  details?: readonly string[]
  /** The pages of docs/ that say more, such as `import.md`. */
  pages?: readonly string[]
}

const SHOWN_EXAMPLES = 3

const HELP = new WeakMap<Command, CommandHelp>()

/** Adds examples to the help of a command, and says where to find more. Every command calls it once. */
export function addHelp(command: Command, help: CommandHelp): void {
  HELP.set(command, help)
  command.addHelpText('after', () => `\nExamples:\n${examplesText(help)}\n\n${moreText(command, help)}`)
}

/** The help of a command that has been defined; undefined if it called no `addHelp()`. */
export function helpOf(command: Command): CommandHelp | undefined {
  return HELP.get(command)
}

function examplesText({ examples }: CommandHelp): string {
  const lines = examples.slice(0, SHOWN_EXAMPLES).flatMap((example) => example.split('\n'))
  return lines.map((line) => `  ${line}`).join('\n')
}

function moreText(command: Command, { pages = [] }: CommandHelp): string {
  const documents = ['commands.md', ...pages].map((page) => `docs/${page}`)
  return `Common options: glance-tasks help options, glance-tasks help auth\nMore: man glance-tasks-${command.name()}, ${documents.join(', ')}`
}
