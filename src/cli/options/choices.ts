import type { Argument, Command, Option } from 'commander'
import { UsageError } from '../../errors.js'
import { nearest } from '../../nearest.js'
import { gather } from './option-values.js'

/**
 * Lets the options and arguments of a command that have a fixed list of values (commander's `argChoices`) accept them in any letter
 * case, and suggest the value that was probably meant. commander itself compares exactly and suggests nothing.
 */
export function acceptAnyCase(command: Command): void {
  for (const option of command.options) tolerate(option, `${option.long ?? option.flags} does not accept`)
  for (const argument of command.registeredArguments) tolerate(argument, `Unknown ${argument.name()}`)
}

/** @param refusal how the error for another value begins */
function tolerate(option: Option | Argument, refusal: string): void {
  const { argChoices, parseArg } = option
  if (argChoices === undefined || parseArg === undefined) return
  const isList = parseArg === gather
  option.argParser((text: string, before: unknown) => {
    const values = isList ? gather(text) : [text.trim()]
    return parseArg(values.map((value) => choiceOf(refusal, value, argChoices)).join(','), before)
  })
}

/** The choice that a text names, in any letter case. @throws UsageError with the choices */
function choiceOf(refusal: string, text: string, choices: readonly string[]): string {
  const choice = spelled(text, choices)
  if (choice !== undefined) return choice
  const meant = meantBy(text, choices)
  throw new UsageError(`${refusal} ${JSON.stringify(text)}.`, {
    hint: `${meant === undefined ? '' : `Did you mean "${meant}"? `}Its values are: ${choices.join(', ')}.${refusal.startsWith('--format ') ? notAFormat(text) : ''}`,
  })
}

/** What a value of --format means that belongs to another option, as the end of a hint. */
function notAFormat(text: string): string {
  const about = ' These are formats of the output.'
  if (/^(qcow2|raw|iso|vmdk|vhdx?|vdi|ploop|a[mrk]i)$/i.test(text))
    return `${about} Did you mean "--disk-format ${text}"?`
  if (/[/\\]|\.\w+$/.test(text)) return `${about} To read a file, use --input (create) or --from (import).`
  return ''
}

/** A known value as it is spelled, from a text in any letter case, with `-` or `_`. Undefined for an unknown value. */
export function spelled(text: string, known: readonly string[]): string | undefined {
  return known.find((each) => plain(each) === plain(text))
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll('-', '_')
}

/** Words that other tools use or people expect, and the value that they mean here. */
const SYNONYMS: Readonly<Record<string, string>> = {
  // Statuses.
  error: 'failure',
  errored: 'failure',
  fail: 'failure',
  failed: 'failure',
  ko: 'failure',
  complete: 'success',
  completed: 'success',
  done: 'success',
  finished: 'success',
  ok: 'success',
  succeeded: 'success',
  successful: 'success',
  importing: 'processing',
  in_progress: 'processing',
  active: 'processing',
  running: 'processing',
  started: 'processing',
  new: 'pending',
  queued: 'pending',
  waiting: 'pending',
  // Formats.
  ndjson: 'jsonl',
  json_lines: 'jsonl',
  plain: 'value',
  text: 'value',
  tsv: 'csv',
  yml: 'yaml',
  metrics: 'prometheus',
  // Types and methods.
  import_image: 'import',
  glance_direct: 'api_image_import',
  web_download: 'api_image_import',
  upload: 'glance-direct',
  url: 'web-download',
  // Others.
  ascending: 'asc',
  descending: 'desc',
  project: 'owner',
  tenant: 'owner',
  on: 'always',
  yes: 'always',
  pwsh: 'powershell',
}

/** The value that a text probably means: a synonym, the beginning of a single value, or the most similar value. */
export function meantBy(text: string, known: readonly string[]): string | undefined {
  const synonym = Object.hasOwn(SYNONYMS, plain(text)) ? SYNONYMS[plain(text)] : undefined
  const off = ['no', 'off', 'false'].includes(plain(text)) && known.find((each) => each === 'never' || each === 'none')
  if (off) return off
  if (synonym !== undefined && known.includes(synonym)) return synonym
  const [only, ...others] = known.filter((each) => text.length > 1 && plain(each).startsWith(plain(text)))
  return only !== undefined && others.length === 0 ? only : nearest(text, known)
}

const suggested = new WeakMap<Option, readonly string[]>()

/** Names the usual values of an option that also accepts others. */
export function suggests(option: Option, values: readonly string[]): Option {
  suggested.set(option, values)
  return option
}

/** The values of an option that completion offers: all of them, or the usual ones. Undefined if there are none. */
export function valuesOf(option: Option): readonly string[] | undefined {
  return option.argChoices ?? suggested.get(option)
}
