import type { Palette } from './colour.js'
import type { ColumnStyle } from './columns.js'
import { rulerFor, wrap } from './table/width.js'
import { visible } from './text.js'

/** A label and what stands beside it, one paragraph an item. */
export interface TextSection {
  label: string
  paragraphs: readonly string[]
  /** The word at the start of the first paragraph, if it has a colour, and the colours of such words. */
  coloured?: { word: string; style: ColumnStyle }
}

/** Narrower, a paragraph would have one word a line. */
const LEAST_ROOM = 20

/** Sections as text for people: labels on the left, paragraphs on the right, wrapped between words. */
export async function sectionsText(
  sections: readonly TextSection[],
  { maxWidth = Number.POSITIVE_INFINITY }: { maxWidth?: number | undefined },
  palette: Palette,
): Promise<string> {
  const indent = sections.reduce((widest, { label }) => Math.max(widest, label.length), 0) + 2
  const room = Math.max(LEAST_ROOM, maxWidth - indent)
  const shown = sections.map(({ paragraphs }) => paragraphs.map(visible))
  const ruler = await rulerFor(shown.flat())
  const lines = sections.flatMap(({ label, coloured }, at) => {
    const { word = '' } = coloured ?? {}
    const paint = coloured && palette(coloured.style, word)
    return (shown[at] ?? [])
      .flatMap((paragraph) => wrap(paragraph, room, ruler))
      .map((line, index) => {
        const painted = paint && index === 0 && line.startsWith(word) ? paint(word) + line.slice(word.length) : line
        return `${(index === 0 ? label : '').padEnd(indent)}${painted}`.trimEnd()
      })
  })
  return lines.map((line) => `${line}\n`).join('')
}
