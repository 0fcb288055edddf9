import { AbortedError, type Advice, TaskStateError, TimeoutError } from '../errors.js'
import type { Clock } from '../http/clock.js'
import { withTimeout } from '../http/deadline.js'
import type { Service } from '../http/service.js'
import { type CreateOptions, checkStart, createTask, DEFAULT_CREATE_TIMEOUT } from './create/create.js'
import { getTask } from './get.js'
import type { Task } from './task.js'

/** Options of a retry. */
export type RetryOptions = Omit<CreateOptions, 'type' | 'input'>

/**
 * Starts a new task with the type and input of a failed task, exactly once. The failed task stays unchanged. `timeout`
 * includes fetching the failed task.
 *
 * @returns the new task.
 * @throws TaskStateError if the task has not failed; NotFoundError; the errors of createTask().
 */
export async function retryTask(service: Service, clock: Clock, id: string, options: RetryOptions = {}): Promise<Task> {
  const { signal, timeout = DEFAULT_CREATE_TIMEOUT } = options
  checkStart(options)
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
    hint: 'Find the slow part of the connection.',
    remedy: { kind: 'diagnose' },
  })
}

function notFailed({ id, type, status }: Task): TaskStateError {
  const advice: Advice =
    status === 'success'
      ? {
          hint: 'To run it again, create another task with its type and input.',
          remedy: { kind: 'copy_task', taskId: id, type },
        }
      : { hint: 'Wait until it ends.', remedy: { kind: 'wait', taskIds: [id] } }
  const message = `Task ${id} has not failed. Its status is ${status}, and only failed tasks can be retried.`
  return new TaskStateError(message, advice)
}
