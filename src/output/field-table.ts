import type { Task } from '../tasks/task.js'
import type { Palette } from './colour.js'
import type { Column } from './columns.js'
import type { OutputOptions } from './format.js'
import { Grid } from './grid.js'
import { cellText, visible, visibleLines } from './text.js'
import { relativeTime } from './times.js'
import { cut, widthOf, wrap } from './width.js'

// What the borders and the blanks beside them take of a table of two columns.
const BORDERS = 7
// In a terminal narrower than this nothing can be read anyway, and a long message would take a line a letter.
const LEAST_ROOM = 10

/** One task as a table of fields and values. Long values are wrapped, never cut. */
export function fieldTable(task: Task, columns: readonly Column[], options: OutputOptions, palette: Palette): string {
  const { maxWidth = Number.POSITIVE_INFINITY } = options
  // A server may send a key of any length: the field takes no more than half of the room.
  const fields = columns.map(({ name }) => cut(visible(name), Math.floor(maxWidth / 2)))
  const [fieldHead, valueHead] = options.header ? ['Field', 'Value'] : ['', '']
  const fieldWidth = widest([fieldHead, ...fields])
  const room = Math.max(LEAST_ROOM, maxWidth - fieldWidth - BORDERS)
  const values = columns.map(({ kind, get }) => {
    const text = visibleLines(cellText(get(task))).replaceAll('\t', '\\t')
    const shown = kind === 'time' && options.relativeTimes ? withDistance(text, options.now) : text
    return { lines: wrap(shown, room), paint: kind === 'status' ? palette(text) : undefined }
  })
  const valueWidth = widest([valueHead, ...values.flatMap(({ lines }) => lines)])
  const grid = new Grid([fieldHead, valueHead], [fieldWidth, valueWidth], options)
  const rows = values.flatMap(({ lines, paint }, row) =>
    lines.map((text, line) => grid.line([{ text: line === 0 ? (fields[row] ?? '') : '' }, { text, paint }])),
  )
  return grid.top + rows.join('') + grid.bottom
}

function widest(lines: readonly string[]): number {
  return lines.reduce((width, line) => Math.max(width, widthOf(line)), 0)
}

function withDistance(time: string, now: number): string {
  const distance = relativeTime(time, now)
  return distance === time ? time : `${time} (${distance})`
}
