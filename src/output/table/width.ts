import { isPlain } from '../text.js'

/** Measures text in terminal cells. */
export interface Ruler {
  /** The width of a line. */
  widthOf(text: string): number
  /** The longest prefix of a line that fits into `width` cells, without splitting a character. */
  head(text: string, width: number): string
}

/** The ruler for printable ASCII. */
export const plainRuler: Ruler = {
  widthOf: (text) => text.length,
  head: (text, width) => text.slice(0, width),
}

/**
 * The ruler for these texts. Loads the code for wide and combining characters only if the texts contain any: it takes 40 ms on
 * Node 20.
 */
export async function rulerFor(texts: readonly string[]): Promise<Ruler> {
  return texts.every(isPlain) ? plainRuler : (await import('./wide-ruler.js')).wideRuler
}

/** The maximum total padding of a column, in cells, if its lines have very different lengths. */
const MOST_PADDING = 4_000_000

/**
 * The width of a column: that of its widest line, unless the padding of the other lines would take many megabytes, as with one
 * line of a megabyte among thousands of empty ones. Then wider lines stick out.
 */
export function columnWidth(widest: number, lines: number): number {
  return Math.min(widest, Math.max(80, Math.floor(MOST_PADDING / lines)))
}

/** Pads a line with spaces to `width` cells. Returns a wider line unchanged. */
export function padded(text: string, width: number, { widthOf }: Ruler): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** Cuts a line to at most `width` cells (at least one). A cut line ends with `…`. */
export function cut(text: string, width: number, { widthOf, head }: Ruler): string {
  return widthOf(text) <= width ? text : `${head(text, width - 1)}…`
}

/** Cuts or pads a line to exactly `width` cells. */
export function clipped(text: string, width: number, ruler: Ruler): string {
  return padded(cut(text, width, ruler), width, ruler)
}

/** Wraps text to lines of at most `width` cells, between words if possible. Keeps its line feeds. */
export function wrap(text: string, width: number, ruler: Ruler): string[] {
  const lines = text.split('\n')
  return width === Number.POSITIVE_INFINITY ? lines : lines.flatMap((line) => wrapLine(line, width, ruler))
}

function wrapLine(line: string, width: number, { head }: Ruler): string[] {
  const lines: string[] = []
  let rest = line
  while (true) {
    // Take at least one character, even if it is wider than the line. Otherwise the loop would not end.
    const [first = ''] = rest
    const fitting = head(rest, width) || first
    if (fitting.length === rest.length) return rest === '' && lines.length > 0 ? lines : [...lines, rest]
    const space = rest[fitting.length] === ' ' ? fitting.length : fitting.lastIndexOf(' ')
    lines.push(rest.slice(0, space > 0 ? space : fitting.length))
    rest = rest.slice(space > 0 ? space + 1 : fitting.length)
  }
}
