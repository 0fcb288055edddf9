import type { Command, Option } from 'commander'
import { UsageError } from '../../errors.js'
import { isSecretKey } from '../../http/mask.js'
import { nearest } from '../../nearest.js'
import { meantBy } from '../options/choices.js'
import type { UserShell } from '../user-shell.js'
import { FOREIGN, SENTENCES } from './foreign-options.js'
import { asWord, isFileName } from './words.js'

/** Where an unknown option was found. */
export interface FoundIn {
  command: Command
  program: Command
  argv: readonly string[]
  shell: UserShell
}

/** The error for an option that a command does not have. @param word as it is written, with `=VALUE` or ` VALUE` */
export function unknownOption(word: string, found: FoundIn): UsageError {
  const [flag = ''] = word.split(/[=\s]/, 1)
  const { command, program } = found
  if (
    word !== flag &&
    [...command.options, ...program.options].some(({ long, short }) => flag === long || flag === short)
  ) {
    if (word.startsWith(`${flag}=`))
      return new UsageError(`${flag} does not accept a value.`, { hint: didYouMean(flag) })
    // As in a list of arguments in YAML.
    return new UsageError(`${flag} and its value are one argument.`, {
      hint: `Separate them into two arguments, or write ${flag}=VALUE.`,
    })
  }
  const of = command === program ? '' : ` of ${command.name()}`
  return new UsageError(`Unknown option ${flag}${of}.`, { hint: hintFor(flag, givenValue(word, flag, found), found) })
}

/** The value that follows the option; undefined if there is none, if it may be the command, or if it is a secret. */
function givenValue(word: string, flag: string, { argv, command, program }: FoundIn): string | undefined {
  if (isSecretKey(flag)) return undefined
  if (word !== flag) return word.slice(flag.length + 1)
  if (command === program) return undefined
  const next = argv[argv.indexOf(word) + 1]
  return next?.startsWith('-') ? undefined : next
}

function hintFor(flag: string, value: string | undefined, found: FoundIn): string {
  const { command, program, argv, shell } = found
  const name = command.name()
  const options = [...command.options, ...program.options]
  if (name === 'sandbox' && argv.indexOf(command.args[0] ?? '') < argv.findIndex((word) => word.startsWith(flag))) {
    const [first] = command.args
    if (first !== undefined && !first.startsWith('-')) {
      const own = isCommand(first, program) ? 'glance-tasks ' : ''
      return `Write -- before the command: glance-tasks sandbox -- ${own}${asWord(first, shell)} ...`
    }
  }
  if (isFileName(flag) && command.registeredArguments.length > 0)
    return `If it is a file, write: ./${asWord(flag, shell)}`
  if (value === 'wide' && has(options, '--long')) return didYouMean('--long')
  if (['-o', '--output', '--out', '--fmt'].includes(flag)) return didYouMean(`-f ${formatMeant(value, options)}`)
  const sentence = sentenceFor(flag, name) ?? sentenceFor(flag, '*')
  const foreign = (Object.hasOwn(FOREIGN, flag) ? FOREIGN[flag] : undefined)?.find((each) => has(options, each))
  if (sentence !== undefined) return sentence
  if (foreign !== undefined) {
    const option = options.find(({ long }) => long === foreign)
    return didYouMean(option ? withValue(option, value, shell) : foreign)
  }
  const near = nearestOption(flag, options)
  if (near) return didYouMean(withValue(near, value, shell))
  return command === program ? beforeCommand(flag, found) : own(command)
}

/** The hint for an unknown option before the command. Only the common options are allowed there. */
function beforeCommand(flag: string, { program, argv }: FoundIn): string {
  const name = argv.find((word) => isCommand(word, program))
  if (name !== undefined) return `Write the option after its command: glance-tasks ${name} ${flag} ...`
  return 'Try: glance-tasks list. List the common options with: glance-tasks help options'
}

function isCommand(word: string, program: Command): boolean {
  return program.commands.some((each) => each.name() === word || each.aliases().includes(word))
}

/** The only option that begins with a text, or the most similar one. */
function nearestOption(flag: string, options: readonly Option[]): Option | undefined {
  const [only, ...others] = options.filter(({ long }) => flag.length >= MIN_BEGINNING && long?.startsWith(flag))
  if (only && others.length === 0) return only
  const near = nearest(
    flag,
    options.flatMap(({ long }) => long ?? []),
  )
  return options.find(({ long }) => near !== undefined && long === near)
}

/** The length of `--po`. */
const MIN_BEGINNING = 4

function sentenceFor(flag: string, command: string): string | undefined {
  const sentences = Object.hasOwn(SENTENCES, command) ? SENTENCES[command] : undefined
  return Object.entries(sentences ?? {}).find(([flags]) => flags.split(' ').includes(flag))?.[1]
}

function has(options: readonly Option[], meant: string): boolean {
  return options.some(({ long }) => long === meant.split(' ', 1)[0])
}

/** `--limit 5`, or the option alone if it takes no value or none was given, or if its value is a secret. */
function withValue({ long = '', required }: Option, value: string | undefined, shell: UserShell): string {
  return required && value !== undefined && !isSecretKey(long) ? `${long} ${asWord(value, shell)}` : long
}

function formatMeant(value: string | undefined, options: readonly Option[]): string {
  const formats = options.find(({ long }) => long === '--format')?.argChoices ?? []
  return meantBy(value ?? '', formats) ?? 'json'
}

function didYouMean(text: string): string {
  return `Did you mean "${text}"?`
}

/** The command's own options. */
function own(command: Command): string {
  const flags = command.options.flatMap(({ long, hidden }) => (hidden || long === undefined ? [] : long))
  const common = 'for the common options, run: glance-tasks help options'
  if (flags.length === 0) return `${command.name()} has no options of its own; ${common}`
  return `The options of ${command.name()} are: ${flags.join(', ')}; ${common}`
}
