import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import { TASK_STATUSES, TASK_TYPES } from '../../tasks/task.js'
import { meantBy } from '../options/choices.js'
import type { UserShell } from '../user-shell.js'
import { asWord, inQuotes, isFileName, isNoun, isTaskId, isTime, isUrl, isVerb } from './words.js'

/** The error for arguments that a command does not accept. Its hint shows what the first one probably means. */
export function excessArguments(command: Command, argv: readonly string[], shell: UserShell): UsageError {
  const name = command.name()
  const most = command.registeredArguments.length
  const extra = command.args.slice(most)
  const [word = ''] = extra
  const takes = most === 0 ? 'no arguments' : `only one ${nameOf(command)}`
  return new UsageError(`Unexpected argument ${inQuotes(word)}: ${name} accepts ${takes}.`, {
    hint: isBrokenJson(argv, extra)
      ? `Quote a value that contains spaces: --input '{"key": "value"}'`
      : (meaningOf(word, command, extra, shell) ?? optionsHint(command, shell)),
  })
}

/** Whether the shell has split JSON at its spaces. */
function isBrokenJson(argv: readonly string[], extra: readonly string[]): boolean {
  return argv.some((word) => word.startsWith('{') && !word.endsWith('}')) && extra.some((word) => word.endsWith('}'))
}

/** What a word probably means, as a command line. */
function meaningOf(word: string, command: Command, extra: readonly string[], shell: UserShell): string | undefined {
  const name = command.name()
  const has = (long: string) => command.options.some((option) => option.long === long)
  const use = (...words: string[]) => `Did you mean "glance-tasks ${words.join(' ')}"?`
  const quoted = asWord(word, shell)
  if (name === 'import') {
    if (isUrl(word) || isFileName(word))
      return 'Import one image at a time, or list them in a file: glance-tasks import --from images.yaml'
    return use('import', asWord(command.args[0] ?? '', shell), '--name', quoted)
  }
  if (name === 'create' && isUrl(word)) return use('import', quoted, '--name', 'NAME')
  if (has('--input') && (isFileName(word) || word.startsWith('{') || word === '-'))
    return use(name, '--type import', '--input', quoted)
  const [first = ''] = command.args
  if (name === 'explain' && /^images?$/i.test(first)) return use(name, '--image', quoted)
  if (name === 'clouds' ? isVerb(first) : isNoun(first) && first !== word) return use(name, quoted)
  if (command.registeredArguments.length > 0) return undefined
  if (isNoun(word) && name !== 'create') {
    const ofImages = name === 'list' && /^images?$/i.test(word) ? ' For images, use: openstack image list' : ''
    return use(name) + ofImages
  }
  if (name !== 'create' && isTaskId(word)) return use('get', ...extra.filter(isTaskId))
  for (const [option, values] of [
    ['status', TASK_STATUSES],
    ['type', TASK_TYPES],
  ] as const) {
    if (!has(`--${option}`) || meantBy(word, values) === undefined) continue
    // Also those before: `--status success failure`.
    const before: string[] = command.getOptionValue(option) ?? []
    const all = [...before, ...extra.flatMap((each) => meantBy(each, values) ?? [])]
    return use(name, `--${option}`, [...new Set(all)].join(','))
  }
  if (has('--since') && isTime(word)) return use(name, '--since', word)
  const format = meantBy(word, formatsOf(command))
  if (format !== undefined) return use(name, '-f', format)
  if (['doctor', 'logout'].includes(name)) return use(name, '--os-cloud', quoted)
  return undefined
}

function formatsOf(command: Command): readonly string[] {
  return command.parent?.options.find(({ long }) => long === '--format')?.argChoices ?? []
}

function optionsHint(command: Command, shell: UserShell): string {
  const own = command.options.flatMap(({ long }) => long ?? [])
  const name = command.name()
  if (command.registeredArguments.length > 0)
    return `Use one ${nameOf(command)} at a time: glance-tasks ${name} ${asWord(command.args[0] ?? '', shell)}`
  if (own.length === 0) return `Did you mean "glance-tasks ${name}"?`
  return `Specify the option that it belongs to: ${own.slice(0, 8).join(', ')}${own.length > 8 ? ', ...' : ''}`
}

/** What the only argument of a command is. */
function nameOf(command: Command): string {
  return command.registeredArguments[0]?.name().replace(/^id$/, 'ID') ?? ''
}
