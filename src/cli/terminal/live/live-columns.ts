import { shortDuration } from '../../../amounts.js'
import { type Column, type ColumnStyle, type Selection, TIME } from '../../../output/columns.js'
import { relativeTime } from '../../../output/table/times.js'
import { TASK_STATUS } from '../../../output/task-columns.js'
import { visible } from '../../../output/text.js'
import { cellText } from '../../../output/value-text.js'
import type { Task } from '../../../tasks/task.js'
import { type Board, durationOf, type LiveTask } from './board.js'

/** A column of a live table. */
export interface LiveColumn {
  heading: string
  style: ColumnStyle
  /** If the table is too wide, it omits columns in the order of this number. Default: never. */
  omission?: number | undefined
  /** The usual width, so that the columns do not move when a value changes. */
  width?: number
  /** The text of a cell. */
  text(row: LiveTask, now: number): string
  /** A shorter text, if the text does not fit. */
  short?(row: LiveTask): string
}

/** The width of `processing → success`, and of `→ processing` in a narrow terminal. */
const WHOLE_CHANGE = 20
const SHORT_CHANGE = 12
/** The least width of a terminal that shows whole changes. */
const WIDE = 76
const WIDE_WITH_ORIGIN = 100

/** The columns that leave first. Those of the list that are not here never leave. */
const OMISSIONS: Readonly<Record<string, number>> = { owner: 1, type: 2, age: 3, message: 4, region: 5, cloud: 6 }
/** Regions often differ only in their last letters. */
const MIN_WIDTHS: Readonly<Record<string, number>> = { message: 10, region: 12, cloud: 12 }
/** JSON has no room in a live table. */
const LEFT_OUT = new Set(['input', 'result'])

/** What a live table is drawn on. */
interface LiveTerminal {
  /** In cells. */
  width: number
  /** Whether it shows characters outside ASCII. */
  unicode: boolean
}

/**
 * The columns of a live table: those of -c, or those of the list, with age and duration instead of the time of creation.
 */
export function liveColumns({ columns, isChosen }: Selection, board: Board, terminal: LiveTerminal): LiveColumn[] {
  const hasOrigin = columns.some(({ name }) => name === 'cloud')
  const isWide = terminal.width >= (hasOrigin ? WIDE_WITH_ORIGIN : WIDE)
  const status = statusColumn(board, isWide ? WHOLE_CHANGE : SHORT_CHANGE, terminal.unicode ? '→' : '>')
  const kept = isChosen ? columns : columns.filter(({ name }) => !LEFT_OUT.has(name))
  return kept.flatMap((column) => {
    if (column.name === 'status') return status
    if (column.name === 'created_at' && !isChosen) return [AGE, DURATION]
    return plainColumn(column)
  })
}

function statusColumn(board: Board, leastWidth: number, arrow: string): LiveColumn {
  const change = (row: LiveTask) => (board.isMarked(row) ? `${arrow} ${statusWord(row.task)}` : statusWord(row.task))
  return {
    heading: 'STATUS',
    style: { ...TASK_STATUS, leastWidth },
    width: WHOLE_CHANGE,
    text: (row) => (row.before !== undefined && board.isMarked(row) ? `${visible(row.before)} ` : '') + change(row),
    short: change,
  }
}

/** The status of a task, escaped. */
export function statusWord({ status }: Task): string {
  return visible(cellText(status))
}

const AGE: LiveColumn = {
  heading: 'AGE',
  style: { ...TIME, leastWidth: 6 },
  omission: OMISSIONS.age,
  width: 6,
  text: ({ task }, now) => durationCell(now - Date.parse(task.created_at)),
}

const DURATION: LiveColumn = {
  heading: 'DURATION',
  style: { ...TIME, leastWidth: 8 },
  width: 8,
  text: (row, now) => durationCell(durationOf(row, now)),
}

function durationCell(milliseconds: number): string {
  return Number.isNaN(milliseconds) ? '' : shortDuration(milliseconds)
}

function plainColumn({ name, style, get }: Column): LiveColumn {
  return {
    heading: visible(name).toUpperCase(),
    style: { ...style, leastWidth: MIN_WIDTHS[name] ?? style.leastWidth },
    omission: OMISSIONS[name],
    text({ task }, now) {
      const text = visible(cellText(get(task)))
      return style.isTime ? relativeTime(text, now) : text
    },
  }
}
