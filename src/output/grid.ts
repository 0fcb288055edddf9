import Table from 'cli-table3'
import { widthOf } from './width.js'

// The look of the openstack client's tables.
const CHARACTERS = {
  top: '-',
  'top-mid': '+',
  'top-left': '+',
  'top-right': '+',
  mid: '-',
  'mid-mid': '+',
  'left-mid': '+',
  'right-mid': '+',
  bottom: '-',
  'bottom-mid': '+',
  'bottom-left': '+',
  'bottom-right': '+',
  left: '|',
  middle: '|',
  right: '|',
}

/** What cli-table3 needs to know to draw such a table. */
export const GRID_STYLE = { chars: CHARACTERS, style: { head: [], border: [], compact: true } }

/** A cell: its text, and how it is coloured once its width is known. */
export interface Cell {
  text: string
  paint?: ((text: string) => string) | undefined
}

/**
 * A table whose column widths are settled. cli-table3 draws its frame; the rows are padded here, because cli-table3 has
 * to have them all at once and takes seconds for ten thousand.
 */
export class Grid {
  /** The lines before the first row. */
  readonly top: string
  /** The line after the last row. */
  readonly bottom: string
  readonly #widths: readonly number[]

  constructor(head: readonly string[], widths: readonly number[], { header }: { header: boolean }) {
    const frame = new Table({ ...GRID_STYLE, head: [...head], colWidths: widths.map((width) => width + 2) })
    const [rule = '', heading = ''] = frame.toString().split('\n')
    this.top = header ? `${rule}\n${heading}\n${rule}\n` : `${rule}\n`
    this.bottom = `${rule}\n`
    this.#widths = widths
  }

  /** One line of the table. A cell that is wider than its column pushes the others to the right. */
  line(cells: readonly Cell[]): string {
    let line = '|'
    this.#widths.forEach((width, index) => {
      const { text, paint } = cells[index] ?? { text: '' }
      const padding = ' '.repeat(Math.max(0, width - widthOf(text)))
      line += ` ${paint ? paint(text) : text}${padding} |`
    })
    return `${line}\n`
  }
}
