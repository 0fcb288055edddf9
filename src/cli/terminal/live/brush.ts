import { paletteFor } from '../../../output/colour.js'
import { TASK_STATUS } from '../../../output/task-columns.js'

/** Colours the parts of a live table. */
export interface Brush {
  isColoured: boolean
  /** In the colour of a status. */
  status(status: string, text: string): string
  bold(text: string): string
  dim(text: string): string
}

/** A brush with the colours of the tables, or without any. */
export async function brushFor({ color }: { color: boolean }): Promise<Brush> {
  const plain = (text: string) => text
  if (!color) return { isColoured: false, status: (_status, text) => text, bold: plain, dim: plain }
  const [palette, { Chalk }] = await Promise.all([paletteFor({ color }), import('chalk')])
  const { bold, dim } = new Chalk({ level: 1 })
  return { isColoured: true, status: (status, text) => palette(TASK_STATUS, status)?.(text) ?? text, bold, dim }
}
