import type { Complete } from '../offer.js'
import { bash } from './bash.js'
import { fish } from './fish.js'
import { powershell } from './powershell.js'
import { zsh } from './zsh.js'

/** How a shell completes. */
export interface Shell {
  /** The script that sets it up. At each press of Tab, it calls the program and reads the answer. */
  script: string
  /**
   * Answers the script. The first line of an answer says what it is: `values` and `nospace` are followed by candidates, `files` and
   * `command` leave the rest to the shell.
   *
   * @param args what the script passes
   */
  answer(args: readonly string[], complete: Complete): Promise<string>
}

const TABLE = { bash, zsh, fish, powershell } satisfies Record<string, Shell>

/** The name of a shell with completion. */
export type ShellName = keyof typeof TABLE

/** The shells with completion. */
export const SHELLS = Object.keys(TABLE) as ShellName[]

/** The completion script of a shell. */
export function scriptFor(shell: ShellName): string {
  return TABLE[shell].script
}

/** The answer to the script of a shell; nothing for an unknown shell. */
export async function answerFor(shell: string, args: readonly string[], complete: Complete): Promise<string> {
  return Object.hasOwn(TABLE, shell) ? TABLE[shell as ShellName].answer(args, complete) : ''
}
