import type { Shell } from './index.js'

const SCRIPT = `# fish completion for glance-tasks.

function __glance_tasks_complete
    set -l program (command -s glance-tasks)
    # Run only a program with an absolute path, so that nothing in the working directory is executed.
    string match -q '/*' -- "$program"; or return
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (commandline -ct)
    set -l answer ($program __complete fish -- $words "$current" 2>/dev/null)
    switch "$answer[1]"
        case files
            # A prefix such as --input= is not part of the file name.
            set -l name (string sub -s (math (string length -- "$answer[2]") + 1) -- "$current")
            for path in (__fish_complete_path "$name")
                printf '%s%s\\n' "$answer[2]" $path
            end
        case command
            set -l start (contains -i -- -- $words)
            set -l inner (string escape -- $words[(math $start + 1)..])
            complete -C (string join ' ' -- $inner "$current")
        case '*'
            printf '%s\\n' $answer[2..]
    end
end

# -k keeps the order: the newest task comes first.
complete -c glance-tasks -f -k -a '(__glance_tasks_complete)'
`

/** fish: the script passes the words, and gets `value<Tab>description`. fish filters the values, and quotes what it inserts. */
export const fish: Shell = {
  script: SCRIPT,
  async answer([, ...words], complete) {
    const offer = await complete(words.slice(0, -1), unquoted(words.at(-1) ?? ''))
    if (offer.kind === 'command') return 'command\n'
    if (offer.kind === 'files') return `files\n${offer.head}\n`
    const { head, candidates } = offer
    const lines = candidates.map(({ value, description = '' }) => `${head}${value}\t${description}`)
    return `${['values', ...lines].join('\n')}\n`
  },
}

/** The cursor's word without quotes: fish passes it as the user typed it. */
function unquoted(text: string): string {
  return text.replaceAll(/\\(.)|["']/gs, '$1')
}
