import { UsageError } from '../errors.js'
import { shellQuoted } from '../shell-words.js'
import { COLUMN_NAMES } from './columns.js'
import type { FormatWriter } from './format.js'
import { encodable, visibleLines } from './text.js'
import { cellText } from './value-text.js'

/**
 * Assignments that `eval` of any POSIX shell reads and that run nothing: every value stands in single quotes. Keys of
 * Glance keep their name; any other key, which a server could make up, becomes `task_…`, so that it cannot set a
 * variable that a shell or a program obeys (`PATH`, `IFS`, `http_proxy`, zsh's `path` and `prompt`).
 */
export const shell: FormatWriter = {
  list() {
    throw new UsageError('The shell format shows one task only.', {
      hint: 'Use -f value or -f json for several tasks.',
    })
  },
  one(task, columns, { terminal }) {
    const taken = new Set<string>()
    return columns.map(({ name, get }) => `${variable(name, taken)}=${quote(cellText(get(task)), terminal)}\n`).join('')
  },
}

const TRUSTED = new Set(COLUMN_NAMES)

function variable(name: string, taken: Set<string>): string {
  const head = name.split('.', 1)[0] ?? ''
  let variable = name.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')
  if (!TRUSTED.has(head)) variable = `task_${variable}`
  // Two keys may come to the same name (`a-b` and `a_b`): none may be lost.
  while (taken.has(variable)) variable += '_'
  taken.add(variable)
  return variable
}

function quote(text: string, terminal: boolean): string {
  return shellQuoted(terminal ? visibleLines(text) : encodable(text).replaceAll('\0', '\\u0000'))
}
