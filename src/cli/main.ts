import { type Command, CommanderError } from 'commander'
import type { Context } from './context.js'
import { EXIT, ExitStatus } from './exit-status.js'
import type { CommonOptions } from './options/common-options.js'
import { createProgram, usageErrorOf } from './program.js'
import { eventLine } from './progress/event-line.js'
import { report } from './terminal/report.js'
import { say } from './terminal/say.js'
import { ReaderGone, write } from './terminal/stdout.js'

export { systemClock } from '../http/clock.js'

/** Runs a command line and resolves to its exit status. Never rejects. `argv` does not include the program name. */
export async function main(argv: readonly string[], context: Context): Promise<number> {
  let help = ''
  const program = createProgram(context, (text) => {
    help += text
  })
  const startedAt = context.monotonic()
  // Only if there is help to print: opening stdout takes time.
  const printHelp = () => (help === '' ? undefined : write(context.stdout, help))
  const parsing = program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' })
  const status = await statusOf(context, program, parsing.finally(printHelp))
  const { progress, quiet } = program.opts<CommonOptions>()
  if (progress === 'json' && !quiet) {
    const seconds = (context.monotonic() - startedAt) / 1000
    say(context, eventLine(context.now(), { event: 'ended', scope: 'command', exit_status: status, seconds }))
  }
  return status
}

/** The exit status of a run, after its error was printed. */
async function statusOf(context: Context, program: Command, run: Promise<unknown>): Promise<number> {
  try {
    await run
    return EXIT.done
  } catch (thrown) {
    if (thrown instanceof ReaderGone) return EXIT.done
    if (thrown instanceof ExitStatus) return thrown.status
    const error = thrown instanceof CommanderError ? usageErrorOf(thrown) : thrown
    if (error === undefined) return EXIT.done
    return report(context, error, program.opts<CommonOptions>())
  }
}
