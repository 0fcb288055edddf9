import type { ImportOptions } from '../../images/import-options.js'
import type { CloudConnection } from '../cloud-connection.js'
import type { Context } from '../context.js'
import type { ListedImage } from '../input/images-file.js'
import type { RowsPlan } from '../terminal/print-rows.js'
import type { ManyPlan } from './many.js'

export async function dryRun(_c: Context, _p: RowsPlan, _x: CloudConnection, _o: ImportOptions): Promise<void> {
  throw new Error('todo')
}
export async function dryRunOfMany(
  _c: Context,
  _p: ManyPlan,
  _x: CloudConnection,
  _i: readonly ListedImage[],
): Promise<void> {
  throw new Error('todo')
}
