import type { Palette } from './colour.js'
import type { ColumnStyle } from './columns.js'
import { rulerFor, wrap } from './table/width.js'
import { textOfLines, visible, withoutCommands } from './text.js'

/** A label and the text beside it, one paragraph per item. */
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

/** If there is less room than for an ID, which is never broken, paragraphs are below their labels. */
const MIN_ROOM = 36
const NARROW_INDENT = 2
/** Begins an item of a list. Its other lines are indented. */
const BULLET = '- '

/** Sections as text for people: labels on the left, paragraphs on the right, wrapped between words. */
export async function sectionsText(
  sections: readonly TextSection[],
  { maxWidth = Number.POSITIVE_INFINITY }: { maxWidth?: number | undefined },
  palette: Palette,
): Promise<string> {
  const widest = sections.reduce((most, { label }) => Math.max(most, label.length), 0) + 2
  const isNarrow = maxWidth - widest < MIN_ROOM
  const indent = isNarrow ? NARROW_INDENT : widest
  const room = Math.max(1, maxWidth - indent)
  const ruler = await rulerFor(sections.flatMap(({ paragraphs }) => paragraphs.map(textOf)))
  const lines = sections.flatMap(({ label, paragraphs }) => {
    const texts = paragraphs.flatMap((paragraph) => {
      const text = textOf(paragraph)
      const bullet = text.startsWith(BULLET) ? BULLET : ''
      const [first = '', ...more] = wrap(text.slice(bullet.length), Math.max(1, room - bullet.length), ruler)
      return [painted(bullet + first, paragraph, palette), ...indented(more, bullet.length)]
    })
    const labelled = isNarrow ? [label, ...indented(texts, indent)] : indented(texts, indent, label)
    return texts.length === 0 ? [] : labelled.map((line) => line.trimEnd())
  })
  // At the end, because a line that was wrapped could begin with a command.
  return withoutCommands(`\n${textOfLines(lines)}`).slice(1)
}

function indented(lines: readonly string[], indent: number, label = ''): string[] {
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(indent)}${line}`)
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
