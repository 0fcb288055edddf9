import { AbortedError, type Advice, TaskStateError, TimeoutError } from '../errors.js'
import type { Clock } from '../http/clock.js'
import { withTimeout } from '../http/deadline.js'
import type { Service } from '../http/service.js'
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
  const failed = await withTimeout(clock, timeout, signal, (limited) =>
    getTask(service, id, { signal: limited }),
  ).catch((error) => {
    const isTimeout = error instanceof AbortedError && !signal?.aborted && !service.closed?.aborted
    throw isTimeout ? tooLate(id, timeout, error) : error
  })
  if (failed.status !== 'failure') throw notFailed(failed)
  const left = Math.max(1, startedAt + timeout - clock.monotonic())
  return createTask(service, clock, { ...options, timeout: left, type: failed.type, input: failed.input ?? null })
}

function tooLate(id: string, timeout: number, cause: AbortedError): TimeoutError {
  return new TimeoutError(`Task ${id} could not be fetched within ${timeout / 1000} s, so nothing was started.`, {
    cause,
    hint: 'Find out which part is slow.',
    remedy: { kind: 'diagnose' },
  })
}

function notFailed({ id, type, status }: Task): TaskStateError {
  const advice: Advice =
    status === 'success'
      ? {
          hint: 'To run it once more, create another task with its type and input.',
          remedy: { kind: 'copy_task', taskId: id, type },
        }
      : { hint: 'Wait for its end.', remedy: { kind: 'wait', taskIds: [id] } }
  const message = `Task ${id} has not failed: its status is ${status}. Only a failed task can be started again.`
  return new TaskStateError(message, advice)
}
