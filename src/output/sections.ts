import type { Palette } from './colour.js'
import type { ColumnStyle } from './columns.js'
import { rulerFor, wrap } from './table/width.js'
import { textOfLines, visible } from './text.js'

/** A label and what stands beside it, one paragraph an item. */
export interface TextSection {
  label: string
  paragraphs: readonly (string | ColouredParagraph)[]
}

/** A paragraph whose first word has a colour. */
export interface ColouredParagraph {
  text: string
  /** The word at its start. */
  word: string
  /** The colours of such words. */
  style: ColumnStyle
}

/** Narrower, a paragraph would have one word a line. */
const MIN_ROOM = 20

/** Sections as text for people: labels on the left, paragraphs on the right, wrapped between words. */
export async function sectionsText(
  sections: readonly TextSection[],
  { maxWidth = Number.POSITIVE_INFINITY }: { maxWidth?: number | undefined },
  palette: Palette,
): Promise<string> {
  const indent = sections.reduce((widest, { label }) => Math.max(widest, label.length), 0) + 2
  const room = Math.max(MIN_ROOM, maxWidth - indent)
  const ruler = await rulerFor(sections.flatMap(({ paragraphs }) => paragraphs.map(textOf)))
  const lines = sections.flatMap(({ label, paragraphs }) =>
    paragraphs
      .flatMap((paragraph) => {
        const [first = '', ...more] = wrap(textOf(paragraph), room, ruler)
        return [painted(first, paragraph, palette), ...more]
      })
      .map((line, index) => `${(index === 0 ? label : '').padEnd(indent)}${line}`.trimEnd()),
  )
  return textOfLines(lines)
}

function textOf(paragraph: string | ColouredParagraph): string {
  return visible(typeof paragraph === 'string' ? paragraph : paragraph.text)
}

/** The first line of a paragraph, with its word in colour. */
function painted(line: string, paragraph: string | ColouredParagraph, palette: Palette): string {
  if (typeof paragraph === 'string') return line
  const { word, style } = paragraph
  const paint = line.startsWith(word) ? palette(style, word) : undefined
  return paint ? paint(word) + line.slice(word.length) : line
}
