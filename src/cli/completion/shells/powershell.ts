import { powerShellQuoted } from '../../user-shell.js'
import { startingWith } from '../offer.js'
import type { Shell } from './index.js'

// Windows PowerShell drops empty arguments and breaks quotes in others, so the words are passed URL-encoded behind a dot.
const SCRIPT = `# PowerShell completion for glance-tasks.

Register-ArgumentCompleter -Native -CommandName 'glance-tasks' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @()
    foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
        if ($element.Extent.StartOffset -ge $cursorPosition) { break }
        if ($element.Extent.EndOffset -le $cursorPosition -and
            $element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
            $words += $element.Value
        } else {
            $length = [Math]::Min($element.Extent.Text.Length, $cursorPosition - $element.Extent.StartOffset)
            $words += $element.Extent.Text.Substring(0, $length)
        }
    }
    $last = $commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | Select-Object -Last 1
    if ($last.Extent.EndOffset -lt $cursorPosition) { $words += '' }
    $arguments = @($words | ForEach-Object { '.' + [uri]::EscapeDataString($_) })
    $replaced = '.' + [uri]::EscapeDataString("$wordToComplete")

    # A program of an absolute path: nothing in the working directory is executed. Not the script that npm installs, too: the
    # execution policy of Windows may forbid it.
    $program = Get-Command -Name 'glance-tasks' -CommandType Application -TotalCount 1 -ErrorAction SilentlyContinue
    if (-not $program) { return }
    $encoding = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = [System.Text.UTF8Encoding]::new()
        $answer = @(& $program.Source __complete powershell $replaced -- @arguments 2>$null)
    } finally {
        [Console]::OutputEncoding = $encoding
    }

    # Without a result, PowerShell completes file names.
    if ($answer[0] -ne 'values') { return }
    if ($answer.Count -eq 1) { return '' }
    foreach ($line in ($answer | Select-Object -Skip 1)) {
        $text, $shown, $description = $line.Split("\`t", 3)
        [System.Management.Automation.CompletionResult]::new($text, $shown, 'ParameterValue', $description)
    }
}
`

/** PowerShell: the script passes encoded words, and gets `text<Tab>shown<Tab>description`. It inserts the text as it is. */
export const powershell: Shell = {
  script: SCRIPT,
  async answer([encoded = '', , ...words], complete) {
    const decoded = words.map(decode)
    const current = decoded.at(-1) ?? ''
    const offer = await complete(decoded.slice(0, -1), current)
    if (offer.kind !== 'values') return `${offer.kind}\n`
    const replaced = decode(encoded)
    // PowerShell itself splits words at commas, and replaces the last part.
    const kept = current.endsWith(replaced) ? current.length - replaced.length : 0
    const candidates = offer.candidates.map((each) => ({ ...each, value: offer.head + each.value }))
    const lines = startingWith(candidates, current).map(({ value, description }) => {
      const shown = value.slice(kept)
      // PowerShell refuses an empty description.
      return [quotedForPowerShell(shown), shown, description || shown].join('\t')
    })
    return `${['values', ...lines].join('\n')}\n`
  },
}

function decode(word: string): string {
  return decodeURIComponent(word.slice(1))
}

/** Text as a word of PowerShell, in single quotes if necessary. */
function quotedForPowerShell(text: string): string {
  return /^[\w.:=/-]+$/.test(text) ? text : powerShellQuoted(text)
}
