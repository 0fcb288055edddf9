/** A command line as the user typed it, read as bash reads it. */
export interface BashLine {
  /** The words before the cursor's word, without the command. */
  words: string[]
  /** The cursor's word up to the cursor, without quotes. */
  current: string
  /** The quote that is open at the cursor. */
  quote: '"' | "'" | undefined
}

/**
 * Splits the text of a command line up to the cursor into words. Expands nothing: `$(…)` and variables stay text. Omits redirections.
 */
export function readBashLine(text: string): BashLine {
  const words: string[] = []
  let word = ''
  let isWord = false
  let quote: BashLine['quote']
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (quote !== undefined) {
      if (character === quote) quote = undefined
      else if (character === '\\' && quote === '"' && /["\\$`]/.test(text.charAt(at + 1))) word += text.charAt(++at)
      else word += character
    } else if (character === '"' || character === "'") {
      quote = character
      isWord = true
    } else if (character === '\\') {
      word += text.charAt(++at)
      isWord = true
    } else if (/\s/.test(character)) {
      if (isWord) words.push(word)
      word = ''
      isWord = false
    } else {
      word += character
      isWord = true
    }
  }
  return { words: withoutRedirections(words.slice(1)), current: word, quote }
}

/** Words without `>file`, `2> file` and the like. */
function withoutRedirections(words: readonly string[]): string[] {
  const kept: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (/^(\d*|&)[<>]/.test(word)) at += /[<>|&]$/.test(word) ? 1 : 0
    else kept.push(word)
  }
  return kept
}
