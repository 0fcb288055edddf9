import { CommanderError } from 'commander'
import type { Context } from './context.js'
import { EXIT, ExitStatus } from './exit-status.js'
import type { CommonOptions } from './options/common-options.js'
import { createProgram, usageErrorOf } from './program.js'
import { report } from './terminal/report.js'
import { ReaderGone, write } from './terminal/stdout.js'

export { systemClock } from '../http/clock.js'

/** Runs a command line and resolves to its exit status. Never rejects. `argv` does not include the program name. */
export async function main(argv: readonly string[], context: Context): Promise<number> {
  let help = ''
  const program = createProgram(context, (text) => {
    help += text
  })
  // Only if there is help to print: opening stdout takes time.
  const printHelp = () => (help === '' ? undefined : write(context.stdout, help))
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' }).finally(printHelp)
    return EXIT.done
  } catch (thrown) {
    if (thrown instanceof ReaderGone) return EXIT.done
    if (thrown instanceof ExitStatus) return thrown.status
    const error = thrown instanceof CommanderError ? usageErrorOf(thrown) : thrown
    if (error === undefined) return EXIT.done
    return report(context, error, program.opts<CommonOptions>())
  }
}
