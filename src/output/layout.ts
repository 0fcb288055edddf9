import type { Column, ColumnKind } from './columns.js'

// If a table is too wide, its columns are narrowed in steps: first those that can be read elsewhere, almost last IDs, which are
// useless when cut.
const STEPS: readonly { kinds: readonly ColumnKind[]; least: number }[] = [
  { kinds: ['text', 'project'], least: 7 },
  { kinds: ['type'], least: 7 },
  { kinds: ['time'], least: 10 },
  { kinds: ['status'], least: 7 },
  { kinds: ['id'], least: 8 },
  { kinds: ['text', 'project', 'type', 'time', 'status', 'id'], least: 1 },
]

// Columns that are omitted, in this order, before an ID is cut, unless -c names them.
const LEFT_OUT = ['owner', 'type', 'created_at']

/** The index of a column in the requested table, and its width. */
export interface FittedColumn {
  index: number
  name: string
  kind: ColumnKind
  width: number
}

/**
 * Fits columns into `maxWidth` cells, including borders, as far as possible. In each step, the widest column is narrowed
 * first, so that short ones stay complete. Columns can be omitted unless -c selected them.
 *
 * @param widths the full width of each column
 */
export function fitColumns(
  columns: readonly Column[],
  widths: readonly number[],
  { maxWidth, chosen }: { maxWidth?: number | undefined; chosen: boolean },
): FittedColumn[] {
  const all = columns.map(({ name, kind }, index) => ({ name, kind, index, width: widths[index] ?? 0 }))
  if (maxWidth === undefined) return all
  const kept = chosen ? all : leaveOut(all, maxWidth)
  const room = Math.max(1, maxWidth - borders(kept.length))
  for (const place of kept) place.width = Math.min(place.width, room)
  let excess = kept.reduce((sum, { width }) => sum + width, 0) - room
  for (const { kinds, least } of STEPS) {
    const giving = kept.filter(({ kind }) => kinds.includes(kind))
    while (excess > 0) {
      const widest = giving.reduce<FittedColumn | undefined>((a, b) => (a && a.width >= b.width ? a : b), undefined)
      if (!widest || widest.width <= least) break
      widest.width--
      excess--
    }
  }
  return kept
}

function leaveOut(places: readonly FittedColumn[], maxWidth: number): FittedColumn[] {
  let kept = [...places]
  for (const name of LEFT_OUT) {
    const least = kept.reduce((sum, place) => sum + narrowed(place), 0)
    if (least + borders(kept.length) <= maxWidth) break
    kept = kept.filter((place) => place.name !== name)
  }
  return kept
}

/** The minimum width of a column as long as no ID is cut. */
function narrowed({ kind, width }: FittedColumn): number {
  const step = STEPS.find(({ kinds }) => kinds.includes(kind))
  return kind === 'id' || !step ? width : Math.min(width, step.least)
}

function borders(columns: number): number {
  return 3 * columns + 1
}
