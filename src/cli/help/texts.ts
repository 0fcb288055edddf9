import type { Command } from 'commander'
import { VERSION } from '../../version.js'
import type { Context } from '../context.js'
import { createProgram, loadCommand } from '../program.js'

/** What the program prints of itself where no terminal sets the width. The build writes it to dist/, for bin/help-text.js. */
export interface HelpTexts {
  version: string
  /** The help of the program. */
  program: string
  /** The help of each command, by its name and its aliases. */
  commands: Record<string, string>
}

/** Prints the help of the program and of each command. */
export async function helpTexts(): Promise<HelpTexts> {
  // Of a context, the help needs only the width of the output: none.
  const context = { stdout: {} } as Context
  let printed = ''
  const program = createProgram(context, (text) => {
    printed += text
  })
  const textOf = (command: Command) => {
    printed = ''
    command.outputHelp()
    return printed
  }
  const texts: HelpTexts = { version: `${VERSION}\n`, program: textOf(program), commands: {} }
  // Only now, because a run loads no command either before it prints the help of the program.
  for (const command of program.commands) {
    await loadCommand(command, context)
    for (const name of [command.name(), ...command.aliases()]) texts.commands[name] = textOf(command)
  }
  return texts
}
