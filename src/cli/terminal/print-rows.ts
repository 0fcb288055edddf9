import type { Row, Selection } from '../../output/columns.js'
import { formatRow, formatRows } from '../../output/index.js'
import type { Context } from '../context.js'
import type { CommonPlan } from '../options/common-options.js'
import { outputOptions } from '../options/formatting.js'
import { writeLast } from './stdout.js'

/** How to print rows of a fixed set of columns. */
export interface RowsPlan extends CommonPlan {
  columns: Selection
}

/** Prints a list of rows. */
export async function printRows(context: Context, plan: RowsPlan, rows: readonly Row[]): Promise<void> {
  await writeLast(context, await formatRows(plan.format, rows, plan.columns, outputOptions(context, plan)))
}

/** Prints a single row, as an object. */
export async function printRow(context: Context, plan: RowsPlan, row: Row): Promise<void> {
  await writeLast(context, await formatRow(plan.format, row, plan.columns, outputOptions(context, plan)))
}
