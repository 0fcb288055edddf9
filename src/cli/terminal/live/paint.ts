import { fitColumns } from '../../../output/table/fit-columns.js'
import { clipped, cut, type Ruler, wrapAll } from '../../../output/table/width.js'
import { hasEnded, TASK_STATUSES } from '../../../tasks/task.js'
import type { LiveTask } from './board.js'
import type { Brush } from './brush.js'
import { type LiveColumn, statusWord } from './live-columns.js'

/** What a live table shows at one moment. */
export interface Picture {
  columns: readonly LiveColumn[]
  /** Whether -c chose the columns. Then none is omitted. */
  isChosen: boolean
  rows: readonly LiveTask[]
  /** Whether the status of a task changed lately. */
  isMarked(row: LiveTask): boolean
  /** Lines above the table, escaped: failures and warnings. */
  notes: readonly string[]
  /** The line at the end. */
  status: string
  /** The current time, in milliseconds since the epoch. */
  now: number
}

/** Where a live table is painted. */
export interface Surface {
  /** In cells, at least 1. */
  width: number
  /** In lines, at least 1. */
  height: number
  brush: Brush
  ruler: Ruler
}

const GAP = '  '
/** The notes take at most this share of the height. */
const NOTES_SHARE = 1 / 3

/**
 * Paints a live table: the latest notes, the tasks that fit, the totals, and the status line. No line is wider than the
 * surface, and there are never more lines than it has.
 */
export function paint(picture: Picture, surface: Surface): string[] {
  const { width, height, ruler, brush } = surface
  const notes = picture.notes.map((note) => wrapAll(note, width, ruler))
  const shownNotes = latestNotes(notes, Math.floor(height * NOTES_SHARE))
  const state = paintState(picture, surface, height - shownNotes.length - 1)
  return lastOf([...shownNotes, ...state, brush.dim(cut(picture.status, width, ruler))], height)
}

/** The lines of the latest notes that fit as a whole; at least the beginning of the last one. */
function latestNotes(notes: readonly string[][], room: number): string[] {
  let lines: string[] = []
  for (const note of notes.toReversed()) {
    if (lines.length > 0 && lines.length + note.length > room) break
    lines = [...note, ...lines]
  }
  return lines.slice(0, room)
}

/** The tasks that fit into `room` lines, and the totals. */
export function paintState(picture: Picture, surface: Surface, room: number): string[] {
  return [...paintTable(picture, surface, room - 1), totalsLine(picture.rows, surface)]
}

/** The header and the rows that fit into `room` lines; then a line with the number of the others. */
function paintTable(picture: Picture, surface: Surface, room: number): string[] {
  const { columns, rows, now, isMarked } = picture
  const { width, brush, ruler } = surface
  if (rows.length === 0) return [brush.dim(cut('No task matches.', width, ruler))]
  const shown = chooseRows(picture, room - 1)
  const cells = shown.map((row) => columns.map(({ text }) => text(row, now)))
  const widths = columns.map(({ heading, width: usual = 0 }, index) =>
    cells.reduce((widest, line) => Math.max(widest, ruler.widthOf(line[index] ?? '')), Math.max(usual, heading.length)),
  )
  const fitted = fitColumns({ columns, isChosen: picture.isChosen }, widths, { maxWidth: width, borders: gaps })
  if (fitted === undefined) return paintBlocks(picture, surface, room)
  const line = (cell: (column: LiveColumn, index: number, width: number) => string) =>
    fitted.flatMap(({ index, width }) => (columns[index] ? cell(columns[index], index, width) : [])).join(GAP)

  const header = line(({ heading }, _index, width) => clipped(heading, width, ruler))
  const lines = shown.map((row, at) => {
    const text = line((column, index, width) => {
      const whole = cells[at]?.[index] ?? ''
      const fitting = ruler.widthOf(whole) <= width ? whole : (column.short?.(row) ?? whole)
      const cell = clipped(fitting, width, ruler)
      return column.style.colours === undefined ? cell : brush.status(row.task.status, cell)
    }).trimEnd()
    return isMarked(row) ? brush.bold(text) : text
  })
  return [brush.dim(header.trimEnd()), ...lines, ...othersLine(rows.length - shown.length, surface)]
}

/** For each row that fits, its ID, and below it the other values. For a terminal that is too narrow for a table. */
function paintBlocks(picture: Picture, surface: Surface, room: number): string[] {
  const { columns, rows, now, isChosen, isMarked } = picture
  const { width, brush, ruler } = surface
  const kept = columns.filter(({ omission }) => isChosen || omission === undefined)
  const ids = kept.filter(({ style }) => style.isWhole)
  const others = kept.filter(({ style }) => !style.isWhole)
  const blocks = rows.map((row) => {
    const whole = ids.flatMap(({ text }) => wrapAll(text(row, now), width, ruler))
    const rest = others.map(({ text, short }) => short?.(row) ?? text(row, now)).filter((text) => text !== '')
    const line = brush.status(row.task.status, cut(rest.join(GAP), width, ruler))
    const lines = rest.length === 0 ? whole : [...whole, line]
    return { row, lines: isMarked(row) ? lines.map(brush.bold) : lines }
  })
  const height = blocks.reduce((most, { lines }) => Math.max(most, lines.length), 1)
  const shown = chooseRows(picture, Math.floor(room / height))
  const lines = blocks.flatMap((block) => (shown.includes(block.row) ? block.lines : []))
  return [...lines, ...othersLine(rows.length - shown.length, surface)]
}

function othersLine(count: number, { width, brush, ruler }: Surface): string[] {
  return count > 0 ? [brush.dim(cut(`and ${count} more`, width, ruler))] : []
}

function gaps(columns: number): number {
  return GAP.length * Math.max(0, columns - 1)
}

/** The rows that fit, in their order. If some do not fit, those stay that changed lately, then those that have not ended. */
function chooseRows({ rows, isMarked }: Picture, room: number): readonly LiveTask[] {
  if (rows.length <= room) return rows
  const lines = Math.max(0, room - 1)
  const groups = [rows.filter(isMarked), rows.filter(({ task }) => !hasEnded(task)), rows]
  const chosen = new Set<LiveTask>()
  for (const row of groups.flat()) {
    if (chosen.size >= lines) break
    chosen.add(row)
  }
  return rows.filter((row) => chosen.has(row))
}

/** `412 tasks: 2 pending, 10 processing, 380 success, 20 failure` */
function totalsLine(rows: readonly LiveTask[], { width, brush, ruler }: Surface): string {
  const counts = new Map<string, number>(TASK_STATUSES.map((status) => [status, 0]))
  for (const { task } of rows) {
    const status = statusWord(task)
    counts.set(status, (counts.get(status) ?? 0) + 1)
  }
  const parts = [...counts].filter(([, count]) => count > 0)
  const lead = `${rows.length} task${rows.length === 1 ? '' : 's'}`
  const plain = `${lead}: ${parts.map(([status, count]) => `${count} ${status}`).join(', ')}`
  if (parts.length === 0) return lead
  // A coloured line cannot be cut.
  if (ruler.widthOf(plain) > width) return cut(plain, width, ruler)
  return `${lead}: ${parts.map(([status, count]) => brush.status(status, `${count} ${status}`)).join(', ')}`
}

function lastOf<T>(items: readonly T[], count: number): T[] {
  return count <= 0 ? [] : items.slice(-count)
}
