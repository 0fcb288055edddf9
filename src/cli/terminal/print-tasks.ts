import { type Column, type Row, selectionOf } from '../../output/columns.js'
import { formatRow, formatRows } from '../../output/index.js'
import { selectTaskColumns } from '../../output/select-task-columns.js'
import { columnsOfTask, taskListColumns } from '../../output/task-columns.js'
import type { Context } from '../context.js'
import type { CommonOptions, CommonPlan } from '../options/common-options.js'
import { outputOptions, refuseShell } from '../options/formatting.js'
import { writeLast } from './stdout.js'

/** How to print tasks with all their keys. */
export interface PrintPlan {
  /** Whether the command line names exactly one task: it is printed as an object, several as a list. */
  isOne: boolean
  /** The columns of -c. */
  chosen: readonly Column[] | undefined
}

/** How to print tasks with all their keys. @throws UsageError */
export function printPlan(options: CommonOptions, isOne: boolean): PrintPlan {
  const chosen = selectTaskColumns(options.column, { details: true })
  if (!isOne) refuseShell(options)
  return { isOne, chosen }
}

/**
 * Prints tasks with all their keys. Without tasks, it prints an empty list for programs, and nothing for people: an empty table
 * says less than the error that follows.
 *
 * @param origin whether to print the cloud and region of each task.
 */
export async function printTasks(
  context: Context,
  plan: CommonPlan & PrintPlan,
  tasks: readonly Row[],
  origin = false,
): Promise<void> {
  const { isOne, chosen, format } = plan
  const output = outputOptions(context, plan)
  const [task] = tasks
  if (task === undefined && (isOne || format === 'table')) return
  const text =
    isOne && task
      ? await formatRow(
          format,
          task,
          selectionOf(chosen, () => columnsOfTask(task)),
          output,
        )
      : await formatRows(
          format,
          tasks,
          selectionOf(chosen, () => taskListColumns({ origin, details: true })),
          output,
        )
  await writeLast(context, text)
}
