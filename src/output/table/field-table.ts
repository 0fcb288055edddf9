import type { Palette } from '../colour.js'
import { type Column, type Row, TEXT } from '../columns.js'
import type { OutputOptions } from '../format.js'
import { visible } from '../text.js'
import { cellText } from '../value-text.js'
import { blockText } from './block.js'
import { gridFrame, gridLine } from './grid.js'
import { relativeTime } from './times.js'
import { columnWidth, cut, padded, type Ruler, rulerFor, wrap } from './width.js'

// The width of the borders and padding of a table with two columns.
const BORDERS = 7
// The minimum width of the values. Narrower, a long message would have one letter per line.
const MIN_ROOM = 10

/** One row as a table of fields and values, or as lines where a table does not fit. Long values are wrapped, never cut. */
export async function fieldTable(
  row: Row,
  columns: readonly Column[],
  options: OutputOptions,
  palette: Palette,
): Promise<string> {
  const { maxWidth = Number.POSITIVE_INFINITY } = options
  const names = columns.map(({ name }) => visible(name))
  const texts = columns.map((column) => valueText(row, column, options))
  const ruler = await rulerFor([...names, ...texts], options)

  // The server may send a key of any length: limit the field column to half of the width.
  const fields = names.map((name) => cut(name, Math.max(1, Math.floor(maxWidth / 2)), ruler))
  const [fieldHead, valueHead] = options.header ? ['Field', 'Value'] : ['', '']
  const fieldWidth = widest([fieldHead, ...fields], ruler)
  const values = texts.map((text) => wrap(text, Math.max(MIN_ROOM, maxWidth - fieldWidth - BORDERS), ruler))
  const lines = values.flat()
  const valueWidth = columnWidth(widest([valueHead, ...lines], ruler), lines.length)
  if (fieldWidth + valueWidth + BORDERS > maxWidth) {
    const paintOf = (at: number) => palette(columns[at]?.style ?? TEXT, texts[at] ?? '')
    return blockText(
      names.map((name, at) => ({ name, text: texts[at] ?? '', paint: paintOf(at) })),
      options,
      ruler,
    )
  }

  const { top, bottom } = gridFrame([fieldHead, valueHead], [fieldWidth, valueWidth], options)
  const rows = columns.flatMap(({ style }, at) => {
    const paint = palette(style, texts[at] ?? '')
    return (values[at] ?? []).map((line, index) => {
      const field = padded(index === 0 ? (fields[at] ?? '') : '', fieldWidth, ruler)
      const value = padded(line, valueWidth, ruler)
      return gridLine([field, paint ? paint(value) : value])
    })
  })
  return top + rows.join('') + bottom
}

function valueText(row: Row, { style, get }: Column, { relativeTimes, now }: OutputOptions): string {
  // Keep the line breaks of a message. Escape all other unsafe characters.
  const text = cellText(get(row)).split(/\r?\n/).map(visible).join('\n')
  return style.isTime && relativeTimes ? withDistance(text, now) : text
}

function widest(lines: readonly string[], { widthOf }: Ruler): number {
  return lines.reduce((width, line) => Math.max(width, widthOf(line)), 0)
}

function withDistance(time: string, now: number): string {
  const distance = relativeTime(time, now)
  return distance === time ? time : `${time} (${distance})`
}
