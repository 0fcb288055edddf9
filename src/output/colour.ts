import type { ColumnStyle } from './columns.js'

/** Colours a cell. */
export type Paint = (text: string) => string

/** The paint for a value of a column; undefined for a value without a colour. */
export type Palette = (style: ColumnStyle, value: string) => Paint | undefined

/** Paints values in the colours of their columns, or not at all if colours are off. */
export async function paletteFor({ color }: { color: boolean }): Promise<Palette> {
  if (!color) return () => undefined
  const { Chalk } = await import('chalk')
  // Level 1: the 16 colours that every terminal supports. The caller has decided whether to use colours.
  const chalk = new Chalk({ level: 1 })
  return ({ colours }, value) => {
    const colour = colours && Object.hasOwn(colours, value) ? colours[value] : undefined
    return colour && chalk[colour]
  }
}
