import { UsageError } from '../../errors.js'
import { shellQuoted } from '../../shell-words.js'
import type { Column } from '../columns.js'
import type { FormatWriter } from '../format.js'
import { encodable, visibleLines } from '../text.js'
import { cellText } from '../value-text.js'

/**
 * Assignments for `eval` in any POSIX shell. They execute nothing: every value is in single quotes. A column whose name comes from
 * the server has its own `variable`, so that a server cannot set one with a meaning (`PATH`, `IFS`, `http_proxy`, zsh's
 * `path` and `prompt`).
 */
export const shell: FormatWriter = {
  list() {
    throw new UsageError('-f shell cannot print a list.', { hint: 'Use -f value or -f json.' })
  },
  one(row, { columns }, { terminal }) {
    const taken = new Set<string>()
    return columns
      .map((column) => `${variableOf(column, taken)}=${quote(cellText(column.get(row)), terminal)}\n`)
      .join('')
  },
}

function variableOf({ name, variable: text = name }: Column, taken: Set<string>): string {
  let variable = text.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')
  // Two keys can result in the same name (`a-b` and `a_b`). Keep both.
  while (taken.has(variable)) variable += '_'
  taken.add(variable)
  return variable
}

function quote(text: string, terminal: boolean): string {
  return shellQuoted(terminal ? visibleLines(text) : encodable(text).replaceAll('\0', '\\u0000'))
}
