import type { Command, Option } from 'commander'
import { UsageError } from '../../errors.js'

/**
 * Checks that each option of a command has a value. Options of the program are recognised everywhere: in
 * `--name --os-auth-url=URL`, commander reads the second word as an option, even if a script has inserted it as the name. The
 * password would then go to another host.
 *
 * @throws UsageError
 */
export function checkValues(program: Command, command: Command, argv: readonly string[]): void {
  const end = argv.indexOf('--')
  const words = end === -1 ? argv : argv.slice(0, end)
  const isIn = (options: readonly Option[], flag: string) =>
    options.some(({ long, short }) => long === flag || short === flag)
  const isProgramOption = (word: string) =>
    isIn(program.options, word.startsWith('--') ? word.replace(/=.*/s, '') : word.slice(0, 2))
  const lost = command.options.find(
    (option) =>
      option.required && words.some((word, at) => isIn([option], word) && isProgramOption(words[at + 1] ?? '')),
  )
  if (!lost) return
  throw new UsageError(`${lost.long} requires a value.`, {
    hint: `If the value begins with a dash, write ${lost.long}=VALUE.`,
  })
}
