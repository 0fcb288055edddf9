import type { Task } from '../tasks/task.js'
import type { Palette } from './colour.js'
import type { Column, ColumnKind } from './columns.js'
import type { Chosen, ListWriter } from './format.js'
import { gridFrame, gridLine } from './grid.js'
import { type FittedColumn, fitColumns } from './layout.js'
import { visible } from './text.js'
import { relativeTime } from './times.js'
import { cellText } from './value-text.js'
import { clipped, columnWidth, padded, plainRuler, rulerFor } from './width.js'

// The number of rows that are held back to determine the widths. Later rows are written immediately.
const SAMPLE = 1000

// The maximum width of well-known values, in case a wider one comes later in a long list.
const USUAL: Partial<Record<ColumnKind, number>> = { id: 36, type: 16, status: 10, project: 32 }

/** A table that is drawn while its tasks arrive. The first page determines the widths of the columns. */
export class ListTable implements ListWriter {
  readonly #columns: readonly Column[]
  readonly #options: Chosen
  readonly #palette: Palette
  #waiting: string[][] = []
  #places: readonly FittedColumn[] = []
  #opened = false
  #bottom = ''
  #ruler = plainRuler

  constructor(columns: readonly Column[], options: Chosen, palette: Palette) {
    this.#columns = columns
    this.#options = options
    this.#palette = palette
  }

  begin(): string {
    return ''
  }

  async rows(tasks: readonly Task[]): Promise<string> {
    const rows = tasks.map((task) => this.#columns.map((column) => this.#text(task, column)))
    if (this.#ruler === plainRuler) this.#ruler = await rulerFor(rows.flat())
    if (this.#opened) return this.#draw(rows)
    this.#waiting = this.#waiting.concat(rows)
    return this.#waiting.length < SAMPLE ? '' : this.#open((kind) => USUAL[kind] ?? 0)
  }

  end(isWhole = true): string {
    if (this.#opened) return isWhole ? this.#bottom : ''
    const isEmpty = this.#waiting.length === 0
    const text = this.#open(() => 0)
    // In a table without rows, the line below the header is the last one.
    return isEmpty || !isWhole ? text : text + this.#bottom
  }

  #text(task: Task, { kind, get }: Column): string {
    const text = visible(cellText(get(task)))
    return kind === 'time' && this.#options.relativeTimes ? relativeTime(text, this.#options.now) : text
  }

  /** Determines the widths from the rows so far, and draws them. */
  #open(least: (kind: ColumnKind) => number): string {
    const headings = this.#columns.map(({ name }) => visible(name))
    const widths = this.#columns.map(({ kind }, index) => {
      const heading = this.#options.header ? this.#ruler.widthOf(headings[index] ?? '') : 0
      const widest = (width: number, row: string[]) => Math.max(width, this.#ruler.widthOf(row[index] ?? ''))
      return columnWidth(this.#waiting.reduce(widest, Math.max(heading, least(kind))), this.#waiting.length)
    })
    this.#places = fitColumns(this.#columns, widths, this.#options)
    const shown = this.#places.map(({ index }) => headings[index] ?? '')
    const fitted = this.#places.map(({ width }) => width)
    const { top, bottom } = gridFrame(shown, fitted, this.#options)
    this.#bottom = bottom
    this.#opened = true
    const rows = this.#waiting
    this.#waiting = []
    return top + this.#draw(rows)
  }

  #draw(rows: readonly string[][]): string {
    const fill = this.#options.maxWidth === undefined ? padded : clipped
    const line = (row: readonly string[]) =>
      gridLine(
        this.#places.map(({ index, width, kind }) => {
          const text = row[index] ?? ''
          const cell = fill(text, width, this.#ruler)
          const paint = kind === 'status' ? this.#palette(text) : undefined
          return paint ? paint(cell) : cell
        }),
      )
    return rows.map(line).join('')
  }
}
