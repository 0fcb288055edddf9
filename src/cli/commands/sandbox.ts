import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Sandbox } from '../../sandbox/index.js'
import { type CommonOptions, duration, wholeNumber } from '../common-options.js'
import type { Context } from '../context.js'
import { ExitStatus } from '../exit-status.js'
import { runChild } from '../run-child.js'
import { say } from '../say.js'
import { write } from '../stdout.js'

interface SandboxCommandOptions extends CommonOptions {
  port?: number
  taskDuration?: number
}

const EXAMPLES = `
Examples:
  glance-tasks sandbox -- glance-tasks create --type import --input file.json --wait
  glance-tasks sandbox -- ./my-script.sh        # OS_CLIENT_CONFIG_FILE and OS_CLOUD are set
  glance-tasks sandbox                          # prints what to export, runs until Ctrl-C`

/** `glance-tasks sandbox [-- CMD...]` */
export function define(command: Command, context: Context): void {
  command
    .argument('[command...]', 'a command to run against it; the sandbox ends with it, and with its exit status')
    .option('--port <n>', 'listen on this port (default: a free one)', wholeNumber('--port', 1))
    .option('--task-duration <duration>', 'how long a task takes (default: 2s)', duration('--task-duration'))
    .addHelpText('after', EXAMPLES)
    .action((args: string[]) => sandbox(context, args, command.optsWithGlobals()))
}

async function sandbox(context: Context, args: string[], options: SandboxCommandOptions): Promise<void> {
  const { port, taskDuration } = options
  const { startSandbox } = await import('../../sandbox/index.js')
  const box = await startSandbox({ port, taskDuration, clock: context })
  try {
    await withCloudsFile(box, (file) => (args.length > 0 ? wrap(context, args, file) : serve(context, box, file)))
  } finally {
    await box.close()
  }
}

/** The sandbox's clouds.yaml as a file that only this user can read and that goes away at the end. */
async function withCloudsFile(box: Sandbox, work: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'glance-tasks-sandbox-'))
  try {
    const file = join(folder, 'clouds.yaml')
    await writeFile(file, box.cloudsYaml, { mode: 0o600 })
    await work(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs a command against the sandbox, and ends with its status. */
async function wrap(context: Context, args: string[], file: string): Promise<void> {
  // A variable that is left over from another cloud must not shine through.
  const others = Object.entries(context.env).filter(([name]) => !name.startsWith('OS_'))
  const env = { ...Object.fromEntries(others), OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox' }
  const status = await runChild(context, args, env)
  if (status !== 0) throw new ExitStatus(status)
}

/** Says how to reach the sandbox, and waits for Ctrl-C. */
async function serve(context: Context, box: Sandbox, file: string): Promise<void> {
  await write(context.stdout, `export OS_CLIENT_CONFIG_FILE=${file}\nexport OS_CLOUD=sandbox\n`)
  say(context, `The sandbox answers at ${box.url}. Run the lines above in another shell; Ctrl-C ends it.`)
  if (!context.signal.aborted) {
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve, { once: true }))
  }
}
