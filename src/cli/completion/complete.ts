import type { Context } from '../context.js'
import { readVariables } from '../options/variables.js'
import { createProgram, loadCommand } from '../program.js'
import { write } from '../terminal/stdout.js'
import { readCommandLine } from './command-line.js'
import { NOTHING, type Offer } from './offer.js'
import { offerAt } from './offers.js'
import { answerFor } from './shells/index.js'

/**
 * Answers one press of Tab, for the scripts that `glance-tasks completion` prints: `glance-tasks __complete SHELL … -- WORD…`. Prints
 * nothing on stderr and never fails: an error message would land in the middle of the command line that the user types.
 *
 * @param argv the arguments after `__complete`
 */
export async function complete(argv: readonly string[], context: Context): Promise<void> {
  const [shell = '', ...args] = argv
  // The command itself reports an error when the user runs it.
  const answer = await answerFor(shell, args, (words, current) =>
    completeLine(words, current, context).catch(() => NOTHING),
  )
  await write(context.stdout, answer).catch(() => {})
}

/** Completes a command line of this program, or of this program in the sandbox. */
async function completeLine(words: readonly string[], current: string, context: Context): Promise<Offer> {
  const program = createProgram(context, () => {})
  readVariables(program, context.env)
  const line = await readCommandLine(words, program, (command) => loadCommand(command, context))
  if (line === undefined) return NOTHING
  const [inner, ...rest] = line.operands
  if (line.command?.name() === 'sandbox' && line.onlyOperands && inner === program.name()) {
    return completeLine(rest, current, context)
  }
  return offerAt(line, current, context)
}
