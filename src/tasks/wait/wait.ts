import { AbortedError, NotFoundError, UsageError, WaitTimeoutError } from '../../errors.js'
import type { Clock } from '../../http/clock.js'
import type { Service } from '../../http/service.js'
import type { Task } from '../task.js'
import { isTransientWhileWaiting, pollUntil } from './poll-until.js'
import { createTaskPoller, type TaskPoller } from './poller.js'
import { TaskTracker } from './task-tracker.js'

/** How a wait goes. */
export interface WaitOptions {
  /** When to give up, in milliseconds after `startedAt`. Default 3 600 000 (an hour); 0: never. */
  timeout?: number | undefined
  /** When the timeout began to run, by the clock's `monotonic()`. Default: now. */
  startedAt?: number | undefined
  /** Milliseconds between two looks. Default: 500 at first, growing to 5000, with jitter. */
  pollInterval?: number | undefined
  /** The tasks were started a moment ago, so that a 404 means "not yet" for a while. */
  isNew?: boolean | undefined
  /** Look through the route of this image, whose tasks they are: it needs no admin role. */
  imageId?: string | undefined
  /** Called with a task each time it is seen. Of many tasks, those that go on are as a list shows them: without input and message. */
  onUpdate?: ((task: Task) => void) | undefined
  /** Called with a text when the wait meets a failure that may pass, and once a minute while it lasts. */
  onNotice?: ((text: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/** How a wait for several tasks goes. */
export interface WaitManyOptions extends WaitOptions {
  /** End when one of them has ended. Default false: when all have. */
  any?: boolean | undefined
  /** Called before each look: a task that is not wanted any more is left out of the wait and of its result. */
  isWanted?: ((id: string) => boolean) | undefined
  /** Called after each look with the number of tasks by status. */
  onPoll?: ((counts: Readonly<Record<string, number>>) => void) | undefined
}

/** What became of the tasks that were waited for. Each id, however it is spelt, is in one of `ended`, `missing` and `running`. */
export interface WaitResult {
  /** The tasks that have ended, in success or failure, whole, in the order of their ids. */
  ended: Task[]
  /** The tasks that are not there, by the ids that were asked for. */
  missing: { id: string; error: NotFoundError }[]
  /** The tasks that had not ended yet, by the ids that were asked for. */
  running: string[]
  /** Those of them that were seen, as they were seen last. */
  lastSeen: Task[]
  /** Why the wait ended before they had: WaitTimeoutError, AbortedError, or a failure that does not pass. */
  error?: unknown
}

/** An hour. */
export const DEFAULT_WAIT_TIMEOUT = 3_600_000

/**
 * Follows a task until it has ended, in success or in failure. Until the timeout it outlives lost connections, expired
 * tokens, failed logins, 429, 5xx and the answers of proxies. Nothing on the server ends a task that is stuck, so a wait
 * has a timeout.
 *
 * @returns the ended task, whole.
 * @throws WaitTimeoutError when the timeout passes first; NotFoundError, ForbiddenError, AuthenticationError,
 *   ConfigurationError, CertificateError: what does not pass; AbortedError; UsageError for impossible options.
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
  throw missing[0]?.error ?? error ?? new Error(`Nothing is known of task ${id} after a wait.`)
}

/**
 * Follows several tasks until all have ended, or any one, with few requests. It does not throw for what happens to a
 * task or to the network: the result has the tasks that ended, and the reason why the others did not.
 *
 * @throws UsageError for impossible options.
 */
export async function waitForTasks(
  service: Service,
  clock: Clock,
  ids: readonly string[],
  options: WaitManyOptions = {},
): Promise<WaitResult> {
  const { timeout = DEFAULT_WAIT_TIMEOUT, any, isWanted, signal, onPoll } = options
  checkTimes(options)
  const watch = new TaskTracker(ids, options)
  const look = createTaskPoller(service, options.imageId)
  const outage = new Outage(clock, watch, options.onNotice)
  const isOver = () => watch.open.size === 0 || (any === true && watch.ended.length > 0)
  const result = (error?: unknown): WaitResult => {
    const { ended, missing, running, lastSeen } = watch
    return { ended, missing, running, lastSeen, ...(error === undefined ? {} : { error }) }
  }
  try {
    const end = await pollUntil(
      clock,
      { ...options, timeout, closed: service.closed, onFault: (fault) => outage.note(fault) },
      async (limited) => {
        if (isWanted) watch.keep(isWanted)
        if (!isOver()) await lookAtAll(watch, look, clock, limited).finally(() => onPoll?.(watch.counts()))
        return isOver() ? 'over' : undefined
      },
    )
    return end ? result() : result(timedOut(watch, timeout, outage.fault))
  } catch (error) {
    return result(signal?.aborted ? interrupted(watch.running, error) : error)
  }
}

/**
 * Looks once at all tasks that are waited for. What happens to one of them keeps none of the others from being seen.
 *
 * @throws the first failure that does not pass, or else the first one.
 */
export async function lookAtAll(
  watch: TaskTracker,
  look: TaskPoller,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const faults: unknown[] = []
  for await (const { id, task, error } of look(watch.open, signal)) {
    if (task) watch.see(id, task)
    else if (error instanceof NotFoundError && error.isFromService) watch.miss(id, error, clock.monotonic())
    else {
      faults.push(error)
      watch.defer(id)
    }
  }
  if (faults.length > 0) throw faults.find((fault) => !isTransientWhileWaiting(fault, true)) ?? faults[0]
}

/** How often the wait reports a failure that lasts, in milliseconds. */
const REMINDER = 60_000

/** What goes wrong for the moment: told when it begins, when it changes, and once a minute. */
export class Outage {
  /** The failure of the last look, if it failed. */
  fault: Error | undefined
  readonly #clock: Clock
  readonly #watch: TaskTracker
  readonly #onNotice: WaitOptions['onNotice']
  #told: { message: string; at: number } | undefined

  constructor(clock: Clock, watch: TaskTracker, onNotice: WaitOptions['onNotice']) {
    this.#clock = clock
    this.#watch = watch
    this.#onNotice = onNotice
  }

  note(fault: Error | undefined): void {
    this.fault = fault
    if (fault === undefined) return
    const { message } = fault
    const at = this.#clock.monotonic()
    if (message === this.#told?.message && at - this.#told.at < REMINDER) return
    this.#told = { message, at }
    this.#onNotice?.(`${message} Still waiting for ${named(this.#watch.running)}.`)
  }
}

export function checkTimes({ timeout, pollInterval }: Pick<WaitOptions, 'timeout' | 'pollInterval'>): void {
  if (timeout !== undefined && !(timeout >= 0)) throw new UsageError('timeout must be 0 (none) or more milliseconds.')
  if (pollInterval !== undefined && !(pollInterval > 0)) throw new UsageError('pollInterval must be more than 0.')
}

function named(ids: readonly string[]): string {
  return ids.length === 1 ? `task ${ids[0]}` : `${ids.length} tasks`
}

function timedOut({ open, running, total }: TaskTracker, timeout: number, fault: Error | undefined): WaitTimeoutError {
  const [first, ...others] = open
  const within = `within ${timeout / 1000} s`
  const why = fault === undefined ? '.' : `: ${fault.message}`
  const message =
    first && others.length === 0
      ? `Task ${first[0]} has not ended ${within}; ${first[1] ? `it is ${first[1].status}.` : `it could not be seen${why}`}`
      : `${open.size} of ${total} tasks have not ended ${within}${why}`
  const hint = open.size === 1 ? 'The task goes on. Wait for it again.' : 'The tasks go on. Wait for them again.'
  return new WaitTimeoutError(message, running, { cause: fault, hint, remedy: { kind: 'wait', taskIds: running } })
}

function interrupted(ids: readonly string[], cause: unknown): AbortedError {
  const [goes, it] = ids.length === 1 ? ['The task goes on', 'it'] : ['The tasks go on', 'them']
  return new AbortedError(`Interrupted. ${goes}.`, {
    cause,
    hint: `Wait for ${it} again.`,
    remedy: { kind: 'wait', taskIds: ids },
  })
}
