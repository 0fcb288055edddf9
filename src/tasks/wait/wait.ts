import { AbortedError, NotFoundError, UsageError, WaitTimeoutError } from '../../errors.js'
import type { Clock } from '../../http/clock.js'
import type { Service } from '../../http/service.js'
import type { Task } from '../task.js'
import { Outage } from './outage.js'
import { isTransientWhileWaiting, type PollFault, pollUntil } from './poll-until.js'
import { createTaskPoller, type TaskPoller } from './poller.js'
import { TaskTracker } from './task-tracker.js'
import { DEFAULT_WAIT_TIMEOUT } from './wait-timeout.js'

/** Options of a wait. */
export interface WaitOptions {
  /** The timeout, in milliseconds after `startedAt`. Default 3 600 000 (one hour); 0: none. */
  timeout?: number | undefined
  /** When the timeout started, by the clock's `monotonic()`. Default: now. */
  startedAt?: number | undefined
  /** The time between polls, in milliseconds. Default: grows from 500 to 5000, with jitter. */
  pollInterval?: number | undefined
  /** Whether the tasks were started just now. If so, a 404 is tolerated for a while. Default false. */
  isNew?: boolean | undefined
  /** The image of the tasks. If it is set, the wait uses the route of the image, which needs no admin role. */
  imageId?: string | undefined
  /** Called with each task on each poll. In a wait for many tasks, unfinished tasks may lack input and message. */
  onUpdate?: ((task: Task) => void) | undefined
  /** Called with a text when a transient failure begins, and once a minute while it lasts. */
  onNotice?: ((text: string) => void) | undefined
  /** Called after each poll that failed, if the wait continues. */
  onRetry?: ((fault: PollFault) => void) | undefined
  signal?: AbortSignal | undefined
}

/** Options of a wait for several tasks. */
export interface WaitManyOptions extends WaitOptions {
  /** Whether to end as soon as one task has ended. Default false. */
  any?: boolean | undefined
  /** Called before each poll. If it returns false, the task is removed from the wait and its result. */
  isWanted?: ((id: string) => boolean) | undefined
  /** Called after each poll with the number of tasks by status. */
  onPoll?: ((counts: Readonly<Record<string, number>>) => void) | undefined
}

/** The result of a wait. Each ID is in one of `ended`, `missing` and `running`, even if it was given in several spellings. */
export interface WaitResult {
  /** The tasks that succeeded or failed, with all their fields, in the order of the IDs. */
  ended: Task[]
  /** The IDs of the tasks that do not exist. */
  missing: { id: string; error: NotFoundError }[]
  /** The IDs of the tasks that have not ended. */
  running: string[]
  /** The tasks that have not ended, as they were last seen. Without tasks that were never seen. */
  lastSeen: Task[]
  /** Why the wait ended early: WaitTimeoutError, AbortedError, or a lasting failure. */
  error?: unknown
}

/**
 * Waits until a task succeeds or fails. Continues after lost connections, expired tokens, failed logins, 429, 5xx and
 * responses of proxies. It has a timeout, because nothing on the server ends a stuck task.
 *
 * @returns the ended task, with all its fields.
 * @throws WaitTimeoutError after the timeout; NotFoundError, ForbiddenError, AuthenticationError, ConfigurationError or
 *   CertificateError for a lasting failure; AbortedError; UsageError for invalid options.
 */
export async function waitForTask(
  service: Service,
  clock: Clock,
  id: string,
  options: WaitOptions = {},
): Promise<Task> {
  const { ended, missing, error } = await waitForTasks(service, clock, [id], options)
  const [task] = ended
  if (task) return task
  throw missing[0]?.error ?? error ?? new Error(`The wait for task ${id} ended without a result.`)
}

/**
 * Waits, with few requests, until all tasks have ended, or one of them with `any`. It does not throw for failures of tasks
 * or of the network. The result contains the ended tasks and the reason why the wait ended early.
 *
 * @throws UsageError for invalid options.
 */
