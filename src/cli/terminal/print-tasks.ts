import { checkColumns, formatMany, formatOne } from '../../output/index.js'
import type { Task } from '../../tasks/task.js'
import type { Context } from '../context.js'
import type { CommonOptions } from '../options/common-options.js'
import { outputOptions, refuseShell } from '../options/formatting.js'
import { write } from './stdout.js'

/**
 * Prints whole tasks, as get, create and wait do: one that was asked for by itself as an object, several as a list.
 *
 * @param isOne whether the command line names one task; what it names may also be found to be one of several.
 * @param origin whether the tasks say which cloud they come from.
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
 * Checks, before anything is asked, what can be known of the output by then.
 *
 * @throws UsageError
 */
export function checkPrintable(options: CommonOptions, isOne: boolean): void {
  if (options.column) checkColumns(options.column, { whole: true })
  if (!isOne) refuseShell(options)
}
