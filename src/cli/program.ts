import { Command, type CommanderError, Help, type Option } from 'commander'
import { UsageError } from '../errors.js'
import { VERSION } from '../version.js'
import type { Context } from './context.js'
import { EXIT_HELP } from './exit-status.js'
import { addCloudOptions } from './options/cloud-options.js'
import { addCommonOptions } from './options/common-options.js'

/** What each file of `commands/` exports. */
export interface CommandModule {
  /** Adds arguments, options, help and action to the command. */
  define(command: Command, context: Context): void
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
    summary: 'Import an image from a URL, a file or standard input, without an admin role',
    load: () => import('./commands/import.js'),
  },
  {
    name: 'explain',
    summary: 'Find out why a task failed or does not move, and what to do',
    load: () => import('./commands/explain.js'),
  },
  {
    name: 'clouds',
    summary: 'List the configured clouds, or show the settings of one and where each comes from',
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
    summary: 'Run a command, or a shell, against a local Keystone and Glance',
    load: () => import('./commands/sandbox.js'),
  },
]

/**
 * The command tree. It never exits the process; it throws instead.
 *
 * @param print receives the text of --help and --version.
 */
export function createProgram(context: Context, print: (text: string) => void): Command {
  const program = new Command('glance-tasks')
    .description('Manage the tasks of the OpenStack Image service (Glance).')
    .usage('[options] <command>')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .configureHelp({ showGlobalOptions: true, visibleOptions, visibleGlobalOptions })
    .helpCommand(false)
    .configureOutput({
      writeOut: print,
      writeErr: () => {}, // report() prints each error once
      getOutHelpWidth: () => context.stdout.columns || 100,
      getOutHasColors: () => false,
    })
    .exitOverride()
    .addHelpText('after', `\n${EXIT_HELP}`)
  addCloudOptions(program)
  addCommonOptions(program)
  for (const { name, alias, summary } of COMMANDS) {
    const command = program.command(name).description(summary)
    if (alias) command.alias(alias)
  }
  program.hook('preSubcommand', (_program, command) => loadCommand(command, context))
  program
    .command('help')
    .argument('[command]', `a command, or ${AUTH_TOPIC} for the options that choose a cloud and log in`)
    .description(`Show help for a command, or for ${AUTH_TOPIC}`)
    .action(async (name?: string) => {
      if (name === AUTH_TOPIC) return authTopic(program).outputHelp()
      const command = program.commands.find((each) => each.name() === name || each.aliases().includes(name ?? ''))
      if (name !== undefined && !command) throw new UsageError(`Unknown command '${name}'.`, { hint: SEE_HELP })
      if (command) await loadCommand(command, context)
      ;(command ?? program).outputHelp()
    })
  return program
}

const AUTH_TOPIC = 'auth'

function authTopic(program: Command): Command {
  const topic = new Command(AUTH_TOPIC).copyInheritedSettings(program).usage('<command> [options]')
  addCloudOptions(
    topic
      .helpOption(false)
      .description(
        'Options of every command that choose a cloud and log in. Each has an OS_* variable of the same name.',
      ),
  )
  return topic
}

/** Loads the file of a command and lets it define the command. */
async function loadCommand(command: Command, context: Context): Promise<void> {
  const entry = COMMANDS.find(({ name }) => name === command.name())
  if (entry) (await entry.load()).define(command, context)
}

/** The help hides the login options, which fill two screens. `glance-tasks help auth` shows them. */
function isCommonOption({ long }: Option): boolean {
  return !long?.startsWith('--os-') || long === '--os-cloud' || long === '--os-region-name'
}

function visibleOptions(this: Help, command: Command): Option[] {
  const all = Help.prototype.visibleOptions.call(this, command)
  return command.name() === AUTH_TOPIC ? all : all.filter(isCommonOption)
}

function visibleGlobalOptions(this: Help, command: Command): Option[] {
  return Help.prototype.visibleGlobalOptions.call(this, command).filter(isCommonOption)
}

/** Converts an error of commander to a UsageError. Returns undefined if commander only printed help or the version. */
export function usageErrorOf(error: CommanderError): UsageError | undefined {
  if (error.exitCode === 0) return undefined
  if (error.code === 'commander.help') return new UsageError('A command is missing.', { hint: SEE_HELP })
  const [message = '', ...suggestion] = error.message.replace(/^error: /, '').split('\n')
  return new UsageError(`${message.charAt(0).toUpperCase()}${message.slice(1).replace(/\.$/, '')}.`, {
    hint: suggestion.join(' ').replace(/^\((.*)\)$/, '$1') || hintFor(error),
  })
}

function hintFor({ code }: CommanderError): string {
  if (code !== 'commander.excessArguments') return SEE_HELP
  return `Quote a value that contains spaces: --input '{"key": "value"}'. ${SEE_HELP}`
}

const SEE_HELP = 'See: glance-tasks --help, or glance-tasks COMMAND --help.'
