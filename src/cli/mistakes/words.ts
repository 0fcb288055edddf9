import { maskText } from '../../http/mask.js'
import { shellWord, type UserShell } from '../user-shell.js'

// What a word on a command line probably is.

/** A task ID, or a prefix that can be nothing else. */
export function isTaskId(word: string): boolean {
  return /^[\da-f]{8}(-[\da-f-]{0,27})?$/i.test(word) || /^[\da-f]{32}$/i.test(word)
}

export function isUrl(word: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(word)
}

/** The name of a file: `input.json`, `./debian.qcow2`. */
export function isFileName(word: string): boolean {
  return /[/\\]/.test(word) || /\.(json|ya?ml|txt|qcow2?|raw|img|iso|vmdk|vdi|vhdx?|gz|xz|zst)$/i.test(word)
}

/** Words that other tools write before a command or an ID: `openstack image task list`, `kubectl get task ID`. */
const NOUNS = ['openstack', 'glance', 'glance-tasks', 'task', 'tasks', 'image', 'images']

export function isNoun(word: string): boolean {
  return NOUNS.includes(word.toLowerCase())
}

/** Words that other tools write after a noun, and that are not needed here: `cloud list`, `config view`. */
export function isVerb(word: string): boolean {
  return ['list', 'ls', 'show', 'get', 'view', 'use', 'use-context', 'current-context'].includes(word.toLowerCase())
}

/** A duration or a time: `24h`, `2026-11-23`. */
export function isTime(word: string): boolean {
  return /^(\d+(\.\d+)?(ms|[smhdw]))+$/i.test(word) || /^\d{4}-\d\d-\d\d/.test(word)
}

/** A word of the user's own command line, in quotes if a shell needs them, and with secrets in URLs masked: a log may keep it. */
export function asWord(word: string, shell: UserShell): string {
  return shellWord(maskText(word), shell)
}

/** A word of the user's own command line in an error, with secrets in URLs masked. */
export function inQuotes(word: string): string {
  return JSON.stringify(maskText(word))
}
