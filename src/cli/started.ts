import type { Task } from '../tasks/task.js'
import type { Tasks } from '../tasks/tasks.js'
import type { Context } from './context.js'
import { failureOf, follow } from './follow.js'
import { printTasks } from './print-tasks.js'
import type { StartCommandOptions } from './wait-options.js'

/**
 * Ends a command that has started a task: prints it, with --wait as it has ended.
 *
 * @throws TaskFailedError where it has failed; what the wait throws.
 */
export async function printStarted(
  context: Context,
  options: StartCommandOptions,
  tasks: Tasks,
  started: Task,
): Promise<void> {
  const task = options.wait ? await follow(context, options, tasks, started.id) : started
  await printTasks(context, options, [task], true)
  const failure = failureOf([task])
  if (failure) throw failure
}
