import { GlanceTasksError } from '../errors.js'
import { pastable } from '../shell-words.js'
import type { Task } from '../tasks/task.js'
import type { Tasks } from '../tasks/tasks.js'
import type { Context } from './context.js'
import { failureOf, follow } from './follow.js'
import type { StartCommandOptions } from './options/wait-options.js'
import { printTasks } from './terminal/print-tasks.js'

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
  await printTasks(context, options, [task], true).catch((error) => {
    throw naming(task, error)
  })
  const failure = failureOf([task])
  if (failure) throw failure
}

/** Where the task cannot be printed the error names it, so that nobody starts it once more for want of an answer. */
function naming({ id }: Task, error: unknown): unknown {
  if (!(error instanceof GlanceTasksError)) return error
  return new GlanceTasksError(error.code, `${error.message} The task was started: ${id}.`, {
    cause: error,
    hint: `Do not start it again; see it with: glance-tasks get ${pastable(id, 'ID')}`,
  })
}
