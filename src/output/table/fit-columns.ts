import type { Column, ColumnStyle } from '../columns.js'

/** What matters of a selection for the widths. */
interface Layout {
  readonly columns: readonly Pick<Column, 'style' | 'omission'>[]
  readonly isChosen: boolean
}

/** The room for a table. */
export interface TableRoom {
  /** The width of the table, in cells, including borders. Default: no limit. */
  maxWidth?: number | undefined
  /** The width of all borders and gaps of a table with this number of columns. Default: those of a grid. */
  borders?: (columns: number) => number
}

/** A column of a table that fits its width. */
export interface FittedColumn {
  /** The index of the column in the selection. */
  index: number
  style: ColumnStyle
  omission: number
  width: number
}

/** Narrower than this number of cells, the values of a column say nothing. */
const MIN_WIDTH = 7

/**
 * Fits columns into `maxWidth` cells, including borders. Narrows the columns in the order of their styles, of several equal
 * ones the widest first, so that short ones stay complete. Omits columns unless -c chose them. Never cuts an ID.
 *
 * @param widths the full width of each column
 * @returns undefined if there is not enough room for a table.
 */
export function fitColumns(
  { columns, isChosen }: Layout,
  widths: readonly number[],
  { maxWidth, borders = gridBorders }: TableRoom,
): FittedColumn[] | undefined {
  const all = columns.map(({ style, omission = Number.POSITIVE_INFINITY }, index) => {
    return { index, style, omission, width: widths[index] ?? 0 }
  })
  if (maxWidth === undefined) return all
  const kept = isChosen ? all : withOmissions(all, maxWidth, borders)
  const room = maxWidth - borders(kept.length)
  if (kept.reduce((sum, column) => sum + lastOf(column), 0) > room) return undefined
  // Otherwise the loop would take a round for each character of a value of a megabyte.
  for (const column of kept) column.width = Math.min(column.width, room)
  let excess = sumOf(kept) - room
  for (const step of stepsOf(kept)) {
    while (excess > 0) {
      const widest = step.columns.reduce<FittedColumn | undefined>(
        (a, b) => (a && a.width >= b.width ? a : b),
        undefined,
      )
      if (!widest || widest.width <= step.least(widest)) break
      widest.width--
      excess--
    }
  }
  return kept
}

interface Step {
  columns: readonly FittedColumn[]
  least(column: FittedColumn): number
}

/** One step for each order of narrowing. In the last step, all but IDs and prose may become as narrow as they can be. */
function stepsOf(columns: readonly FittedColumn[]): Step[] {
  const orders = [...new Set(columns.map(({ style }) => style.narrowing))].sort((a, b) => a - b)
  const steps = orders.map((order): Step => {
    return { columns: columns.filter(({ style }) => style.narrowing === order), least: leastOf }
  })
  return [...steps, { columns: columns.filter(({ style }) => !isUnbending(style)), least: lastOf }]
}

/** Omits columns, one after the other, until no column has to be narrower than is useful. */
function withOmissions(
  columns: readonly FittedColumn[],
  maxWidth: number,
  borders: (columns: number) => number,
): FittedColumn[] {
  let kept = [...columns]
  const orders = kept.map(({ omission }) => omission).filter(Number.isFinite)
  for (const order of orders.sort((a, b) => a - b)) {
    const least = kept.reduce((sum, column) => sum + leastOf(column), 0)
    if (least + borders(kept.length) <= maxWidth) break
    kept = kept.filter(({ omission }) => omission !== order)
  }
  return kept
}

/** The width of a column that is narrowed as far as it stays useful. */
function leastOf({ style, width }: FittedColumn): number {
  return Math.min(width, style.leastWidth)
}

/** The width of a column that is narrowed as far as possible. */
function lastOf({ style, width }: FittedColumn): number {
  return Math.min(width, isUnbending(style) ? style.leastWidth : MIN_WIDTH)
}

/** IDs stay whole, and prose keeps the room for a word. */
function isUnbending({ isWhole, isWrapped }: ColumnStyle): boolean {
  return isWhole === true || isWrapped === true
}

function sumOf(columns: readonly FittedColumn[]): number {
  return columns.reduce((sum, { width }) => sum + width, 0)
}

function gridBorders(columns: number): number {
  return 3 * columns + 1
}
