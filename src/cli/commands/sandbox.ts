import { resolve } from 'node:path'
import type { Command } from 'commander'
import { CommandError, UsageError } from '../../errors.js'
import { whenAborted } from '../../http/signal.js'
import { didYouMean } from '../../nearest.js'
import type { Sandbox, SandboxOptions } from '../../sandbox/index.js'
import { runChild } from '../child/run-child.js'
import type { Context } from '../context.js'
import { ExitStatus } from '../exit-status.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import { duration, gather, share, wholeNumber } from '../options/option-values.js'
import { inform, type MessagePlan } from '../terminal/say.js'
import { write } from '../terminal/stdout.js'
import { powerShellQuoted, shellWord, userShell } from '../user-shell.js'

interface SandboxFlags extends MessagePlan {
  osCloud?: string[]
  port?: number
  taskDuration?: number
  tokenTtl?: number
  seed?: number
  failureRate?: number
  fault?: string
  state?: string
  tls?: boolean
  openTasks?: boolean
  stores?: string[]
}

/** The address that every sandbox listens on. */
const HOST = '127.0.0.1'

/** The clouds of every sandbox. */
export const CLOUDS = ['sandbox', 'sandbox-app', 'sandbox-member', 'sandbox-member-app']

const HELP: CommandHelp = {
  examples: [
    'glance-tasks sandbox --seed 20 -- glance-tasks list',
    'glance-tasks sandbox --fault 503:0.1,slow:2s:0.2 -- ./my-script.sh',
    'glance-tasks sandbox --port 5000   # prints variables; Ctrl-C stops it',
    'glance-tasks sandbox -- glance-tasks create --type import --input file.json --wait',
    'glance-tasks sandbox --seed 10000 --state cloud.state -- ./my-script.sh',
  ],
  details: [
    'Without a command, the sandbox prints the variables to export, and runs until you press Ctrl-C. With a command, it sets OS_CLIENT_CONFIG_FILE and OS_CLOUD, runs the command, and exits with its status: 127 if the command does not exist, 126 if it cannot be run.',
    'The sandbox defines the clouds sandbox (an administrator) and sandbox-member (a user without the admin role). sandbox-app and sandbox-member-app are the same users, who log in with application credentials. --os-cloud sets OS_CLOUD to one of these clouds.',
    'The end of the URL decides how an import ends: with /404 (or another error status) it fails with this status, with /stuck it never ends, and with /stuck-pending it never starts. All other imports succeed, unless a store fails.',
    'The faults are 503 (or another error status), reset, lost (the service executes the request, but its response is lost), hang and slow:2s. Add the share of requests to affect, as in 503:0.1, and @identity or @image to limit a fault to one service. Separate several faults with commas.',
  ],
  pages: ['sandbox.md'],
}

/** `glance-tasks sandbox [-- CMD...]` */
export function define(command: Command, context: Context): void {
  addHelp(command, HELP)
  command
    .argument('[command...]', 'the command to run; default: run until Ctrl-C')
    .option('--port <n>', 'the port to listen on; default: a free one', wholeNumber('--port', 1))
    .option('--task-duration <duration>', 'how long a task takes; default: 2s', duration('--task-duration'))
    .option('--token-ttl <duration>', 'how long a token is valid; default: 1h', duration('--token-ttl'))
    .option('--seed <n>', 'create this many tasks at the start', wholeNumber('--seed', 0))
    .option('--failure-rate <share>', 'the share of imports that fail, such as 0.1', share('--failure-rate'))
    .option('--fault <faults>', 'inject faults: 503, reset, lost, hang or slow:2s')
    .option('--state <file>', 'keep tasks and images in this file')
    .option('--stores <names>', 'comma-separated; a store named broken... fails', gather)
    .option('--tls', 'use HTTPS; the clouds.yaml trusts the certificate')
    .option('--open-tasks', 'allow users without the admin role to use tasks')
    .action((args: string[]) => {
      const own = ownCommands(command)
      checkDashes(args, wordsOf(command), own)
      return run(context, parse(args, command.optsWithGlobals(), own))
    })
}

/** The commands of this program, and their aliases. */
function ownCommands({ parent }: Command): string[] {
  return parent?.commands.flatMap((each) => [each.name(), ...each.aliases()]) ?? []
}

/** The words of the command line. commander's types omit them. */
function wordsOf({ parent }: Command): readonly string[] {
  return (parent as (Command & { rawArgs?: string[] }) | null)?.rawArgs ?? []
}

/**
 * Rejects options after the command to run without `--` before it: this program would read them itself, and the command would
 * not get them.
 *
 * @throws UsageError
 */
export function checkDashes(
  command: readonly string[],
  words: readonly string[],
  ownCommands: readonly string[] = [],
): void {
  if (words.includes('--')) return
  const start = command.reduceRight((end, word) => words.lastIndexOf(word, end - 1), words.length)
  const option = words.slice(start).find((word) => word.length > 1 && word.startsWith('-'))
  if (option === undefined) return
  const [first = ''] = command
  const program = ownCommands.includes(first) ? `glance-tasks ${first}` : first
  throw new UsageError(`sandbox reads ${option} as its own option and does not pass it to ${first}.`, {
    hint: `Write -- before the command: glance-tasks sandbox -- ${program} ${option} ...`,
  })
}

