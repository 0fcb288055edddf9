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

/**
 * Fits columns into `maxWidth` cells, including borders, as far as possible. Narrows the columns in the order of their styles,
 * of several equal ones the widest first, so that short ones stay complete. Omits columns unless -c chose them. Never cuts
 * an ID: if only IDs are left, or -c chose too many columns, the table is wider.
 *
 * @param widths the full width of each column
 */
export function fitColumns(
  { columns, isChosen }: Layout,
  widths: readonly number[],
  { maxWidth, borders = gridBorders }: TableRoom,
): FittedColumn[] {
  const all = columns.map(({ style, omission = Number.POSITIVE_INFINITY }, index) => {
    return { index, style, omission, width: widths[index] ?? 0 }
  })
  if (maxWidth === undefined) return all
  const kept = isChosen ? all : withOmissions(all, maxWidth, borders)
  const room = Math.max(1, maxWidth - borders(kept.length))
  for (const column of kept) column.width = Math.min(column.width, Math.max(room, leastOf(column)))
  let excess = sumOf(kept) - room
  for (const step of stepsOf(kept, room)) {
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

/** One step for each order of narrowing. In the last step, all columns but IDs may become one cell wide, if that is enough. */
function stepsOf(columns: readonly FittedColumn[], room: number): Step[] {
  const orders = [...new Set(columns.map(({ style }) => style.narrowing))].sort((a, b) => a - b)
  const steps = orders.map((order): Step => {
    return { columns: columns.filter(({ style }) => style.narrowing === order), least: leastOf }
  })
  const ids = columns.filter(({ style }) => style.isWhole)
  const others = columns.filter(({ style }) => !style.isWhole)
  const isEnough = ids.reduce((sum, column) => sum + leastOf(column), others.length) <= room
  return isEnough ? [...steps, { columns: others, least: () => 1 }] : steps
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

function sumOf(columns: readonly FittedColumn[]): number {
  return columns.reduce((sum, { width }) => sum + width, 0)
}

function gridBorders(columns: number): number {
  return 3 * columns + 1
}
