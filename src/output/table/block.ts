import type { Paint } from '../colour.js'
import { cut, type Ruler, wrap } from './width.js'

/** A field of a row: its name, and its value as text. */
export interface BlockField {
  name: string
  text: string
  paint?: Paint | undefined
}

/** The room for a block. */
export interface BlockRoom {
  /** In cells. Default: no limit. */
  maxWidth?: number | undefined
  /** Print the names. */
  header: boolean
}

const GAP = 2
/** In a narrower terminal, a value is below its name. */
const MIN_ROOM = 10

/**
 * A row as lines of names and values, for a terminal that is too narrow for a table. Nothing is cut but names that are longer than
 * the terminal: values are wrapped, and a value that cannot be wrapped, such as an ID, is below its name if it does not fit
 * beside it. Only a terminal narrower than an ID breaks it.
 */
export function blockText(
  fields: readonly BlockField[],
  { maxWidth = Number.POSITIVE_INFINITY, header }: BlockRoom,
  ruler: Ruler,
): string {
  const widest = fields.reduce((most, { name }) => Math.max(most, ruler.widthOf(name)), 0)
  const margin = header ? Math.min(widest, Math.floor(maxWidth / 2)) + GAP : 0
  return fields.flatMap((field) => fieldLines(field, { margin, maxWidth, header }, ruler)).join('')
}

function fieldLines(
  { name, text, paint = (line) => line }: BlockField,
  { margin, maxWidth, header }: { margin: number; maxWidth: number; header: boolean },
  ruler: Ruler,
): string[] {
  const fits = (lines: readonly string[], room: number) => lines.every((line) => ruler.widthOf(line) <= room)
  const pad = (indent: number) => (line: string) => `${' '.repeat(indent)}${paint(line)}`
  if (!header) return wrap(text, maxWidth, ruler).map((line) => `${paint(line)}\n`)
  if (text === '') return [`${cut(name, maxWidth, ruler)}\n`]
  const room = maxWidth - margin
  const beside = room < MIN_ROOM ? [] : wrap(text, room, ruler)
  if (beside.length > 0 && fits(beside, room) && fits([name], margin - GAP)) {
    const [first = '', ...others] = beside
    const label = name + ' '.repeat(margin - ruler.widthOf(name))
    return [`${label}${paint(first)}\n`, ...others.map((line) => `${pad(margin)(line)}\n`)]
  }
  const indented = wrap(text, Math.max(1, maxWidth - GAP), ruler)
  const [indent, below] = fits(indented, maxWidth - GAP) ? [GAP, indented] : [0, wrap(text, maxWidth, ruler)]
  return [`${cut(name, maxWidth, ruler)}\n`, ...below.map((line) => `${pad(indent)(line)}\n`)]
}
