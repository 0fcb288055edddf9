import { isPrefix } from '../offer.js'
import type { Shell } from './index.js'

// compadd, behind _describe, quotes what it inserts, and selects the candidates that match the word by the user's own rules.
const SCRIPT = `#compdef glance-tasks
# zsh completion for glance-tasks.

_glance-tasks() {
  local program=$commands[glance-tasks] kind head
  local -a answer more
  # Run only a program with an absolute path, so that nothing in the working directory is executed.
  [[ $program == /* ]] || return 1
  answer=("\${(@f)$("$program" __complete zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  kind=$answer[1] head=$answer[2]
  shift $(( $#answer < 2 ? $#answer : 2 )) answer
  [[ $kind == command ]] && { compset -N -- && _normal; return }
  [[ -z $head ]] || compset -P "\${(b)head}" || return 1
  case $kind in
    files) _files ;;
    nospace) more=(-S '') ;&
    values) (( $#answer )) && _describe -V glance-tasks answer "$more[@]" ;;
    *) return 1 ;;
  esac
}

if [[ $funcstack[1] == _glance-tasks ]]; then
  _glance-tasks "$@" # loaded from a directory of fpath
elif (( $+functions[compdef] )); then
  compdef _glance-tasks glance-tasks
fi
`

/** zsh: the script passes the words, and gets the candidates without the head, as `value:description`. */
export const zsh: Shell = {
  script: SCRIPT,
  async answer([, ...words], complete) {
    const offer = await complete(words.slice(0, -1), words.at(-1) ?? '')
    if (offer.kind === 'command') return 'command\n'
    if (offer.kind === 'files') return `files\n${offer.head}\n`
    const { head, candidates } = offer
    const kind = candidates.length > 0 && candidates.every(isPrefix) ? 'nospace' : 'values'
    const lines = candidates.map(({ value, description }) =>
      description ? `${escaped(value)}:${description}` : escaped(value),
    )
    return `${[kind, head, ...lines].join('\n')}\n`
  },
}

/** A value as _describe expects it: a colon would end it. */
function escaped(value: string): string {
  return value.replaceAll(/[\\:]/g, '\\$&')
}
