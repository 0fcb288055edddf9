import { TaskFailedError } from '../errors.js'
import type { Task } from '../tasks/task.js'
import type { Tasks } from '../tasks/tasks.js'
import type { Context } from './context.js'
import { type Progress, progressFor } from './progress.js'
import { type WaitCommandOptions, waitOptions } from './wait-options.js'

/** Follows one task until it has ended, and says on stderr how it goes. */
export async function follow(
  context: Context,
  options: WaitCommandOptions,
  tasks: Tasks,
  id: string,
  isNew = false,
): Promise<Task> {
  const progress = progressFor(context, options)
  try {
    return await tasks.wait(id, {
      ...waitOptions(options),
      isNew,
      signal: context.signal,
      onUpdate: (task) => tell(progress, task),
      onNotice: (text) => progress.note(text),
    })
  } finally {
    progress.stop()
  }
}

function tell(progress: Progress, task: Task): void {
  const message = task.message ? ` (${task.message.split('\n', 1)[0]})` : ''
  progress.update(`task ${task.id}: ${task.status}${message}`)
}

/** The error that ended tasks stand for, if one of them failed. */
export function failureOf(tasks: readonly Task[]): TaskFailedError | undefined {
  const failed = tasks.filter((task) => task.status === 'failure')
  const [first] = failed
  if (!first) return undefined
  const ids = failed.map((task) => task.id)
  const message = first.message?.trim() || 'the server gives no reason'
  if (failed.length === 1) return new TaskFailedError(`Task ${first.id} failed: ${message}`, ids)
  return new TaskFailedError(
    `${failed.length} of ${tasks.length} tasks failed; the first: ${first.id}: ${message}`,
    ids,
  )
}
