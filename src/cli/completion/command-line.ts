import { type Command, Help, type Option } from 'commander'

/** What the words before the cursor mean. */
export interface TypedLine {
  program: Command
  /** The command that they name; undefined if there is none yet. */
  command: Command | undefined
  /** The words after the command that are neither options nor their values. */
  operands: string[]
  given: readonly GivenOption[]
  /** The option whose value the cursor's word is. */
  awaiting: Option | undefined
  /** Whether `--` has ended the options. */
  onlyOperands: boolean
}

/** An option of the command line, and its value if it takes one. */
export interface GivenOption {
  option: Option
  value?: string | undefined
}

/**
 * Reads the words before the cursor as commander does: options can be anywhere, as `--format json`, `--format=json`, `-f json`,
 * `-fjson` or `-qv`.
 *
 * @param load lets a command define its options and arguments.
 * @returns undefined after an unknown command.
 */
export async function readCommandLine(
  words: readonly string[],
  program: Command,
  load: (command: Command) => Promise<void>,
): Promise<TypedLine | undefined> {
  const given: GivenOption[] = []
  const operands: string[] = []
  let command: Command | undefined
  let awaiting: Option | undefined
  let onlyOperands = false
  for (const word of words) {
    if (awaiting !== undefined) {
      given.push({ option: awaiting, value: word })
      awaiting = undefined
    } else if (!onlyOperands && word === '--') {
      onlyOperands = true
    } else if (!onlyOperands && /^-./.test(word)) {
      const read = readOptions(word, optionsOf(program, command))
      for (const each of read.given) given.push(each)
      awaiting = read.awaiting
    } else if (command === undefined) {
      command = commandNamed(word, program)
      if (command === undefined) return undefined
      await load(command)
    } else {
      operands.push(word)
    }
  }
  return { program, command, operands, given, awaiting, onlyOperands }
}

function commandNamed(name: string, program: Command): Command | undefined {
  return program.commands.find((each) => each.name() === name || each.aliases().includes(name))
}

/** The options that are possible here, those of the command first. */
export function optionsOf(program: Command, command: Command | undefined): Option[] {
  const help = new Help()
  const common = help.visibleOptions(program)
  if (command === undefined) return common
  const own = help.visibleOptions(command)
  // The version is printed without a command, and the help of a command is its own.
  return [...own, ...common.filter(({ long }) => long !== '--version' && !own.some((each) => each.long === long))]
}

/** The options in one word. */
function readOptions(word: string, options: readonly Option[]): Pick<TypedLine, 'given' | 'awaiting'> {
  const [, long, value] = /^(--[^=]+)(?:=(.*))?$/s.exec(word) ?? []
  if (long === undefined) return readCluster(word.slice(1), options)
  const option = options.find((each) => each.long === long)
  if (option === undefined) return { given: [], awaiting: undefined }
  return takesValue(option) && value === undefined
    ? { given: [], awaiting: option }
    : { given: [{ option, value }], awaiting: undefined }
}

/** Short options in one word: flags, and at the end perhaps one with a value. */
function readCluster(letters: string, options: readonly Option[]): Pick<TypedLine, 'given' | 'awaiting'> {
  const given: GivenOption[] = []
  for (let at = 0; at < letters.length; at++) {
    const option = options.find(({ short }) => short === `-${letters[at]}`)
    if (option === undefined) break
    const rest = letters.slice(at + 1)
    if (!takesValue(option)) given.push({ option })
    else if (rest === '') return { given, awaiting: option }
    else return { given: [...given, { option, value: rest }], awaiting: undefined }
  }
  return { given, awaiting: undefined }
}

/** Whether an option takes a value, and is not a flag. */
export function takesValue({ required, optional }: Option): boolean {
  return required || optional
}

/** The options as commander would store them, with the defaults. Invalid values are left out. */
export function optionValues({ program, command, given }: TypedLine): Record<string, unknown> {
  const values: Record<string, unknown> = { ...program.opts(), ...command?.opts() }
  for (const { option, value } of given) {
    const key = option.attributeName()
    try {
      if (value === undefined) values[key] = !option.negate
      else values[key] = option.parseArg ? option.parseArg(value, values[key]) : value
    } catch {
      // The command will report it.
    }
  }
  return values
}
