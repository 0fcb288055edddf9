import { TaskStateError } from '../errors.js'
import type { Service } from '../http/service.js'
import type { Clock } from '../http/sleep.js'
import { pastable } from '../shell-words.js'
import { type CreateOptions, createTask } from './create.js'
import { getTask } from './get.js'
import type { Task } from './task.js'

/** How a task is started again. */
export type RetryOptions = Omit<CreateOptions, 'type' | 'input'>

/**
 * Starts a failed task again: a new task of the same type with the same input, exactly once as every create.
 *
 * @returns the new task; the failed one stays as it is.
 * @throws TaskStateError where the task has not failed; NotFoundError; what createTask throws.
 */
export async function retryTask(service: Service, clock: Clock, id: string, options: RetryOptions = {}): Promise<Task> {
  const failed = await getTask(service, id, { signal: options.signal })
  if (failed.status !== 'failure') throw notFailed(failed)
  return createTask(service, clock, { ...options, type: failed.type, input: failed.input ?? null })
}

function notFailed({ id, type, status }: Task): TaskStateError {
  const named = pastable(id, 'ID')
  const hint =
    status === 'success'
      ? `To start the same once more: glance-tasks get ${named} -f json -c input | jq .input | glance-tasks create --type ${pastable(type, 'TYPE')} --input -`
      : `See how it ends with: glance-tasks wait ${named}`
  return new TaskStateError(`Task ${id} has not failed, it is ${status}; only a failed task is started again.`, {
    hint,
  })
}
