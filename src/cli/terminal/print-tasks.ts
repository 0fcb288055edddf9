import { checkColumns, formatMany, formatOne } from '../../output/index.js'
import type { Task } from '../../tasks/task.js'
import type { Context } from '../context.js'
import type { CommonOptions } from '../options/common-options.js'
import { outputOptions, refuseShell } from '../options/formatting.js'
import { write } from './stdout.js'

/**
 * Prints tasks with all their keys: a single task as an object, several as a list.
 *
 * @param isOne whether the command line names exactly one task.
 * @param origin whether to print the cloud and region of each task.
 */
export async function printTasks(
  context: Context,
  options: CommonOptions,
  tasks: readonly Task[],
  isOne: boolean,
  origin = false,
): Promise<void> {
  const output = { ...outputOptions(context, options), origin, long: true }
  const [task] = tasks
  const text =
    isOne && task ? await formatOne(options.format, task, output) : await formatMany(options.format, tasks, output)
  await write(context.stdout, text)
}

/**
 * Validates the output options, before any request.
 *
 * @throws UsageError
 */
export function checkPrintable(options: CommonOptions, isOne: boolean): void {
  if (options.column) checkColumns(options.column, { whole: true })
  if (!isOne) refuseShell(options)
}
