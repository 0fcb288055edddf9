const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The distances between two marks of an axis: those that people count in. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365, 730, 1825, 3650].map((count) => count * DAY),
]

/** A period that is shown in a number of cells. Times are milliseconds since the epoch. */
export interface Scale {
  from: number
  to: number
  cells: number
}

/** The position of a time, in cells from the left, between two cells as a fraction. */
export function positionOf(time: number, { from, to, cells }: Scale): number {
  return ((time - from) / (to - from)) * cells
}

/** An axis of times (UTC): marks with labels, as many as fit. At least the first time is labelled. */
export function axisLine(scale: Scale, mark: string): string {
  const { from, to, cells } = scale
  const cellsOf = (step: number) => (step / (to - from)) * cells
  // A mark, its label and a space.
  const step = STEPS.find((each) => cellsOf(each) >= labelOf(0, each).length + 2) ?? to - from
  let line = ''
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
    const at = Math.min(cells - 1, Math.floor(positionOf(time, scale)))
    const text = mark + labelOf(time, step)
    if (at + text.length <= cells) line = line.padEnd(at) + text
  }
  return line || mark + labelOf(from, step)
}

/** `2026-11-29 18:00:05`, in UTC. */
export function utcTime(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ')
}

function labelOf(time: number, step: number): string {
  const [date = '', clock = ''] = utcTime(time).split(' ')
  if (step >= 90 * DAY) return date
  // At midnight a new day begins.
  if (step >= DAY || (step >= HOUR && time % DAY === 0)) return date.slice(5)
  return step < MINUTE ? clock : clock.slice(0, 5)
}
