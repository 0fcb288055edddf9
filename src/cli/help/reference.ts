import type { Argument, Command, Option } from 'commander'
import { SORT_KEYS } from '../../tasks/list/sort.js'
import { USUAL_VALUES } from '../completion/values.js'
import { valuesOf } from '../options/choices.js'
import { helpOf } from './command-help.js'
import { optionDescription } from './layout.js'
import { commonOptions, loginOptions } from './topics.js'
import { variablesOf } from './variables.js'

/** An argument or an option. */
export interface ReferenceEntry {
  /** As a user types it: `-f, --format <format>`. */
  term: string
  description: string
  /** Its values, if there are only a few, or the usual ones. */
  values: readonly string[]
  /** The environment variable that sets it. */
  variable: string | undefined
}

/** Options under one heading. */
export interface OptionGroup {
  title: string
  options: ReferenceEntry[]
}

/** What the documents say about a command. */
export interface CommandReference {
  name: string
  aliases: readonly string[]
  /** What it does, without a full stop. */
  summary: string
  /** How it is called: `glance-tasks get [options] <id...>`. */
  usage: string
  arguments: ReferenceEntry[]
  groups: OptionGroup[]
  examples: readonly string[]
  details: readonly string[]
  pages: readonly string[]
}

/** What the documents say about the program. */
export interface Reference {
  commands: CommandReference[]
  /** The options of every command. */
  common: OptionGroup[]
  /** The options that choose a cloud and log in. */
  login: OptionGroup
}

/** Reads what the documents say from the command tree. Every command must be defined. */
export function referenceOf(program: Command): Reference {
  const variableOf = variablesOf(program)
  const withVariable = (option: Option) => entryOf(option, variableOf(option))
  return {
    commands: program.commands.filter((command) => command.name() !== 'help').map(commandReference),
    common: groupsOf(commonOptions(program), withVariable),
    login: { title: 'Login', options: loginOptions(program).map(withVariable) },
  }
}

function commandReference(command: Command): CommandReference {
  const help = helpOf(command)
  if (!help) throw new Error(`${command.name()}: define() must call addHelp() (src/cli/help/command-help.ts).`)
  return {
    name: command.name(),
    aliases: command.aliases(),
    summary: command.description(),
    usage: command.createHelp().commandUsage(command).replace('glance-tasks glance-tasks', 'glance-tasks'),
    arguments: command.registeredArguments.map(argumentEntry),
    groups: groupsOf(
      command.options.filter(({ hidden }) => !hidden),
      (option) => entryOf(option, undefined),
    ),
    examples: help.examples,
    details: help.details ?? [],
    pages: help.pages ?? [],
  }
}

function groupsOf(options: readonly Option[], entry: (option: Option) => ReferenceEntry): OptionGroup[] {
  const titles = [...new Set(options.map(titleOf))]
  return titles.map((title) => ({ title, options: options.filter((each) => titleOf(each) === title).map(entry) }))
}

function titleOf({ helpGroupHeading = 'Options:' }: Option): string {
  return helpGroupHeading.replace(/:$/, '')
}

function entryOf(option: Option, variable: string | undefined): ReferenceEntry {
  const long = option.long ?? ''
  const values = [...(valuesOf(option) ?? USUAL_VALUES[long] ?? []), ...(long === '--sort' ? ORDERS : [])]
  return { term: option.flags, description: optionDescription(option), values: values.map(withoutColon), variable }
}

/** The values of --sort are combinations of these. */
const ORDERS = [...SORT_KEYS, 'asc', 'desc']

/** A value that must be continued, such as `sha256:HEX`, ends with a colon. */
function withoutColon(value: string): string {
  return value.replace(/:$/, '')
}

function argumentEntry(argument: Argument): ReferenceEntry {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`
  const { required, description, argChoices: values = [] } = argument
  return { term: required ? `<${name}>` : `[${name}]`, description, values, variable: undefined }
}
