import type { Task } from '../tasks/task.js'
import type { Palette } from './colour.js'
import type { Column, ColumnKind } from './columns.js'
import type { Chosen, ListWriter } from './format.js'
import { type Cell, Grid } from './grid.js'
import { fitColumns, type Place } from './layout.js'
import { cellText, visible } from './text.js'
import { relativeTime } from './times.js'
import { cut, widthOf } from './width.js'

// So many rows are kept before the widths are settled; the rest flows through as it comes.
const SAMPLE = 1000

// How wide the well-known values can be, so that a long list does not meet a wider one later.
const USUAL: Partial<Record<ColumnKind, number>> = { id: 36, type: 16, status: 10, project: 32 }

/** A table that is drawn as its tasks come, once a page of them has told how wide its columns have to be. */
export class ListTable implements ListWriter {
  readonly #columns: readonly Column[]
  readonly #options: Chosen
  readonly #palette: Palette
  #waiting: Cell[][] = []
  #places: readonly Place[] = []
  #grid: Grid | undefined

  constructor(columns: readonly Column[], options: Chosen, palette: Palette) {
    this.#columns = columns
    this.#options = options
    this.#palette = palette
  }

  begin(): string {
    return ''
  }

  rows(tasks: readonly Task[]): string {
    const rows = tasks.map((task) => this.#columns.map((column) => this.#cell(task, column)))
    if (this.#grid) return this.#draw(this.#grid, rows)
    this.#waiting = this.#waiting.concat(rows)
    if (this.#waiting.length < SAMPLE) return ''
    const grid = this.#settle((kind) => USUAL[kind] ?? 0)
    return grid.top + this.#drawWaiting(grid)
  }

  end(): string {
    if (this.#grid) return this.#grid.bottom
    const grid = this.#settle(() => 0)
    return grid.top + this.#drawWaiting(grid) + grid.bottom
  }

  /** Settles the widths by the rows that have come so far. */
  #settle(least: (kind: ColumnKind) => number): Grid {
    const headings = this.#columns.map(({ name }) => visible(name))
    const widths = this.#columns.map(({ kind }, index) => {
      const heading = this.#options.header ? widthOf(headings[index] ?? '') : 0
      const widest = (width: number, row: Cell[]) => Math.max(width, widthOf(row[index]?.text ?? ''))
      return this.#waiting.reduce(widest, Math.max(heading, least(kind)))
    })
    this.#places = fitColumns(this.#columns, widths, this.#options)
    this.#grid = new Grid(
      this.#places.map(({ index }) => headings[index] ?? ''),
      this.#places.map(({ width }) => width),
      this.#options,
    )
    return this.#grid
  }

  #drawWaiting(grid: Grid): string {
    const waiting = this.#waiting
    this.#waiting = []
    return this.#draw(grid, waiting)
  }

  #draw(grid: Grid, rows: readonly Cell[][]): string {
    return rows.map((row) => grid.line(this.#places.map((place) => this.#placed(row, place)))).join('')
  }

  #placed(row: readonly Cell[], { index, width }: Place): Cell {
    const cell = row[index] ?? { text: '' }
    return this.#options.maxWidth === undefined ? cell : { ...cell, text: cut(cell.text, width) }
  }

  #cell(task: Task, { kind, get }: Column): Cell {
    const text = visible(cellText(get(task)))
    if (kind === 'time' && this.#options.relativeTimes) return { text: relativeTime(text, this.#options.now) }
    return { text, paint: kind === 'status' ? this.#palette(text) : undefined }
  }
}
