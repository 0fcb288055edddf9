import stringWidth from 'string-width'
import { isPlain } from './text.js'
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
}

// string-width takes some microseconds for a character, and texts are made of few different ones.
const known = new Map<string, number>()
const MOST_KNOWN = 10_000

function widthOfCharacter(character: string): number {
  let width = known.get(character)
  if (width === undefined) {
    width = stringWidth(character)
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(character, width)
  }
  return width
}

const segmenter = new Intl.Segmenter()

// No character that people write is as long as this, in code units.
const WINDOW = 256

/**
 * What people take for one character each, such as an emoji of several code points. The text is looked at through a
 * window, because the time that the segmenter takes grows much faster than the text: minutes for one of a megabyte.
 */
function* characters(text: string): Generator<string> {
  let start = 0
  while (start < text.length) {
    const window = text.slice(start, start + WINDOW)
    const isLast = start + window.length === text.length
    let done = 0
    for (const { segment } of segmenter.segment(window)) {
      // What ends with the window may go on beyond it: then the next window begins with it.
      if (!isLast && done > 0 && done + segment.length === window.length) break
      yield segment
      done += segment.length
    }
    start += done
  }
}
