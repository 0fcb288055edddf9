import Table from 'cli-table3'

/** The style of the tables of the openstack client, for cli-table3. */
export const GRID = {
  chars: {
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
  },
  style: { head: [], border: [], compact: true },
}

/** The frame of a table. */
export interface Frame {
  /** The lines before the first row. */
  top: string
  /** The line after the last row. */
  bottom: string
}

/**
 * The frame of a table with these column widths, drawn by cli-table3. `gridLine` draws the rows, because cli-table3 needs all
 * rows at once and takes seconds for ten thousand.
 */
export function gridFrame(head: readonly string[], widths: readonly number[], { header }: { header: boolean }): Frame {
  const table = new Table({ ...GRID, head: [...head], colWidths: widths.map((width) => width + 2) })
  const [rule = '', heading = ''] = table.toString().split('\n')
  return { top: header ? `${rule}\n${heading}\n${rule}\n` : `${rule}\n`, bottom: `${rule}\n` }
}

/** A row of cells that are already padded to the width of their columns. */
export function gridLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`
}
