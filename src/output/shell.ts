import { UsageError } from '../errors.js'
import { shellQuoted } from '../shell-words.js'
import { COLUMN_NAMES } from './columns.js'
import type { FormatWriter } from './format.js'
import { encodable, visibleLines } from './text.js'
import { cellText } from './value-text.js'

/**
 * Assignments for `eval` in any POSIX shell. They execute nothing: every value is in single quotes. Well-known keys keep their
 * names; any other key becomes `task_…`, so that a server cannot set a variable with a meaning (`PATH`, `IFS`, `http_proxy`,
 * zsh's `path` and `prompt`).
 */
export const shell: FormatWriter = {
  list() {
    throw new UsageError('-f shell can print one task only.', {
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
  // Two keys can result in the same name (`a-b` and `a_b`). Keep both.
  while (taken.has(variable)) variable += '_'
  taken.add(variable)
  return variable
}

function quote(text: string, terminal: boolean): string {
  return shellQuoted(terminal ? visibleLines(text) : encodable(text).replaceAll('\0', '\\u0000'))
}
