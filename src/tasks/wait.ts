import {
  AbortedError,
  ApiError,
  type GlanceTasksError,
  NotFoundError,
  UnexpectedAnswerError,
  UsageError,
  WaitTimeoutError,
} from '../errors.js'
import { path } from '../http/path.js'
import { isPassing } from '../http/retry.js'
import type { Service } from '../http/service.js'
import type { Clock } from '../http/sleep.js'
import { taskOf } from './read-task.js'
import { hasEnded, type Task } from './task.js'

/** How a wait goes. */
export interface WaitOptions {
  /** When to give up, in milliseconds from now. Default 3 600 000 (an hour); 0 never. */
  timeout?: number | undefined
  /** Milliseconds between two looks. Default: 500 at first, growing to 5000, with jitter. */
  pollInterval?: number | undefined
  /** The task was started a moment ago, so that a 404 means "not yet" for a while. */
  isNew?: boolean | undefined
  /** Told of each look at a task. */
  onUpdate?: ((task: Task) => void) | undefined
  /** Told of each failure that the wait outlives. */
  onNotice?: ((text: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/** An hour. */
export const DEFAULT_WAIT_TIMEOUT = 3_600_000

const FIRST_INTERVAL = 500
const LONGEST_INTERVAL = 5000
const GROWTH = 1.3
/** For so long a new task may not be found: a cluster's other members may not know it yet. */
const NEW_TASK_GRACE = 30_000
/** A Retry-After is honoured up to a minute. */
const LONGEST_RETRY_AFTER = 60_000

/** The pauses between two looks, in milliseconds: growing, with a jitter of a tenth so that many waits do not march in step. */
export function* pollIntervals(fixed: number | undefined, random: () => number): Generator<number, never> {
  for (let interval = fixed ?? FIRST_INTERVAL; ; ) {
    yield fixed ?? interval * (0.9 + 0.2 * random())
    interval = Math.min(interval * GROWTH, LONGEST_INTERVAL)
  }
}

/**
 * Follows a task until it has ended, in success or in failure, and outlives lost connections, expired tokens, 429 and
 * 5xx. Nothing on the server ends a task that is stuck, so a wait has a deadline.
 *
 * @returns the ended task, whole.
 * @throws WaitTimeoutError when the deadline passes first; NotFoundError; what the first look throws.
 */
export async function waitForTask(
  service: Service,
  clock: Clock,
  id: string,
  options: WaitOptions = {},
): Promise<Task> {
  const { timeout = DEFAULT_WAIT_TIMEOUT, signal } = options
  checkTimes(options)
  const started = clock.now()
  const deadline = timeout === 0 ? Number.POSITIVE_INFINITY : started + timeout
  const intervals = pollIntervals(options.pollInterval, clock.random)
  let last: Task | undefined
  for (;;) {
    let pause = intervals.next().value
    // The last look begins at the deadline, so that a machine that slept through it still learns how the task ended.
    const isLast = clock.now() >= deadline
    try {
      // Until the task has been seen, a failure is the request's own affair: it is tried again a few times, then told.
      last = await look(service, id, last === undefined && !options.isNew, signal)
      options.onUpdate?.(last)
      if (hasEnded(last)) return last
    } catch (error) {
      const isYoung = options.isNew === true && clock.now() - started < NEW_TASK_GRACE
      if (!canOutlive(error, last !== undefined || options.isNew === true, isYoung && !last)) throw error
      options.onNotice?.(`${(error as Error).message} Still waiting for task ${id}.`)
      pause = Math.max(pause, retryAfter(error))
    }
    if (isLast) throw timedOut(id, last, timeout)
    const left = Math.max(0, deadline - clock.now())
    await clock.sleep(Math.min(pause, left), signal).catch((error) => {
      throw error instanceof AbortedError ? stillRunning(id, error) : error
    })
  }
}

async function look(service: Service, id: string, retry: boolean, signal: AbortSignal | undefined): Promise<Task> {
  try {
    return taskOf(await service.request({ method: 'GET', path: path`tasks/${id}`, signal, retry }))
  } catch (error) {
    throw error instanceof AbortedError ? stillRunning(id, error) : error
  }
}

function checkTimes({ timeout, pollInterval }: WaitOptions): void {
  if (timeout !== undefined && !(timeout >= 0)) throw new UsageError('timeout must be 0 (none) or more milliseconds.')
  if (pollInterval !== undefined && !(pollInterval > 0)) throw new UsageError('pollInterval must be more than 0.')
}

/**
 * Whether to look again after a failure. Of a task that is known to exist, a 401 (Keystone is away for a moment) and any
 * fault of the server may pass; a 404 does not, for then it has expired, unless it is so new that not every server of a
 * cluster knows it.
 */
function canOutlive(error: unknown, isKnown: boolean, mayBeUnknownYet: boolean): boolean {
  if (!isKnown) return false
  if (isPassing(error) || error instanceof UnexpectedAnswerError) return true
  if (error instanceof NotFoundError) return mayBeUnknownYet
  return error instanceof ApiError && (error.status === 401 || error.status >= 500)
}

function retryAfter(error: unknown): number {
  return error instanceof ApiError ? Math.min((error.retryAfter ?? 0) * 1000, LONGEST_RETRY_AFTER) : 0
}

function timedOut(id: string, last: Task | undefined, timeout: number): GlanceTasksError {
  const state = last ? `it is ${last.status}` : 'it could not be seen'
  return new WaitTimeoutError(`Task ${id} has not ended within ${timeout / 1000} s; ${state}.`, [id], {
    hint: `The task goes on; take it up again with: glance-tasks wait ${id}`,
  })
}

function stillRunning(id: string, cause: unknown): AbortedError {
  return new AbortedError('Interrupted. The task goes on.', {
    cause,
    hint: `Take it up again with: glance-tasks wait ${id}`,
  })
}
