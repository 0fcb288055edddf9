import { Command, type CommanderError, Help, type Option } from 'commander'
import { UsageError } from '../errors.js'
import { VERSION } from '../version.js'
import type { Context } from './context.js'
import { EXIT_HELP } from './exit-status.js'
import { addCloudOptions } from './options/cloud-options.js'
import { addCommonOptions } from './options/common-options.js'

/** What a command's file gives. */
export interface CommandModule {
  /** Adds the command's arguments, options, help and action. */
  define(command: Command, context: Context): void
}

interface CommandEntry {
  name: string
  alias?: string
  summary: string
  load(): Promise<CommandModule>
}

/** The commands; only the one that runs is loaded. */
const COMMANDS: CommandEntry[] = [
  { name: 'list', summary: 'all tasks that match, newest first', load: () => import('./commands/list.js') },
  { name: 'get', alias: 'show', summary: 'one or more tasks, whole', load: () => import('./commands/get.js') },
  { name: 'create', summary: 'start a task', load: () => import('./commands/create.js') },
  { name: 'wait', summary: 'follow tasks until success or failure', load: () => import('./commands/wait.js') },
  {
    name: 'retry',
    summary: 'start a failed task again with the same type and input',
    load: () => import('./commands/retry.js'),
  },
  {
    name: 'clouds',
    summary: 'the clouds that are configured; of one, every setting and where it came from',
    load: () => import('./commands/clouds.js'),
  },
  {
    name: 'doctor',
    summary: 'the way to the tasks step by step, each with its remedy',
    load: () => import('./commands/doctor.js'),
  },
  { name: 'logout', summary: 'forget the tokens kept on disk', load: () => import('./commands/logout.js') },
  {
    name: 'sandbox',
    summary: 'a Keystone and a Glance with tasks, embedded: no cloud needed',
    load: () => import('./commands/sandbox.js'),
  },
]

/**
 * The command tree. Nothing of it exits by itself: it throws.
 *
 * @param print takes the text of a help or the version.
 */
export function createProgram(context: Context, print: (text: string) => void): Command {
  const program = new Command('glance-tasks')
    .description('See, start and follow the tasks of the OpenStack Image service (Glance).')
    .usage('[options] <command>')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ showGlobalOptions: true, visibleOptions, visibleGlobalOptions })
    .helpCommand(false)
    .configureOutput({
      writeOut: print,
      writeErr: () => {}, // errors are told once, by report()
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
  program.hook('preSubcommand', (_program, command) => complete(command, context))
  program
    .command('help')
    .argument('[command]', `a command, or ${AUTH_TOPIC}: every option that chooses a cloud and logs in`)
    .description(`show the help of a command, or of ${AUTH_TOPIC}`)
    .action(async (name?: string) => {
      if (name === AUTH_TOPIC) return authTopic(program).outputHelp()
      const command = program.commands.find((each) => each.name() === name || each.aliases().includes(name ?? ''))
      if (name !== undefined && !command)
        throw new UsageError(`There is no command ${JSON.stringify(name)}.`, { hint: SEE_HELP })
      if (command) await complete(command, context)
      ;(command ?? program).outputHelp()
    })
  return program
}

const AUTH_TOPIC = 'auth'

function authTopic(program: Command): Command {
  const topic = new Command(AUTH_TOPIC)
    .copyInheritedSettings(program)
    .usage('is no command, but how every command is told')
  addCloudOptions(
    topic
      .helpOption(false)
      .description('Which cloud, and how to log in. Each option has an OS_* variable of the same name.'),
  )
  return topic
}

/** Loads what a command is made of. */
async function complete(command: Command, context: Context): Promise<void> {
  const entry = COMMANDS.find(({ name }) => name === command.name())
  if (entry) (await entry.load()).define(command, context)
}

/** How to log in fills two screens, which `glance-tasks help auth` shows. */
function isEveryday({ long }: Option): boolean {
  return !long?.startsWith('--os-') || long === '--os-cloud' || long === '--os-region-name'
}

function visibleOptions(this: Help, command: Command): Option[] {
  const all = Help.prototype.visibleOptions.call(this, command)
  return command.name() === AUTH_TOPIC ? all : all.filter(isEveryday)
}

function visibleGlobalOptions(this: Help, command: Command): Option[] {
  return Help.prototype.visibleGlobalOptions.call(this, command).filter(isEveryday)
}

/** Turns what commander says of a command line into an error of ours; undefined where it only showed help or version. */
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
  return `A value with blanks needs quotes: --input '{"key": "value"}'. ${SEE_HELP}`
}

const SEE_HELP = 'See: glance-tasks --help, or glance-tasks COMMAND --help.'
