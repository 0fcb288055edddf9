import stringWidth from 'string-width'
import { isPlain } from '../text.js'
import type { Ruler } from './width.js'

/** The ruler for text of any language. */
export const wideRuler: Ruler = {
  widthOf(text) {
    if (isPlain(text)) return text.length
    let width = 0
    for (const character of characters(text)) width += widthOfCharacter(character)
    return width
  },
  head(text, width) {
    let end = 0
    let taken = 0
    for (const character of characters(text)) {
      taken += widthOfCharacter(character)
      if (taken > width) break
      end += character.length
    }
    return text.slice(0, end)
  },
  isWide: true,
  ellipsis: '…',
}

// string-width takes microseconds per character, and most texts consist of few different characters: cache the widths.
const known = new Map<string, number>()
const MAX_KNOWN = 10_000

function widthOfCharacter(character: string): number {
  let width = known.get(character)
  if (width === undefined) {
    width = stringWidth(character)
    if (known.size >= MAX_KNOWN) known.clear()
    known.set(character, width)
  }
  return width
}

const segmenter = new Intl.Segmenter()

// Longer than any real character, in code units.
const WINDOW = 256

/**
 * Splits text into user-perceived characters, such as an emoji of several code points. Processes the text in windows, because
 * the run time of Intl.Segmenter grows much faster than the text: minutes for one megabyte.
 */
function* characters(text: string): Generator<string> {
  let start = 0
  while (start < text.length) {
    const window = text.slice(start, start + WINDOW)
    const isLast = start + window.length === text.length
    let done = 0
    for (const { segment } of segmenter.segment(window)) {
      // A character at the end of the window may continue after it: start the next window with it.
      if (!isLast && done > 0 && done + segment.length === window.length) break
      yield segment
      done += segment.length
    }
    start += done
  }
}
