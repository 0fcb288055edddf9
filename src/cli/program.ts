import { Command } from 'commander'
import { VERSION } from '../version.js'
import type { Context } from './context.js'
import { HELP_LAYOUT, WHERE_TO_FIND_MORE } from './help/layout.js'
import { acceptAnyCase } from './options/choices.js'
import { addCloudOptions } from './options/cloud-options.js'
import { addCommonOptions } from './options/common-options.js'
import { applyVariables } from './options/variables.js'

/** What each file of `commands/` exports. */
export interface CommandModule {
  /** Adds arguments, options, help and action to the command. */
  define(command: Command, context: Context): void
  /** The names of the columns that -c can choose, for completion. Default: those of a task. */
  columns?(options: never, operands: readonly string[]): readonly string[]
}

interface CommandEntry {
  name: string
  alias?: string
  summary: string
  load(): Promise<CommandModule>
}

/** All commands. Only the file of the command that runs is loaded. */
const COMMANDS: CommandEntry[] = [
  { name: 'list', summary: 'List tasks, newest first', load: () => import('./commands/list.js') },
  { name: 'get', alias: 'show', summary: 'Show one or more tasks', load: () => import('./commands/get.js') },
  { name: 'create', summary: 'Start a task', load: () => import('./commands/create.js') },
  { name: 'wait', summary: 'Wait for tasks to succeed or fail', load: () => import('./commands/wait.js') },
  {
    name: 'retry',
    summary: 'Start failed tasks again with the same type and input',
    load: () => import('./commands/retry.js'),
  },
  {
    name: 'import',
    summary: 'Import an image from a URL, a file or standard input',
    load: () => import('./commands/import.js'),
  },
  {
    name: 'explain',
    summary: 'Explain why a task failed or makes no progress',
    load: () => import('./commands/explain.js'),
  },
  {
    name: 'report',
    summary: 'Summarise recent tasks: totals, failures by cause, stuck tasks',
    load: () => import('./commands/report.js'),
  },
  {
    name: 'schema',
    summary: 'Show the schema of a task, as the cloud publishes it',
    load: () => import('./commands/schema.js'),
  },
  {
    name: 'clouds',
    summary: 'List the configured clouds, or show the settings of one',
    load: () => import('./commands/clouds.js'),
  },
  {
    name: 'doctor',
    summary: 'Check the connection to a cloud step by step',
    load: () => import('./commands/doctor.js'),
  },
  { name: 'logout', summary: 'Delete cached tokens', load: () => import('./commands/logout.js') },
  {
    name: 'sandbox',
    summary: 'Run a command against a local Keystone and Glance',
    load: () => import('./commands/sandbox.js'),
  },
  {
    name: 'completion',
    summary: 'Print a script that completes commands in your shell',
    load: () => import('./commands/completion.js'),
  },
]

/**
 * The command tree. It never exits the process; it throws instead.
 *
 * @param print receives the text of --help and --version.
 * @param ignored the names of GLANCE_TASKS_* variables to ignore
 */
export function createProgram(
  context: Context,
  print: (text: string) => void,
  ignored: readonly string[] = [],
): Command {
  const program = new Command('glance-tasks')
    .description('Manage the tasks of the OpenStack Image service (Glance).')
    .usage('<command> [options]')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .configureHelp(HELP_LAYOUT)
    .helpCommand(false)
    .configureOutput({
      writeOut: print,
      writeErr: () => {}, // printError() prints each error once
      getOutHelpWidth: () => (context.writeWithoutStream ? 0 : context.stdout.columns) || 80,
      getOutHasColors: () => false,
    })
    .exitOverride()
    .addHelpText('after', WHERE_TO_FIND_MORE)
  addCloudOptions(program)
  addCommonOptions(program)
  acceptAnyCase(program)
  for (const { name, alias, summary } of COMMANDS) {
    const command = program.command(name).description(summary)
    if (alias) command.alias(alias)
  }
  program.hook('preSubcommand', (_program, command) => loadCommand(command, context))
  program.hook('preAction', (_program, command) => {
    if (command.name() !== 'help') applyVariables(program, context, ignored)
  })
  program
    .command('help')
    .argument('[command]', 'a command, or options, auth or exit-status')
    .description('Show help for a command, or about options, auth or exit-status')
    .action((name?: string) => showHelp(program, context, name))
  return program
}

async function showHelp(program: Command, context: Context, name: string | undefined): Promise<void> {
  if (name === undefined) return program.outputHelp()
  const command = program.commands.find((each) => each.name() === name || each.aliases().includes(name))
  if (command) await loadCommand(command, context)
  const { helpTopic, HELP_TOPICS } = await import('./help/topics.js')
  const page = command ?? helpTopic(program, name)
  if (!page) throw (await import('./mistakes/usage-error.js')).unknownPage(name, program, HELP_TOPICS)
  page.outputHelp()
}

/** The command tree with every command defined, for documents. */
export async function completeProgram(context: Context): Promise<Command> {
  const program = createProgram(context, () => {})
  await Promise.all(program.commands.map((command) => loadCommand(command, context)))
  return program
}

/** Loads the file of a command and lets it define the command. */
export async function loadCommand(command: Command, context: Context): Promise<void> {
  const module = await commandModule(command)
  if (!module) return
  module.define(command, context)
  acceptAnyCase(command)
}

/** Loads the file of a command; undefined for `help`, which has none. */
export async function commandModule(command: Command): Promise<CommandModule | undefined> {
  return COMMANDS.find(({ name }) => name === command.name())?.load()
}
