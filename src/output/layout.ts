import type { Column, ColumnKind } from './columns.js'

// Where a table is too wide, the columns of the first group are narrowed first; ids, which are of no use when cut, last.
const GIVING_WAY: readonly ColumnKind[][] = [['text', 'project'], ['type'], ['time', 'status'], ['id']]
const LEAST: Record<ColumnKind, number> = { text: 7, project: 8, type: 8, time: 10, status: 7, id: 1 }

// Columns that nobody asked for by name, and that are left out, in this order, before an id is cut.
const LEFT_OUT = ['owner', 'type', 'created_at']

/** A column's place in the table that was asked for, and the width it gets. */
export interface Place {
  index: number
  name: string
  kind: ColumnKind
  width: number
}

/**
 * Fits columns into `maxWidth` cells, borders included, as far as that is possible: of those that give way the widest is
 * narrowed first, so that short ones stay whole. Columns may be left out unless -c has chosen them.
 *
 * @param widths what each column would take if there were room for all
 */
export function fitColumns(
  columns: readonly Column[],
  widths: readonly number[],
  { maxWidth, chosen }: { maxWidth?: number | undefined; chosen: boolean },
): Place[] {
  const all = columns.map(({ name, kind }, index) => ({ name, kind, index, width: widths[index] ?? 0 }))
  if (maxWidth === undefined) return all
  const kept = chosen ? all : leaveOut(all, maxWidth)
  const room = Math.max(1, maxWidth - borders(kept.length))
  for (const place of kept) place.width = Math.min(place.width, room)
  let excess = kept.reduce((sum, { width }) => sum + width, 0) - room
  for (const group of GIVING_WAY) {
    const giving = kept.filter(({ kind }) => group.includes(kind))
    while (excess > 0) {
      const widest = giving
        .filter(({ kind, width }) => width > LEAST[kind])
        .reduce<Place | undefined>((found, place) => (place.width > (found?.width ?? 0) ? place : found), undefined)
      if (!widest) break
      widest.width--
      excess--
    }
  }
  return kept
}

function leaveOut(places: readonly Place[], maxWidth: number): Place[] {
  let kept = [...places]
  for (const name of LEFT_OUT) {
    const least = kept.reduce((sum, { kind, width }) => sum + (kind === 'id' ? width : Math.min(width, LEAST[kind])), 0)
    if (least + borders(kept.length) <= maxWidth) break
    kept = kept.filter((place) => place.name !== name)
  }
  return kept
}

function borders(columns: number): number {
  return 3 * columns + 1
}
