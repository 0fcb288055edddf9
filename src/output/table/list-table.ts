import type { Palette } from '../colour.js'
import type { Column, Row, Selection } from '../columns.js'
import type { ListWriter, OutputOptions } from '../format.js'
import { visible } from '../text.js'
import { cellText } from '../value-text.js'
import { blockText } from './block.js'
import { type FittedColumn, fitColumns } from './fit-columns.js'
import { gridFrame, gridLine } from './grid.js'
import { relativeTime } from './times.js'
import { clipped, columnWidth, padded, plainRuler, rulerFor, wrapAll } from './width.js'

// The number of rows that are held back to determine the widths. Later rows are written immediately. A person in a terminal
// wants to see the first rows soon.
const SAMPLE = 1000
const SAMPLE_IN_TERMINAL = 100

/** A table that is drawn while its rows arrive. The first page determines the widths of the columns. */
export class ListTable implements ListWriter {
  readonly #selection: Selection
  readonly #options: OutputOptions
  readonly #palette: Palette
  #waiting: string[][] = []
  /** Undefined if the table is wider than the room: then each row is a block of lines. */
  #fitted: readonly FittedColumn[] | undefined = []
  #opened = false
  #isFirstBlock = true
  #bottom = ''
  #ruler = plainRuler

  constructor(selection: Selection, options: OutputOptions, palette: Palette) {
    this.#selection = selection
    this.#options = options
    this.#palette = palette
  }

  begin(): string {
    return ''
  }

  async rows(rows: readonly Row[]): Promise<string> {
    const { columns } = this.#selection
    const lines = rows.map((row) => columns.map((column) => this.#text(row, column)))
    if (!this.#ruler.isWide) this.#ruler = await rulerFor(lines.flat(), this.#options)
    if (this.#opened) return this.#draw(lines)
    this.#waiting = this.#waiting.concat(lines)
    const sample = this.#options.terminal ? SAMPLE_IN_TERMINAL : SAMPLE
    return this.#waiting.length < sample ? '' : this.flush()
  }

  flush(): string {
    return this.#opened ? '' : this.#open(({ style }) => style.usualWidth ?? 0)
  }

  end(isWhole = true): string {
    if (this.#opened) return isWhole ? this.#bottom : ''
    const isEmpty = this.#waiting.length === 0
    const text = this.#open(() => 0)
    // In a table without rows, the line below the header is the last one.
    return isEmpty || !isWhole ? text : text + this.#bottom
  }

  #text(row: Row, { style, get }: Column): string {
    const text = visible(cellText(get(row)))
    return style.isTime && this.#options.relativeTimes ? relativeTime(text, this.#options.now) : text
  }

  /** Determines the widths from the rows so far, and draws them. */
  #open(leastWidth: (column: Column) => number): string {
    const { columns } = this.#selection
    const headings = columns.map(({ name }) => visible(name))
    const widths = columns.map((column, index) => {
      const heading = this.#options.header ? this.#ruler.widthOf(headings[index] ?? '') : 0
      const widest = (width: number, line: string[]) => Math.max(width, this.#ruler.widthOf(line[index] ?? ''))
      return columnWidth(this.#waiting.reduce(widest, Math.max(heading, leastWidth(column))), this.#waiting.length)
    })
    this.#fitted = fitColumns(this.#selection, widths, this.#options)
    this.#opened = true
    const lines = this.#waiting
    this.#waiting = []
    if (this.#fitted === undefined) return this.#draw(lines)
    const { top, bottom } = gridFrame(
      this.#fitted.map(({ index }) => headings[index] ?? ''),
      this.#fitted.map(({ width }) => width),
      this.#options,
    )
    this.#bottom = bottom
    return top + this.#draw(lines)
  }

  #draw(rows: readonly string[][]): string {
    const fitted = this.#fitted
    if (fitted === undefined) return rows.map((row) => this.#block(row)).join('')
    const isWrapped = this.#options.maxWidth !== undefined && fitted.some(({ style }) => style.isWrapped)
    const lines = isWrapped ? rows.flatMap((row) => this.#wrapped(row, fitted)) : rows
    return lines.map((line) => this.#line(line, fitted)).join('')
  }

  /** A row as a block of lines, with an empty line between two blocks. */
  #block(row: readonly string[]): string {
    const fields = this.#selection.columns.map(({ name, style }, index) => {
      const text = row[index] ?? ''
      return { name: visible(name), text, paint: this.#palette(style, text) }
    })
    const text = blockText(fields, this.#options, this.#ruler)
    if (!this.#isFirstBlock) return `\n${text}`
    this.#isFirstBlock = false
    return text
  }

  /** The lines of a row with wrapped values. Other values are in the first line. */
  #wrapped(row: readonly string[], fitted: readonly FittedColumn[]): string[][] {
    const lines: string[][] = []
    for (const { index, width, style } of fitted) {
      const text = row[index] ?? ''
      for (const [at, part] of (style.isWrapped ? wrapAll(text, width, this.#ruler) : [text]).entries()) {
        lines[at] ??= []
        lines[at][index] = part
      }
    }
    return lines
  }

  #line(texts: readonly string[], fitted: readonly FittedColumn[]): string {
    const fill = this.#options.maxWidth === undefined ? padded : clipped
    return gridLine(
      fitted.map(({ index, width, style }) => {
        const text = texts[index] ?? ''
        const cell = fill(text, width, this.#ruler)
        const paint = this.#palette(style, text)
        return paint ? paint(cell) : cell
      }),
    )
  }
}
