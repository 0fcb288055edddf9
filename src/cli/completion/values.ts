import type { Command, Option } from 'commander'
import { FORMATS } from '../../output/format.js'
import { SORT_KEYS } from '../../tasks/list/sort.js'
import { TASK_TYPES } from '../../tasks/task.js'
import { CONTAINER_FORMATS, DISK_FORMATS } from '../../tasks/task-input.js'
import type { Context } from '../context.js'
import { HELP_TOPICS } from '../help/topics.js'
import { valuesOf } from '../options/choices.js'
import type { TypedLine } from './command-line.js'
import type { Candidate } from './offer.js'

/** Candidates; or the names of files, or another command line, which the shell completes. */
export type Values = Candidate[] | 'files' | 'command'

/** What finds the values at run time. Clouds and tasks are loaded on demand, because the code to reach them is long. */
type Find = (line: TypedLine, current: string, context: Context) => Candidate[] | Promise<Candidate[]>

const cloudNames: Find = async (line, _current, context) => (await import('./clouds.js')).cloudNames(line, context)
const regionNames: Find = async (line, _current, context) => (await import('./clouds.js')).regionNames(line, context)
const columns: Find = async (line, current) => (await import('./columns.js')).columnNames(line, current)
const formats: Find = async ({ command }) => {
  const isReport = command?.name() === 'report'
  return namesOf(isReport ? (await import('../options/report-options.js')).REPORT_FORMATS : FORMATS)
}
const taskIds: Find = async (line, _current, context) => (await import('./recent-tasks.js')).recentTasks(line, context)
const sortOrders: Find = (_line, current) =>
  SORT_KEYS.flatMap((key) => (current.startsWith(key) ? orders(key) : [{ value: key }]))
const helpPages: Find = ({ program }) => {
  const commands = program.commands.map((each) => ({ value: each.name(), description: each.description() }))
  return [...commands, ...namesOf(HELP_TOPICS)]
}
const loginMethods: Find = async () => {
  const { AUTH_TYPES } = await import('../../config/auth-types.js')
  return namesOf([...AUTH_TYPES.keys()])
}

function orders(key: string): Candidate[] {
  return [{ value: key }, { value: `${key}:asc` }, { value: `${key}:desc` }]
}

function namesOf(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value }))
}

/** The usual values of options that also accept others. */
export const USUAL_VALUES: Readonly<Record<string, readonly string[]>> = {
  '--sort-key': SORT_KEYS,
  '--type': TASK_TYPES,
  '--disk-format': DISK_FORMATS,
  '--import-from-format': DISK_FORMATS,
  '--container-format': CONTAINER_FORMATS,
  '--os-interface': ['public', 'internal', 'admin'],
  '--os-system-scope': ['all'],
  '--os-access-token-type': ['access_token', 'id_token'],
}

/** Options whose values are found at run time. */
const OPTIONS: Readonly<Record<string, Find>> = {
  '--os-cloud': cloudNames,
  '--os-region-name': regionNames,
  '--from-region': regionNames,
  '--format': formats,
  '--column': columns,
  '--marker': taskIds,
  '--sort': sortOrders,
  '--os-auth-type': loginMethods,
}

/** The values of an option: those of the tables above, or its closed list, or files. */
export async function optionChoices(
  option: Option,
  current: string,
  line: TypedLine,
  context: Context,
): Promise<Values> {
  const name = option.long ?? ''
  const find = OPTIONS[name]
  if (find) return find(line, current, context)
  const values = USUAL_VALUES[name] ?? valuesOf(option)
  if (values !== undefined) return namesOf(values)
  return /<file\b/.test(option.flags) ? 'files' : []
}

/** Arguments by command and name: `clouds name`. Every `id` is a task ID. */
const ARGUMENTS: Readonly<Record<string, Find | 'files' | 'command'>> = {
  'clouds name': cloudNames,
  'help command': helpPages,
  'import source': 'files',
  'sandbox command': 'command',
}

/** The values of the argument at the cursor; undefined if the command takes no further argument. */
export async function argumentValues(line: TypedLine, current: string, context: Context): Promise<Values | undefined> {
  const { command, operands, onlyOperands } = line
  const all = command?.registeredArguments ?? []
  const argument = all[operands.length] ?? all.findLast(({ variadic }) => variadic)
  if (command === undefined || argument === undefined) return undefined
  if (argument.argChoices !== undefined) return namesOf(argument.argChoices)
  const name = argument.name()
  if (name === 'id') {
    const ids = await taskIds(line, current, context)
    return ids.filter(({ value }) => !operands.some((each) => each.toLowerCase() === value.toLowerCase()))
  }
  const values = ARGUMENTS[`${command.name()} ${name}`]
  if (values === 'command' && !onlyOperands && operands.length === 0)
    return [{ value: '--', description: argument.description }]
  return typeof values === 'function' ? values(line, current, context) : (values ?? [])
}

/** Whether an option collects several values. */
export function isRepeatable(option: Option, command?: Command): boolean {
  // Only commands that can query all regions accept several clouds.
  if (option.long === '--os-cloud') return command?.options.some(({ long }) => long === '--all-regions') ?? true
  return collected(option).length > 0
}

/** Whether the values of an option can be one comma-separated word. */
export function isList(option: Option): boolean {
  return collected(option).length > 1
}

/** What the parser of an option makes of two values in one word; nothing if it does not collect values. */
function collected(option: Option): unknown[] {
  const [first = 'a', second = 'b'] = option.argChoices ?? []
  try {
    const parsed: unknown = option.parseArg?.(`${first},${second}`, undefined)
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}
