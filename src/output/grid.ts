import Table from 'cli-table3'

/** How cli-table3 draws the tables that the openstack client has made familiar. */
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

/** What stands around the rows of a table. */
export interface Frame {
  /** The lines before the first row. */
  top: string
  /** The line after the last row. */
  bottom: string
}

/**
 * The frame of a table whose columns have the given widths. cli-table3 draws it; the rows are drawn by `gridLine`, because
 * cli-table3 has to have them all at once and takes seconds for ten thousand.
 */
export function gridFrame(head: readonly string[], widths: readonly number[], { header }: { header: boolean }): Frame {
  const table = new Table({ ...GRID, head: [...head], colWidths: widths.map((width) => width + 2) })
  const [rule = '', heading = ''] = table.toString().split('\n')
  return { top: header ? `${rule}\n${heading}\n${rule}\n` : `${rule}\n`, bottom: `${rule}\n` }
}

/** A line of cells that are as wide as their columns already. */
export function gridLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`
}
