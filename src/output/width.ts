import { isPlain } from './text.js'

/** How text is measured in cells of a terminal. */
export interface Ruler {
  /** How many cells a line takes. */
  widthOf(text: string): number
  /** The longest beginning of a line that takes at most `width` cells, no character torn apart. */
  head(text: string, width: number): string
}

/** The ruler for printable ASCII. */
export const plainRuler: Ruler = {
  widthOf: (text) => text.length,
  head: (text, width) => text.slice(0, width),
}

/**
 * The ruler for these texts. Where each character takes one cell, as nearly always, nothing more is loaded: what knows
 * wide and combining characters costs some 40 ms on Node 20.
 */
export async function rulerFor(texts: readonly string[]): Promise<Ruler> {
  return texts.every(isPlain) ? plainRuler : (await import('./wide-ruler.js')).wideRuler
}

/** How much padding a column may take in all, in cells, where its lines are of very different lengths. */
const MOST_PADDING = 4_000_000

/**
 * How wide a column of so many lines is drawn: as wide as its widest line, except where padding all others to that would
 * take many megabytes, as with one line of a megabyte among thousands that are empty. Then wider lines stick out.
 */
export function columnWidth(widest: number, lines: number): number {
  return Math.min(widest, Math.max(80, Math.floor(MOST_PADDING / lines)))
}

/** A line filled up with blanks to `width` cells; one that is wider stays as it is. */
export function padded(text: string, width: number, { widthOf }: Ruler): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** A line of at most `width` cells (one at least); of one that was longer, `…` is the last. */
export function cut(text: string, width: number, { widthOf, head }: Ruler): string {
  return widthOf(text) <= width ? text : `${head(text, width - 1)}…`
}

/** A line of exactly `width` cells: cut, or filled up with blanks. */
export function clipped(text: string, width: number, ruler: Ruler): string {
  return padded(cut(text, width, ruler), width, ruler)
}

/** Text broken into lines of at most `width` cells, between words where that is possible. Its own line feeds count. */
export function wrap(text: string, width: number, ruler: Ruler): string[] {
  const lines = text.split('\n')
  return width === Number.POSITIVE_INFINITY ? lines : lines.flatMap((line) => wrapLine(line, width, ruler))
}

function wrapLine(line: string, width: number, { head }: Ruler): string[] {
  const lines: string[] = []
  let rest = line
  while (true) {
    // A character that is wider than the whole line has to go somewhere, or this would never end.
    const [first = ''] = rest
    const fitting = head(rest, width) || first
    if (fitting.length === rest.length) return rest === '' && lines.length > 0 ? lines : [...lines, rest]
    const space = rest[fitting.length] === ' ' ? fitting.length : fitting.lastIndexOf(' ')
    lines.push(rest.slice(0, space > 0 ? space : fitting.length))
    rest = rest.slice(space > 0 ? space + 1 : fitting.length)
  }
}
