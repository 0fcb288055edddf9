import { isPlain } from '../text.js'

/** Measures text in terminal cells. */
export interface Ruler {
  /** The width of a line. */
  widthOf(text: string): number
  /** The longest prefix of a line that fits into `width` cells, without splitting a character. */
  head(text: string, width: number): string
  /** Whether it measures text of any language. */
  readonly isWide: boolean
  /** The end of a line that was cut: `…`, or in ASCII `...`. */
  readonly ellipsis: string
}

/** The ruler for printable ASCII. */
export const plainRuler: Ruler = {
  widthOf: (text) => text.length,
  head: (text, width) => text.slice(0, width),
  isWide: false,
  ellipsis: '…',
}

/** Whether the output may contain `…` and other characters of ours that are not ASCII. Default true. */
export interface CharacterSet {
  unicode?: boolean | undefined
}

/** A ruler that ends a line which was cut with characters of this set. */
export function rulerIn({ unicode = true }: CharacterSet, ruler: Ruler): Ruler {
  return unicode ? ruler : { ...ruler, ellipsis: '...' }
}

/**
 * The ruler for these texts. Loads the code for wide and combining characters only if the texts contain any: it takes 40 ms on
 * Node 20.
 */
export async function rulerFor(texts: readonly string[], set: CharacterSet = {}): Promise<Ruler> {
  return rulerIn(set, texts.every(isPlain) ? plainRuler : (await import('./wide-ruler.js')).wideRuler)
}

/** The maximum total padding of a column, in cells, if its lines have very different lengths. */
const MAX_PADDING = 4_000_000

/**
 * The width of a column: the width of its widest line, unless the padding of the other lines would take many megabytes, as with one
 * line of a megabyte among thousands of empty ones. Then wider lines stick out.
 */
export function columnWidth(widest: number, lines: number): number {
  return Math.min(widest, Math.max(80, Math.floor(MAX_PADDING / lines)))
}

/** Pads a line with spaces to `width` cells. Returns a wider line unchanged. */
export function padded(text: string, width: number, { widthOf }: Ruler): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** Cuts a line to at most `width` cells (at least one). A cut line ends with an ellipsis, and never in the middle of an ID. */
export function cut(text: string, width: number, { widthOf, head, ellipsis }: Ruler): string {
  if (widthOf(text) <= width) return text
  const end = ellipsis.slice(0, width)
  const shown = head(text, width - end.length)
  return `${shown.slice(0, idAcross(text, shown.length)?.start)}${end}`
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

/** Like `wrap`, but also breaks an ID that is wider than a line, so that the terminal itself breaks nothing. */
export function wrapAll(text: string, width: number, ruler: Ruler): string[] {
  return wrap(text, width, ruler).flatMap((line) => pieces(line, width, ruler))
}

function pieces(line: string, width: number, ruler: Ruler): string[] {
  const all: string[] = []
  let rest = line
  do {
    const piece = startOf(rest, width, ruler)
    all.push(piece)
    rest = rest.slice(piece.length)
  } while (rest !== '')
  return all
}

/** What fits into a line: at least one character, even if it is wider. Otherwise a loop over the lines would not end. */
function startOf(text: string, width: number, { head }: Ruler): string {
  const [first = ''] = text
  return head(text, width) || first
}

function wrapLine(line: string, width: number, ruler: Ruler): string[] {
  const lines: string[] = []
  let rest = line
  while (true) {
    const fitting = startOf(rest, width, ruler)
    if (fitting.length === rest.length) return rest === '' && lines.length > 0 ? lines : [...lines, rest]
    const end = breakIn(rest, fitting.length)
    lines.push(rest.slice(0, end))
    rest = rest.slice(rest[end] === ' ' ? end + 1 : end)
  }
}

/** Where to break a line that may have `most` characters: at a space, otherwise after `/` or `,`, and never inside an ID. */
function breakIn(line: string, most: number): number {
  const space = line[most] === ' ' ? most : line.lastIndexOf(' ', most - 1)
  if (space > 0) return space
  const fitting = line.slice(0, most)
  const mark = Math.max(fitting.lastIndexOf('/'), fitting.lastIndexOf(',')) + 1
  const id = idAcross(line, most)
  const end = id ? id.start : most
  // Break early only if enough stays on the line.
  if (mark > most / 2 && mark <= end) return mark
  return end > 0 ? end : (id?.end ?? most)
}

/** A UUID, a request ID or a Keystone ID. */
const AN_ID = /(?<![0-9a-f])(?:req-)?[0-9a-f]{8}(-?)(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}(?![0-9a-f])/gi
// With one more character on each side, which shows where it begins and ends.
const LONGEST_ID = 41

/** The ID in a text that a break at `position` would split. */
function idAcross(text: string, position: number): { start: number; end: number } | undefined {
  const from = Math.max(0, position - LONGEST_ID)
  for (const { 0: id, index } of text.slice(from, position + LONGEST_ID).matchAll(AN_ID)) {
    const start = from + index
    if (start < position && start + id.length > position) return { start, end: start + id.length }
  }
  return undefined
}
