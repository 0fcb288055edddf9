import stringWidth from 'string-width'
import { isPlain } from './text.js'

/** How many cells of a terminal a line takes. */
export function widthOf(text: string): number {
  return isPlain(text) ? text.length : stringWidth(text)
}

/** A line of at most `width` cells; of one that was longer, `…` is the last. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  return width < 1 ? '' : `${head(text, width - 1)}…`
}

/** Text broken into lines of at most `width` cells, between words where that is possible. Its own line feeds count. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(1, width)))
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = []
  let rest = line
  while (widthOf(rest) > width) {
    // A single character may be wider than the room: it is taken all the same, or this would never end.
    const fitting = head(rest, width) || firstCharacter(rest)
    const space = rest[fitting.length] === ' ' ? fitting.length : fitting.lastIndexOf(' ')
    if (space > 0) {
      lines.push(rest.slice(0, space))
      rest = rest.slice(space + 1)
    } else {
      lines.push(fitting)
      rest = rest.slice(fitting.length)
    }
  }
  return [...lines, rest]
}

const segmenter = new Intl.Segmenter()

/** The longest beginning of a text that takes at most `width` cells, no character torn apart. */
function head(text: string, width: number): string {
  if (isPlain(text)) return text.slice(0, width)
  let end = 0
  let taken = 0
  for (const { segment } of segmenter.segment(text)) {
    taken += widthOf(segment)
    if (taken > width) break
    end += segment.length
  }
  return text.slice(0, end)
}

function firstCharacter(text: string): string {
  for (const { segment } of segmenter.segment(text)) return segment
  return ''
}
