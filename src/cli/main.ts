import { CommanderError } from 'commander'
import { UsageError } from '../errors.js'
import type { Context } from './context.js'
import { EXIT, ExitStatus } from './exit-status.js'
import type { CommandLine } from './mistakes/usage-error.js'
import type { CommonOptions } from './options/common-options.js'
import { checkValues } from './options/lost-value.js'
import { readVariables, unusableVariable, withVariable } from './options/variables.js'
import { withPager } from './pager/with-pager.js'
import { createProgram } from './program.js'
import { eventLine, inSeconds } from './progress/event-line.js'
import { printError } from './terminal/print-error.js'
import { inform, say } from './terminal/say.js'
import { ReaderGone, write } from './terminal/stdout.js'

export { systemClock } from '../http/clock.js'

/** Runs a command line and resolves to its exit status. Never rejects. `argv` does not include the program name. */
export async function main(argv: readonly string[], context: Context): Promise<number> {
  // From a completion script, at each press of Tab.
  if (argv[0] === '__complete') {
    await (await import('./completion/complete.js')).complete(argv.slice(1), context)
    return EXIT.done
  }
  const startedAt = context.monotonic()
  const { status, options } = await runLine(argv, context)
  if (options.progress === 'json' && !options.quiet) {
    const seconds = inSeconds(context.monotonic() - startedAt)
    say(context, eventLine(context.now(), { event: 'ended', scope: 'command', exit_status: status, seconds }))
  }
  return status
}

/** The exit status of a command line, and its options. */
interface Ended {
  status: number
  options: CommonOptions
}

/**
 * Runs a command line. If its command cannot use the value of a GLANCE_TASKS_* variable, runs it once more without the
 * variable: commands check their options before they do anything.
 */
async function runLine(argv: readonly string[], context: Context, ignored: readonly string[] = []): Promise<Ended> {
  let help = ''
  const addHelp = (text: string) => {
    help += text
  }
  const program = createProgram(context, addHelp, ignored)
  // By then, the command has its options.
  program.hook('preSubcommand', (_program, command) => checkValues(program, command, argv))
  const options = () => program.opts<CommonOptions>()
  const printHelp = () => (help === '' ? undefined : print(context, help, options()))
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' }).finally(printHelp)
    return { status: EXIT.done, options: options() }
  } catch (thrown) {
    const variable = unusableVariable(thrown, program)
    if (variable !== undefined) {
      const { name } = variable
      if (options().verbose)
        inform(context, options(), 'debug', `${name}=${context.env[name]} is ignored: ${(thrown as Error).message}`)
      return runLine(argv, context, [...ignored, name])
    }
    return { status: await statusOf(thrown, { program, argv }, context, ignored), options: options() }
  }
}

/** Prints help, through a pager if it is not just a line, such as the version. */
async function print(context: Context, text: string, options: CommonOptions): Promise<void> {
  // Opening the stream of stdout takes time.
  const rest = context.writeWithoutStream?.(text) ?? text
  if (rest.length === 0) return
  if (text.trimEnd().includes('\n')) await withPager(context, options, (paged) => write(paged.stdout, rest))
  else await write(context.stdout, rest)
}

/** The exit status for what a command has thrown, after the error was printed. */
async function statusOf(
  thrown: unknown,
  line: CommandLine,
  context: Context,
  ignored: readonly string[],
): Promise<number> {
  if (thrown instanceof ReaderGone) return EXIT.done
  if (thrown instanceof ExitStatus) return thrown.status
  // commander printed the help or the version.
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.done
  const { program } = line
  readVariables(program, context.env, ignored)
  return printError(context, await explained(thrown, line, context), program.opts<CommonOptions>())
}

/** The error to report. For a mistake in the command line, it says what was probably meant. */
async function explained(error: unknown, line: CommandLine, context: Context): Promise<unknown> {
  // Loaded on demand: it is as long as some commands.
  if (error instanceof CommanderError)
    return (await import('./mistakes/usage-error.js')).usageErrorOf(error, line, context)
  if (error instanceof UsageError && error.hint === undefined && error.remedy === undefined) {
    const { helpHint } = await import('./mistakes/usage-error.js')
    return withVariable(new UsageError(error.message, { hint: helpHint(line.program) }), line.program, context.env)
  }
  return withVariable(error, line.program, context.env)
}
