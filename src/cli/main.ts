import { CommanderError } from 'commander'
import type { Context } from './context.js'
import { EXIT, ExitStatus } from './exit-status.js'
import type { CommandLine } from './mistakes/usage-error.js'
import type { CommonOptions } from './options/common-options.js'
import { readVariables, withVariable } from './options/variables.js'
import { withPager } from './pager/with-pager.js'
import { createProgram } from './program.js'
import { eventLine, inSeconds } from './progress/event-line.js'
import { printError } from './terminal/print-error.js'
import { say } from './terminal/say.js'
import { ReaderGone, write } from './terminal/stdout.js'

export { systemClock } from '../http/clock.js'

/** Runs a command line and resolves to its exit status. Never rejects. `argv` does not include the program name. */
export async function main(argv: readonly string[], context: Context): Promise<number> {
  // From a completion script, at each press of Tab.
  if (argv[0] === '__complete') {
    await (await import('./completion/complete.js')).complete(argv.slice(1), context)
    return EXIT.done
  }
  let help = ''
  const program = createProgram(context, (text) => {
    help += text
  })
  const startedAt = context.monotonic()
  const printHelp = () => (help === '' ? undefined : print(context, help, program.opts<CommonOptions>()))
  const parsing = program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' })
  const status = await statusOf(context, { program, argv }, parsing.finally(printHelp))
  const { progress, quiet } = program.opts<CommonOptions>()
  if (progress === 'json' && !quiet) {
    const seconds = inSeconds(context.monotonic() - startedAt)
    say(context, eventLine(context.now(), { event: 'ended', scope: 'command', exit_status: status, seconds }))
  }
  return status
}

/** Prints help, through a pager if it is not just a line, such as the version. */
async function print(context: Context, text: string, options: CommonOptions): Promise<void> {
  // Opening the stream of stdout takes time.
  const rest = context.writeWithoutStream?.(text) ?? text
  if (rest.length === 0) return
  if (text.trimEnd().includes('\n')) await withPager(context, options, (paged) => write(paged.stdout, rest))
  else await write(context.stdout, rest)
}

/** The exit status of a run, after its error was printed. */
async function statusOf(context: Context, line: CommandLine, run: Promise<unknown>): Promise<number> {
  try {
    await run
    return EXIT.done
  } catch (thrown) {
    if (thrown instanceof ReaderGone) return EXIT.done
    if (thrown instanceof ExitStatus) return thrown.status
    // commander printed the help or the version.
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.done
    const { program } = line
    readVariables(program, context.env)
    return printError(context, await explained(thrown, line, context), program.opts<CommonOptions>())
  }
}

/** The error to report. For a mistake in the command line, it says what was probably meant. */
async function explained(error: unknown, line: CommandLine, { env }: Context): Promise<unknown> {
  // Loaded on demand: it is as long as some commands.
  if (error instanceof CommanderError) return (await import('./mistakes/usage-error.js')).usageErrorOf(error, line)
  return withVariable(error, line.program, env)
}