/** Which sandbox to start, and what to run against it. */
export interface SandboxPlan extends MessagePlan {
  /** `state` is relative to the working directory. */
  sandbox: SandboxOptions
  /** The value of OS_CLOUD. */
  cloud: string
  /** The command to run; empty: serve until Ctrl-C. */
  command: readonly string[]
  /** The hint if there is no such command. */
  hint: string | undefined
}

/** @throws UsageError */
export function parse(
  command: readonly string[],
  options: SandboxFlags,
  ownCommands: readonly string[] = [],
): SandboxPlan {
  const {
    osCloud,
    port,
    taskDuration,
    tokenTtl,
    seed,
    failureRate,
    fault: faults,
    state,
    tls,
    openTasks,
    stores,
  } = options
  const sandbox = { port, taskDuration, tokenTtl, seed, failureRate, faults, state, tls, openTasks, stores }
  return {
    progress: options.progress,
    sandbox,
    cloud: cloudAmong(CLOUDS, osCloud),
    command,
    hint: meant(command, ownCommands),
  }
}

/** What a user means who names no program: a command of this program, or the sandbox itself, as in `sandbox start`. */
function meant([word = '', ...others]: readonly string[], ownCommands: readonly string[]): string | undefined {
  if (ownCommands.includes(word)) {
    return `To run it in the sandbox, use: glance-tasks sandbox -- glance-tasks ${word}${others.length > 0 ? ' ...' : ''}`
  }
  const isStart = others.length === 0 && ['start', 'up', 'run', 'serve'].includes(word)
  return isStart ? 'To start the sandbox without a command, use: glance-tasks sandbox' : undefined
}

function cloudAmong(names: readonly string[], [wanted = 'sandbox', second]: readonly string[] = []): string {
  if (second === undefined && names.includes(wanted)) return wanted
  const message = second === undefined ? `The sandbox has no cloud ${wanted}.` : 'sandbox accepts --os-cloud only once.'
  const hint = [second === undefined && didYouMean(wanted, names), `Available clouds: ${names.join(', ')}.`]
  throw new UsageError(message, { hint: hint.filter(Boolean).join(' ') })
}

/** Starts the sandbox, runs the command or waits for Ctrl-C, and removes all of it. */
export async function run(context: Context, plan: SandboxPlan): Promise<void> {
  const { sandbox, cloud, command } = plan
  const state = sandbox.state === undefined ? undefined : resolve(context.cwd, sandbox.state)
  const [{ startSandbox }, { temporaryFile }] = await Promise.all([
    import('../../sandbox/index.js'),
    import('../../sandbox/temporary-file.js'),
  ])
  const box = await startSandbox({ ...sandbox, state, clock: context })
  try {
    const { file, remove } = await temporaryFile('clouds.yaml', box.cloudsYaml)
    try {
      const variables = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: cloud }
      await (command.length > 0 ? wrap(context, plan, variables) : serve(context, plan, box, variables))
    } finally {
      await remove()
    }
  } finally {
    await box.close()
  }
}

/** The variables that select the sandbox. */
interface Variables {
  OS_CLIENT_CONFIG_FILE: string
  OS_CLOUD: string
}

/** Runs a command against the sandbox and exits with its status. */
async function wrap(context: Context, { command, hint }: SandboxPlan, variables: Variables): Promise<void> {
  const env = { ...ownVariables(context), ...variables, ...withoutProxy(context) }
  const status = await runChild(context, command, env).catch((error) => {
    const isMissing = error instanceof CommandError && error.isMissing
    throw isMissing && hint ? new CommandError(error.message, { cause: error, isMissing, hint }) : error
  })
  if (status !== 0) throw new ExitStatus(status)
}

/** The variables of this process, without those of another cloud. On Windows, letter case makes no difference. */
export function ownVariables({ env, platform }: Pick<Context, 'env' | 'platform'>): Context['env'] {
  const ofCloud = platform === 'win32' ? /^OS_/i : /^OS_/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ofCloud.test(name)))
}

/** Variables that exclude the sandbox from an HTTP proxy, which could not reach it. Empty if no proxy is configured. */
function withoutProxy({ env }: Context): Record<string, string> {
  const proxies = ['http_proxy', 'https_proxy', 'all_proxy']
  if (!proxies.some((name) => env[name] || env[name.toUpperCase()])) return {}
  const exceptions = (env.no_proxy || env.NO_PROXY || '').split(',')
  const list = [...new Set([...exceptions, HOST])].filter(Boolean).join(',')
  return { no_proxy: list, NO_PROXY: list }
}

/** A line that sets a variable in the user's shell. */
function exportLine(name: string, value: string, context: Context): string {
  const shell = userShell(context)
  if (shell === 'windows') return `$env:${name} = ${powerShellQuoted(value)}\n`
  return `export ${name}=${shellWord(value, shell)}\n`
}

/** Prints how to connect to the sandbox and waits for Ctrl-C. */
async function serve(context: Context, plan: MessagePlan, box: Sandbox, variables: Variables): Promise<void> {
  const set = Object.entries({ ...variables, ...withoutProxy(context) })
  const lines = set.map(([name, value]) => exportLine(name, value, context))
  await write(context.stdout, lines.join(''))
  const text = `The sandbox is running at ${box.url}. Run the lines above in another shell. Press Ctrl-C to stop the sandbox.`
  inform(context, plan, 'info', text)
  await new Promise<void>((done) => whenAborted(context.signal, done))
}
