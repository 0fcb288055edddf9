import { resolve } from 'node:path'
import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import type { Sandbox } from '../../sandbox/index.js'
import { shellQuoted } from '../../shell-words.js'
import type { Context } from '../context.js'
import { ExitStatus } from '../exit-status.js'
import type { CommonOptions } from '../options/common-options.js'
import { duration, share, wholeNumber } from '../options/option-values.js'
import { runChild } from '../run-child.js'
import { say } from '../terminal/say.js'
import { write } from '../terminal/stdout.js'

interface SandboxCommandOptions extends CommonOptions {
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
}

/** Where every sandbox listens. */
const HOST = '127.0.0.1'

const EXAMPLES = `
Its clouds: sandbox (an administrator) and sandbox-member (none); with -app behind either, the same user by
application credential. --os-cloud says which one OS_CLOUD names.

What an import comes to, by the last part of its URL: /404 (or any error status) fails with it, /stuck never ends,
/stuck-pending never begins; anything else succeeds.

Faults, one or a comma list: 503:0.1 (any error status), reset, lost (carried out, but the answer is lost), hang,
slow:2s; then the share of requests that meet it, and @identity or @image for one service alone.

Examples:
  glance-tasks sandbox -- glance-tasks create --type import --input file.json --wait
  glance-tasks sandbox -- ./my-script.sh        # OS_CLIENT_CONFIG_FILE and OS_CLOUD are set
  glance-tasks sandbox --seed 10000 --fault 503:0.1,slow:2s:0.2 -- ./my-script.sh
  glance-tasks sandbox --state cloud.state --port 5000   # prints what to export, runs until Ctrl-C`

/** `glance-tasks sandbox [-- CMD...]` */
export function define(command: Command, context: Context): void {
  command
    .argument('[command...]', 'a command to run against it; the sandbox ends with it, and with its exit status')
    .option('--port <n>', 'listen on this port (default: a free one)', wholeNumber('--port', 1))
    .option('--task-duration <duration>', 'how long a task takes (default: 2s)', duration('--task-duration'))
    .option('--token-ttl <duration>', 'how long a token lives (default: 1h)', duration('--token-ttl'))
    .option('--seed <n>', 'begin with so many ready-made tasks', wholeNumber('--seed', 0))
    .option('--failure-rate <share>', 'let this share of the imports fail, such as 0.1', share('--failure-rate'))
    .option('--fault <faults>', 'what requests meet instead of their answers')
    .option('--state <file>', 'keep tasks and images in this file from one start to the next')
    .option('--tls', 'serve https, with a certificate that its clouds.yaml trusts')
    .option('--open-tasks', 'let members use the Tasks API, too')
    .addHelpText('after', EXAMPLES)
    .action((args: string[]) => sandbox(context, args, command.optsWithGlobals()))
}

async function sandbox(context: Context, args: string[], options: SandboxCommandOptions): Promise<void> {
  const { port, taskDuration, tokenTtl, seed, failureRate, fault: faults, tls, openTasks } = options
  const state = options.state === undefined ? undefined : resolve(context.cwd, options.state)
  const [{ startSandbox }, { temporaryFile }] = await Promise.all([
    import('../../sandbox/index.js'),
    import('../../sandbox/temporary-file.js'),
  ])
  const behaviour = { taskDuration, tokenTtl, seed, failureRate, faults, state, tls, openTasks }
  const box = await startSandbox({ ...behaviour, port, clock: context })
  try {
    const cloud = cloudOf(box, options.osCloud)
    const { file, remove } = await temporaryFile('clouds.yaml', box.cloudsYaml)
    try {
      const variables = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: cloud }
      await (args.length > 0 ? wrap(context, args, variables) : serve(context, box, variables))
    } finally {
      await remove()
    }
  } finally {
    await box.close()
  }
}

/** The cloud that OS_CLOUD is to name. */
function cloudOf({ cloudsYaml }: Sandbox, [wanted = 'sandbox', second]: string[] = []): string {
  const names = Array.from(cloudsYaml.matchAll(/^ {2}(\S+):$/gm), ([, name]) => name ?? '')
  if (second === undefined && names.includes(wanted)) return wanted
  throw new UsageError(
    second === undefined ? `The sandbox has no cloud ${wanted}.` : 'OS_CLOUD can name one cloud only.',
    {
      hint: `Give one of its own: ${names.join(', ')}.`,
    },
  )
}

/** What leads a command to the sandbox. */
interface Variables {
  OS_CLIENT_CONFIG_FILE: string
  OS_CLOUD: string
}

/** Runs a command against the sandbox, and ends with its status. */
async function wrap(context: Context, args: string[], variables: Variables): Promise<void> {
  // A variable that is left over from another cloud must not shine through.
  const others = Object.entries(context.env).filter(([name]) => !name.startsWith('OS_'))
  const env = { ...Object.fromEntries(others), ...variables, ...withoutProxy(context) }
  const status = await runChild(context, args, env)
  if (status !== 0) throw new ExitStatus(status)
}

/** What keeps a proxy from being asked for the sandbox, which only this machine can reach: nothing where there is none. */
function withoutProxy({ env }: Context): Record<string, string> {
  const proxies = ['http_proxy', 'https_proxy', 'all_proxy']
  if (!proxies.some((name) => env[name] || env[name.toUpperCase()])) return {}
  const exceptions = (env.no_proxy || env.NO_PROXY || '').split(',')
  const list = [...new Set([...exceptions, HOST])].filter(Boolean).join(',')
  return { no_proxy: list, NO_PROXY: list }
}

function exportLine([name, value]: [string, string]): string {
  return `export ${name}=${/^[\w@%+=:,./-]+$/.test(value) ? value : shellQuoted(value)}\n`
}

/** Says how to reach the sandbox, and waits for Ctrl-C. */
async function serve(context: Context, box: Sandbox, variables: Variables): Promise<void> {
  const lines = Object.entries({ ...variables, ...withoutProxy(context) }).map(exportLine)
  await write(context.stdout, lines.join(''))
  say(context, `The sandbox answers at ${box.url}. Run the lines above in another shell; Ctrl-C ends it.`)
  if (!context.signal.aborted) {
    await new Promise((done) => context.signal.addEventListener('abort', done, { once: true }))
  }
}
