import { UsageError } from '../../errors.js'
import { paletteFor } from '../../output/colour.js'
import type { ListWriter } from '../../output/index.js'
import { TASK_STATUS, timelineColumns } from '../../output/task-columns.js'
import type { Context } from '../context.js'
import type { CommonOptions, CommonPlan } from '../options/common-options.js'
import { outputOptions } from '../options/formatting.js'
import { showsUnicode, USUAL_COLUMNS } from '../terminal/screen.js'

/**
 * Rejects options that cannot be used with --timeline.
 *
 * @throws UsageError
 */
export function checkTimeline({ format, column, long }: CommonOptions & { long?: boolean }): void {
  if (format !== 'table') {
    const hint = `Omit --timeline to print the tasks as ${format}, or use -f table.`
    throw new UsageError(`--timeline and -f ${format} cannot be used together.`, { hint, unusable: ['format'] })
  }
  if (column !== undefined) {
    throw new UsageError('--timeline and -c cannot be used together.', {
      hint: 'Omit -c or --timeline.',
      unusable: ['column'],
    })
  }
  if (long) {
    throw new UsageError('--timeline and --long cannot be used together.', { hint: 'Omit --long or --timeline.' })
  }
}

/** Draws a list as a timeline. */
export async function timelineWriter(context: Context, plan: CommonPlan & { isSeveral: boolean }): Promise<ListWriter> {
  const { Timeline } = await import('../../output/timeline/timeline.js')
  const options = outputOptions(context, plan)
  const { header, now, maxWidth = USUAL_COLUMNS } = options
  return new Timeline({
    columns: timelineColumns({ origin: plan.isSeveral }),
    width: maxWidth,
    header,
    now,
    unicode: showsUnicode(context),
    statusStyle: TASK_STATUS,
    palette: await paletteFor(options),
  })
}
