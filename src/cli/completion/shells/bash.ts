import { type Candidate, type Complete, isPrefix, startingWith } from '../offer.js'
import { type BashLine, readBashLine } from './bash-words.js'
import type { Shell } from './index.js'

const SCRIPT = `# bash completion for glance-tasks. It needs no other package.

_glance_tasks() {
  local program kind i
  COMPREPLY=()
  # Run only a program with an absolute path, so that nothing in the working directory is executed.
  program=$(type -P glance-tasks) && [[ $program == /* ]] || return 0
  {
    IFS= read -r kind
    mapfile -t COMPREPLY
  } < <("$program" __complete bash "$COMP_TYPE" "\${COLUMNS:-80}" "$2" -- "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  case $kind in
    files) ;; # by -o default
    command) # after "sandbox --"
      for ((i = 1; i < COMP_CWORD; i++)); do [[ \${COMP_WORDS[i]} == -- ]] && break; done
      if declare -F _command_offset >/dev/null; then
        _command_offset $((i + 1))
      elif ((COMP_CWORD == i + 1)); then
        mapfile -t COMPREPLY < <(compgen -c -- "$2" 2>/dev/null)
      fi
      ;;
    nospace) compopt -o nospace +o default ;;
    *) compopt +o default ;;
  esac
}

complete -o default -F _glance_tasks glance-tasks
`

/** bash: the script passes the text up to the cursor, and inserts the lines of the answer as they are. */
export const bash: Shell = {
  script: SCRIPT,
  async answer([type = '', columns = '', replaced = '', , text = ''], complete: Complete) {
    const line = readBashLine(text)
    const offer = await complete(line.words, line.current)
    if (offer.kind !== 'values') return `${offer.kind}\n`
    const candidates = startingWith(
      offer.candidates.map(({ value, description }) => ({ value: offer.head + value, description })),
      line.current,
    )
    const place = { kept: keptPart(line, replaced), quote: line.quote }
    const kind = candidates.length > 0 && candidates.every(isPrefix) ? 'nospace' : 'values'
    const isListed = LISTS.includes(type) && candidates.length > 1
    return textOf([kind, ...(isListed ? listed(candidates, place, Number(columns)) : inserted(candidates, place))])
  },
}

/** Where a value is inserted. */
interface Place extends Pick<BashLine, 'quote'> {
  /** The beginning of the word that stays. */
  kept: string
}

/** readline splits words at more characters than bash, such as `=` and `:`, and replaces only the last part. */
function keptPart({ current, quote }: BashLine, replaced: string): string {
  const part = quote === undefined ? readBashLine(`_ ${replaced}`).current : replaced
  return current.endsWith(part) ? current.slice(0, current.length - part.length) : ''
}

/** The values of COMP_TYPE with which bash shows the candidates and inserts at most what they have in common. */
const LISTS = ['?', '!', '@'].map((character) => `${character.charCodeAt(0)}`)

function inserted(candidates: readonly Candidate[], place: Place): string[] {
  return candidates.flatMap(({ value }) => insertion(value, place) ?? [])
}

/**
 * Values with their descriptions, one a line: bash puts texts next to each other that are shorter than half a line. It prints what it
 * would insert, so a description is not quoted.
 */
function listed(candidates: readonly Candidate[], place: Place, columns: number): string[] {
  const rows = candidates.flatMap(({ value, description = '' }) => {
    const text = insertion(value, place)
    return text === undefined ? [] : [{ text, description }]
  })
  const width = rows.reduce((most, { text }) => Math.max(most, text.length), 0)
  const room = columns - width - 4
  if (room < 10 || rows.every(({ description }) => description === '')) return rows.map(({ text }) => text)
  return rows.map(({ text, description }) => {
    if (description === '') return text
    const shown = description.length > room ? `${description.slice(0, room - 3)}...` : description
    return `${text.padEnd(width)}  (${shown})`.padEnd(columns / 2)
  })
}

/** The text that replaces what readline takes for the word, quoted; undefined if it is not possible inside the open quote. */
function insertion(value: string, { kept, quote }: Place): string | undefined {
  const text = value.slice(kept.length)
  if (quote === undefined) return quotedForBash(text)
  return (quote === '"' ? /["\\$`!]/ : /'/).test(text) ? undefined : text
}

/** Text with a backslash before every character that has a meaning in bash. */
function quotedForBash(text: string): string {
  return text.replaceAll(/[^\w.:=@%+,/\p{L}\p{N}-]/gu, '\\$&')
}

function textOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}
