import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import { nearest } from '../../nearest.js'
import type { UserShell } from '../user-shell.js'
import { asWord, inQuotes, isFileName, isNoun, isTaskId, isUrl, isVerb } from './words.js'

/** Names that other tools use or people expect, by the command that they mean here. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  list: ['ls', 'all', 'index', 'find', 'search', 'ps'],
  get: ['describe', 'inspect', 'info', 'view', 'cat', 'detail', 'details', 'read'],
  create: ['new', 'add', 'run', 'start', 'submit', 'post'],
  wait: ['follow', 'watch', 'tail', 'poll', 'track'],
  retry: ['restart', 'rerun', 'repeat', 'again', 'redo', 'resubmit'],
  import: ['upload', 'pull', 'download', 'fetch', 'copy', 'web-download', 'create-via-import'],
  explain: ['logs', 'log', 'why', 'debug', 'diagnose', 'reason'],
  report: ['summary', 'stats', 'statistics', 'metrics', 'top'],
  clouds: ['cloud', 'config', 'configuration', 'settings', 'profiles', 'regions'],
  doctor: ['check', 'ping', 'test', 'validate', 'health'],
  logout: ['signout', 'log-out', 'sign-out'],
  sandbox: ['serve', 'server', 'mock', 'fake', 'demo', 'dev'],
  completion: ['completions', 'autocomplete', 'complete'],
  help: ['man', '?', 'usage'],
}

/** Names of commands that do not exist here, and what to do instead. */
const SENTENCES: Readonly<Record<string, string>> = {
  tasks: 'Did you mean "glance-tasks list --image IMAGE_ID"?', // glance image-tasks
  version: 'Use: glance-tasks --version',
  login: 'Every command logs in automatically. Check the login with: glance-tasks doctor',
  auth: 'Every command logs in automatically. Check the login with: glance-tasks doctor',
  status: 'Use "glance-tasks get ID" for one task, or "glance-tasks list" for all.',
  delete: 'Tasks cannot be deleted. Glance deletes ended tasks automatically, after two days by default.',
  cancel: 'Tasks cannot be cancelled. Find out why a task makes no progress with: glance-tasks explain ID',
  update: 'Tasks cannot be changed. Start a new task with: glance-tasks create',
}

const SENTENCE_OF: Readonly<Record<string, string>> = {
  signin: 'login',
  'log-in': 'login',
  token: 'auth',
  state: 'status',
  rm: 'delete',
  remove: 'delete',
  del: 'delete',
  purge: 'delete',
  clean: 'delete',
  prune: 'delete',
  stop: 'cancel',
  kill: 'cancel',
  abort: 'cancel',
  edit: 'update',
  set: 'update',
  modify: 'update',
}

/** The error for a command that does not exist. @param words the command line from this word on */
export function unknownCommand(words: readonly string[], program: Command, shell: UserShell): UsageError {
  const [name = ''] = words
  const [first = '', ...others] = name.split(' ')
  if (others.length > 0 && program.commands.some((each) => each.name() === first)) {
    return new UsageError(`The command ${first} and its options are one argument.`, {
      hint: 'Separate them, for example by removing the quotes around them.',
    })
  }
  return new UsageError(`Unknown command ${inQuotes(name)}.`, { hint: hintFor(words, program, shell) })
}

/** The error for a page of the help that does not exist. */
export function unknownPage(name: string, program: Command, topics: readonly string[]): UsageError {
  const names = [...program.commands.flatMap((each) => [each.name(), ...each.aliases()]), ...topics]
  const meant = synonymOf(name, names) ?? nearest(name, names)
  return new UsageError(`Unknown help topic ${JSON.stringify(name)}.`, {
    hint: meant === undefined ? `The topics are: ${names.join(', ')}.` : didYouMean('help', meant),
  })
}

function hintFor(words: readonly string[], program: Command, shell: UserShell): string {
  const names = program.commands.flatMap((each) => [each.name(), ...each.aliases()])
  const at = words.findIndex((each) => !isNoun(each))
  const verb = words[at]?.replace(/^(task|image)s?-(?=\w)/i, '').toLowerCase()
  if (verb === undefined || verb.startsWith('-')) return didYouMean('list')
  // Only one word more: further ones may contain secrets.
  const line = (name: string) => {
    const isFiller = name === 'clouds' ? isVerb : isNoun
    const next = words.slice(at + 1).find((each) => !isFiller(each))
    return didYouMean(name, next?.startsWith('-') ? undefined : next && asWord(next, shell))
  }
  const known = names.find((each) => each === verb) ?? synonymOf(verb, names)
  if (known !== undefined) {
    const ofImages = isAboutImages(words.slice(0, at + 1), known) ? ` For images, use: openstack image ${known}` : ''
    return line(known) + ofImages
  }
  const sentence = SENTENCES[SENTENCE_OF[verb] ?? verb]
  if (sentence !== undefined) return sentence
  const [word = ''] = words
  if (isTaskId(word)) return didYouMean('get', word)
  if (isUrl(word) || isFileName(word)) return didYouMean('import', `${asWord(word, shell)} --name NAME`)
  const near = nearest(verb, names)
  if (near !== undefined) return line(near)
  return `The commands are: ${program.commands.map((each) => each.name()).join(', ')}.`
}

const WITH_ID = ['get', 'show', 'wait', 'retry', 'explain']

/** @param words the arguments */
function didYouMean(name: string, words = WITH_ID.includes(name) ? 'ID' : ''): string {
  return `Did you mean "${['glance-tasks', name, words].filter(Boolean).join(' ')}"?`
}

function synonymOf(word: string, names: readonly string[]): string | undefined {
  return Object.keys(SYNONYMS).find((name) => names.includes(name) && SYNONYMS[name]?.includes(word))
}

/** Whether the words up to a command ask for the images themselves: `image list`, `image-show`. */
function isAboutImages(words: readonly string[], command: string): boolean {
  const has = (pattern: RegExp) => words.some((word) => word.split('-').some((part) => pattern.test(part)))
  return ['list', 'show'].includes(command) && has(/^images?$/i) && !has(/^tasks?$/i)
}
