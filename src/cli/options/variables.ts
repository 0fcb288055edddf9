import type { Command, Option } from 'commander'
import { SETTINGS } from '../../config/setting-table.js'
import { UsageError } from '../../errors.js'
import { nearest } from '../../nearest.js'
import type { Context } from '../context.js'
import { warning } from '../terminal/say.js'
import type { CommonOptions } from './common-options.js'

// commander's Option.env() would bypass the context, and set a flag also for the value 0.

const PREFIX = 'GLANCE_TASKS_'
/** Variables that set no option. */
const OTHER_VARIABLES = [`${PREFIX}PAGER`]
/** Variables of this project's own tests. */
const OF_TESTS = 'GLANCE_TASKS_TEST_'

/** An option of every command, and the variable that sets it. */
export interface OptionVariable {
  option: Option
  /** Such as `GLANCE_TASKS_MAX_WIDTH`. */
  name: string
}

const OF_THE_CLOUD = new Set(SETTINGS.flatMap(({ option }) => option ?? []))

/** The variables of the options of every command, except those of the cloud, which have OS_* variables. */
export function optionVariables(program: Command): OptionVariable[] {
  return program.options
    .filter((option) => !option.name().startsWith('os-') && !OF_THE_CLOUD.has(option.name()) && !isVersion(option))
    .map((option) => ({ option, name: PREFIX + option.name().toUpperCase().replaceAll('-', '_') }))
}

function isVersion({ long }: Option): boolean {
  return long === '--version'
}

/**
 * Sets the options that the command line does not set from their variables.
 *
 * @param ignored the names of variables that the command cannot use
 * @returns the error for the first invalid value. The other options are set nevertheless.
 */
export function readVariables(
  program: Command,
  env: Context['env'],
  ignored: readonly string[] = [],
): UsageError | undefined {
  let problem: UsageError | undefined
  for (const variable of optionVariables(program)) {
    const { option, name } = variable
    const text = env[name]?.trim()
    const key = option.attributeName()
    const source = program.getOptionValueSource(key)
    // An empty variable counts as unset.
    if (!text || ignored.includes(name) || (source !== undefined && source !== 'default')) continue
    try {
      const value = parsedValue(variable, text)
      if (value !== undefined) program.setOptionValueWithSource(key, value, 'env')
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      problem ??= inVariable(error, variable)
    }
  }
  return problem
}

/** The value that a text gives an option; undefined for a flag that it leaves unset. */
function parsedValue({ option, name }: OptionVariable, text: string): unknown {
  if (option.required || option.optional) return option.parseArg ? option.parseArg(text, undefined) : text
  const word = text.toLowerCase()
  if (ON.includes(word)) return !option.negate
  if (OFF.includes(word)) return undefined
  throw new UsageError(`${name} must be yes or no, not ${JSON.stringify(text)}.`, {
    hint: `Use ${name}=1 for ${option.long}, or unset ${name}.`,
  })
}

const ON = ['1', 'true', 'yes', 'on', 'y']
const OFF = ['0', 'false', 'no', 'off', 'n']

/** The error about an option's value, as an error about the variable that contains it. */
function inVariable({ message, hint }: UsageError, { option, name }: OptionVariable): UsageError {
  const { long = '' } = option
  return new UsageError(message.replaceAll(long, name), { hint: hint?.replaceAll(`${long} `, `${name}=`) })
}

/**
 * The variable that set an option which the command cannot use. It is a default for all commands, so this command ignores it.
 * Undefined for other errors, and if the command line set the option.
 */
export function unusableVariable(error: unknown, program: Command): OptionVariable | undefined {
  const keys = error instanceof UsageError ? error.unusable : []
  const key = keys.find((each) => program.getOptionValueSource(each) === 'env')
  return optionVariables(program).find(({ option }) => option.attributeName() === key)
}

/** Adds to an error about an option that a variable has set which variable this is. */
export function withVariable(error: unknown, program: Command, env: Context['env']): unknown {
  if (!(error instanceof UsageError)) return error
  const { message, hint, remedy } = error
  const variable = optionVariables(program).find(
    ({ option }) => program.getOptionValueSource(option.attributeName()) === 'env' && isAbout(message, option),
  )
  if (variable === undefined) return error
  const { name } = variable
  return new UsageError(`${message} It comes from the variable ${name}=${env[name]}.`, { hint, remedy })
}

/** Whether a message names an option: `-f shell` or `--format`, and `Unknown column`. */
function isAbout(message: string, option: Option): boolean {
  const names = [option.short, option.long, ...(option.long === '--column' ? ['column'] : [])]
  return new RegExp(`(?<![\\w-])(${names.filter((name) => name !== undefined).join('|')})(?![\\w-])`).test(message)
}

/** Warns about variables that look like ours and set nothing. */
function warnOfUnknown(context: Context, program: Command): void {
  const known = [...optionVariables(program).map(({ name }) => name), ...OTHER_VARIABLES]
  for (const name of Object.keys(context.env)) {
    if (!name.startsWith(PREFIX) || name.startsWith(OF_TESTS) || known.includes(name)) continue
    // Without the prefix, which would make all names similar.
    const meant = nearest(
      name.slice(PREFIX.length),
      known.map((each) => each.slice(PREFIX.length)),
    )
    const hint = meant === undefined ? 'glance-tasks help options lists them.' : `Did you mean ${PREFIX}${meant}?`
    warning(context, program.opts<CommonOptions>(), `Unknown variable ${name}. ${hint}`)
  }
}

/**
 * Sets options from their variables before a command runs.
 *
 * @param ignored the names of variables that the command cannot use; if there are any, the command has been started before
 * @throws UsageError for an invalid value
 */
export function applyVariables(program: Command, context: Context, ignored: readonly string[]): void {
  const problem = readVariables(program, context.env, ignored)
  if (problem) throw problem
  if (ignored.length === 0) warnOfUnknown(context, program)
}
