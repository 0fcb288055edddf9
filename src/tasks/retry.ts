import { AbortedError, TaskStateError, TimeoutError } from '../errors.js'
import { within } from '../http/deadline.js'
import type { Service } from '../http/service.js'
import type { Clock } from '../http/sleep.js'
import { pastable } from '../shell-words.js'
import { type CreateOptions, createTask, DEFAULT_CREATE_TIMEOUT } from './create/create.js'
import { getTask } from './get.js'
import type { Task } from './task.js'

/** How a task is started again. */
export type RetryOptions = Omit<CreateOptions, 'type' | 'input'>

/**
 * Starts a failed task again: a new task of the same type with the same input, exactly once as every create.
 *
 * @returns the new task; the failed one stays as it is. `timeout` covers the fetching of the failed task too.
 * @throws TaskStateError where the task has not failed; NotFoundError; what createTask throws.
 */
export async function retryTask(service: Service, clock: Clock, id: string, options: RetryOptions = {}): Promise<Task> {
  const { signal, timeout = DEFAULT_CREATE_TIMEOUT } = options
  const startedAt = clock.monotonic()
  const failed = await within(timeout, signal, (limited) => getTask(service, id, { signal: limited })).catch(
    (error) => {
      const isTimeout = error instanceof AbortedError && !signal?.aborted && !service.closed?.aborted
      throw isTimeout ? tooLate(id, timeout, error) : error
    },
  )
  if (failed.status !== 'failure') throw notFailed(failed)
  const left = Math.max(1, startedAt + timeout - clock.monotonic())
  return createTask(service, clock, { ...options, timeout: left, type: failed.type, input: failed.input ?? null })
}

function tooLate(id: string, timeout: number, cause: AbortedError): TimeoutError {
  return new TimeoutError(`Task ${id} could not be fetched within ${timeout / 1000} s, so nothing was started.`, {
    cause,
    hint: 'See which part is slow: glance-tasks doctor.',
  })
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