export async function waitForTasks(
  service: Service,
  clock: Clock,
  ids: readonly string[],
  options: WaitManyOptions = {},
): Promise<WaitResult> {
  const { timeout = DEFAULT_WAIT_TIMEOUT, any, isWanted, signal, onPoll } = options
  checkTimes(options)
  const tracker = new TaskTracker(ids, options)
  const poll = createTaskPoller(service, options.imageId)
  const outage = new Outage(clock, tracker, options)
  const isOver = () => tracker.unfinished.size === 0 || (any === true && tracker.ended.length > 0)
  const result = (error?: unknown): WaitResult => {
    const { ended, missing, running, lastSeen } = tracker
    return { ended, missing, running, lastSeen, ...(error === undefined ? {} : { error }) }
  }
  try {
    const end = await pollUntil(
      clock,
      { ...options, timeout, closed: service.closed, onFault: (fault) => outage.update(fault) },
      async (limited) => {
        if (isWanted) tracker.removeUnless(isWanted)
        if (!isOver()) await pollAll(tracker, poll, clock, limited).finally(() => onPoll?.(tracker.counts()))
        return isOver() ? 'over' : undefined
      },
    )
    return end ? result() : result(timedOut(tracker, timeout, outage.fault))
  } catch (error) {
    return result(
      signal?.aborted ? interrupted(tracker.running, error instanceof AbortedError ? error.cause : error) : error,
    )
  }
}

/**
 * Polls all unfinished tasks once. A failure for one task does not affect the others.
 *
 * @throws the first lasting failure, otherwise the first failure.
 */
export async function pollAll(
  tracker: TaskTracker,
  poll: TaskPoller,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const faults: unknown[] = []
  for await (const { id, task, error } of poll(tracker.unfinished, signal)) {
    if (task) tracker.update(id, task)
    else if (error instanceof NotFoundError && error.isFromService) tracker.notFound(id, error, clock.monotonic())
    else {
      faults.push(error)
      tracker.moveToEnd(id)
    }
  }
  if (faults.length > 0) throw faults.find((fault) => !isTransientWhileWaiting(fault, true)) ?? faults[0]
}

export function checkTimes({ timeout, pollInterval }: Pick<WaitOptions, 'timeout' | 'pollInterval'>): void {
  if (timeout !== undefined && !(timeout >= 0)) throw new UsageError('timeout must be at least 0 milliseconds.')
  if (pollInterval !== undefined && !(pollInterval > 0)) throw new UsageError('pollInterval must be more than 0.')
}

function timedOut(
  { unfinished, running, lastSeen, total }: TaskTracker,
  timeout: number,
  fault: Error | undefined,
): WaitTimeoutError {
  const [first, ...others] = unfinished
  const within = `within ${timeout / 1000} s`
  const why = fault === undefined ? '.' : `: ${fault.message}`
  const message =
    first && others.length === 0
      ? `Task ${first[0]} did not end ${within}; its ${statusOf(first[1], fault)}${why}`
      : `${unfinished.size} of ${total} tasks did not end ${within}${why}`
  const [continues, it] = unfinished.size === 1 ? ['The task continues. ', 'it'] : ['The tasks continue. ', 'them']
  // A task that was never seen may not exist.
  const hint = `${lastSeen.length === unfinished.size ? continues : ''}Wait for ${it} again.`
  return new WaitTimeoutError(message, running, { cause: fault, hint, remedy: { kind: 'wait', taskIds: running } })
}

/** The status at the last poll that succeeded. During an outage, it may have changed since. */
function statusOf(task: Task | undefined, fault: Error | undefined): string {
  if (task === undefined) return 'status is unknown'
  return `${fault === undefined ? '' : 'last known '}status is ${task.status}`
}

function interrupted(ids: readonly string[], cause: unknown): AbortedError {
  const [continues, it] = ids.length === 1 ? ['The task continues', 'it'] : ['The tasks continue', 'them']
  return new AbortedError(`Interrupted. ${continues}.`, {
    cause,
    hint: `Wait for ${it} again.`,
    remedy: { kind: 'wait', taskIds: ids },
  })
}
