import {
  AbortedError,
  ApiError,
  NotFoundError,
  UnexpectedAnswerError,
  UsageError,
  WaitTimeoutError,
} from '../errors.js'
import { within } from '../http/deadline.js'
import { isPassing } from '../http/retry.js'
import type { Service } from '../http/service.js'
import type { Clock } from '../http/sleep.js'
import { pastable } from '../shell-words.js'
import { lookerFor } from './look.js'
import { pollIntervals } from './poll-intervals.js'
import { hasEnded, type Task } from './task.js'

/** How a wait goes. */
export interface WaitOptions {
  /** When to give up, in milliseconds from now. Default 3 600 000 (an hour); 0 never. */
  timeout?: number | undefined
  /** Milliseconds between two looks. Default: 500 at first, growing to 5000, with jitter. */
  pollInterval?: number | undefined
  /** The tasks were started a moment ago, so that a 404 means "not yet" for a while. */
  isNew?: boolean | undefined
  /** Look through the route of this image, whose tasks they are: it needs no admin role. */
  imageId?: string | undefined
  /** Told of each look at a task. Of many tasks, those that go on are as a list shows them: without input and message. */
  onUpdate?: ((task: Task) => void) | undefined
  /** Told of each failure that the wait outlives. */
  onNotice?: ((text: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/** How a wait for several tasks goes. */
export interface WaitManyOptions extends WaitOptions {
  /** Be content when one of them has ended. Default false: all of them. */
  any?: boolean | undefined
  /** Told after each look how many tasks stand how, by their status. */
  onLook?: ((counts: Readonly<Record<string, number>>) => void) | undefined
}

/** What became of the tasks that were waited for. Each id is in one of the three. */
export interface WaitResult {
  /** The tasks that have ended, in success or failure, whole, in the order of their ids. */
  ended: Task[]
  /** The tasks that are not there. */
  missing: { id: string; error: NotFoundError }[]
  /** The ids of those that had not ended yet. */
  running: string[]
  /** Why the wait ended before they had: WaitTimeoutError, AbortedError, or what the cloud answers to every request. */
  error?: unknown
}

/** An hour. */
export const DEFAULT_WAIT_TIMEOUT = 3_600_000

/** For so long a new task may not be found: a cluster's other members may not know it yet. */
const NEW_TASK_GRACE = 30_000
/** A Retry-After is honoured up to a minute. */
const LONGEST_RETRY_AFTER = 60_000
/** What a look may take that begins at the deadline. */
const LAST_LOOK = 10_000

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
  const { ended, missing, error } = await waitForTasks(service, clock, [id], options)
  const [task] = ended
  if (task) return task
  throw missing[0]?.error ?? error
}

/**
 * Follows several tasks until all have ended, or any one, with few requests. It does not throw for what befalls a task or
 * the network: what has ended until then is in the result, together with the reason why the others have not.
 *
 * @throws UsageError for options that cannot be meant.
 */
export async function waitForTasks(
  service: Service,
  clock: Clock,
  ids: readonly string[],
  options: WaitManyOptions = {},
): Promise<WaitResult> {
  const { timeout = DEFAULT_WAIT_TIMEOUT, signal, onNotice, onLook } = options
  checkTimes(options)
  const watch = new Watch(ids, options)
  const look = lookerFor(service, options.imageId)
  const started = clock.now()
  const deadline = timeout === 0 ? Number.POSITIVE_INFINITY : started + timeout
  const intervals = pollIntervals(options.pollInterval, clock.random)
  let isKnown = options.isNew === true
  while (!watch.isOver) {
    let pause = intervals.next().value
    // The last look begins at the deadline, so that a machine that slept through it still learns how the tasks ended.
    const isLast = clock.now() >= deadline
    const isYoung = options.isNew === true && clock.now() - started < NEW_TASK_GRACE
    // Until a task has been seen, a failure is the request's own affair: it is tried again a few times, then told.
    const retry = !isKnown || watch.open.size > 1
    try {
      await within(Math.max(deadline - clock.now(), LAST_LOOK), signal, async (limited) => {
        let fault: unknown
        for await (const { id, task, error } of look(watch.open, retry, limited)) {
          if (task) watch.see(id, task)
          else if (error instanceof NotFoundError) watch.miss(id, error, isYoung)
          // What befell one task keeps none of the others from being seen.
          else fault ??= error
          isKnown ||= task !== undefined
        }
        if (fault !== undefined) throw fault
      })
    } catch (error) {
      if (signal?.aborted) return watch.result(stillRunning(watch.running, error))
      // A look that the deadline cut short is followed by the last one.
      if (!(error instanceof AbortedError)) {
        if (!isKnown || !canOutlive(error)) return watch.result(error)
        onNotice?.(`${(error as Error).message} Still waiting for ${named(watch.running)}.`)
        pause = Math.max(pause, retryAfter(error))
      }
    }
    onLook?.(watch.counts())
    if (watch.isOver) break
    if (isLast) return watch.result(watch.timedOut(timeout))
    try {
      await clock.sleep(Math.min(pause, Math.max(0, deadline - clock.now())), signal)
    } catch (error) {
      return watch.result(stillRunning(watch.running, error))
    }
  }
  return watch.result()
}

/** The tasks of a wait, and what has become of them so far. */
class Watch {
  /** Those still waited for, and how each was seen last. */
  readonly open: Map<string, Task | undefined>
  readonly #ids: readonly string[]
  readonly #options: WaitManyOptions
  readonly #ended = new Map<string, Task>()
  readonly #missing: WaitResult['missing'] = []

  constructor(ids: readonly string[], options: WaitManyOptions) {
    this.#ids = ids
    this.#options = options
    this.open = new Map(ids.map((id) => [id, undefined]))
  }

  get running(): string[] {
    return [...this.open.keys()]
  }

  get isOver(): boolean {
    return this.open.size === 0 || (this.#options.any === true && this.#ended.size > 0)
  }

  see(id: string, task: Task): void {
    this.open.set(id, task)
    this.#options.onUpdate?.(task)
    if (!hasEnded(task)) return
    this.#ended.set(id, task)
    this.open.delete(id)
  }

  miss(id: string, error: NotFoundError, isYoung: boolean): void {
    if (isYoung && this.open.get(id) === undefined) return
    this.#missing.push({ id, error })
    this.open.delete(id)
  }

  counts(): Record<string, number> {
    const counts: Record<string, number> = {}
    const tasks = [...this.#ended.values(), ...this.open.values()]
    for (const task of tasks) if (task) counts[task.status] = (counts[task.status] ?? 0) + 1
    return counts
  }

  result(error?: unknown): WaitResult {
    const ended = this.#ids.flatMap((id) => this.#ended.get(id) ?? [])
    return { ended, missing: this.#missing, running: this.running, ...(error === undefined ? {} : { error }) }
  }

  timedOut(timeout: number): WaitTimeoutError {
    const [first, ...others] = this.open
    const total = this.#ids.length
    const within = `within ${timeout / 1000} s`
    const message =
      first && others.length === 0
        ? `Task ${first[0]} has not ended ${within}; ${first[1] ? `it is ${first[1].status}` : 'it could not be seen'}.`
        : `${this.open.size} of ${total} tasks have not ended ${within}.`
    const go = this.open.size === 1 ? 'The task goes on; take it' : 'The tasks go on; take them'
    return new WaitTimeoutError(message, this.running, { hint: `${go} up again with: ${again(this.running)}` })
  }
}

function checkTimes({ timeout, pollInterval }: WaitOptions): void {
  if (timeout !== undefined && !(timeout >= 0)) throw new UsageError('timeout must be 0 (none) or more milliseconds.')
  if (pollInterval !== undefined && !(pollInterval > 0)) throw new UsageError('pollInterval must be more than 0.')
}

/**
 * Whether to look again after a failure. Of tasks that are known to exist, a 401 (Keystone is away for a moment) and any
 * fault of the server may pass.
 */
function canOutlive(error: unknown): boolean {
  if (isPassing(error) || error instanceof UnexpectedAnswerError) return true
  return error instanceof ApiError && (error.status === 401 || error.status >= 500)
}

function retryAfter(error: unknown): number {
  return error instanceof ApiError ? Math.min((error.retryAfter ?? 0) * 1000, LONGEST_RETRY_AFTER) : 0
}

function named(ids: readonly string[]): string {
  return ids.length === 1 ? `task ${ids[0]}` : `${ids.length} tasks`
}

/** More ids than this are no help on a command line that a person copies. */
const MOST_IDS = 20

function again(ids: readonly string[]): string {
  if (ids.length <= MOST_IDS) return `glance-tasks wait ${ids.map((id) => pastable(id, 'ID')).join(' ')}`
  return 'glance-tasks list --status pending,processing -f value -c id | glance-tasks wait -'
}

function stillRunning(ids: readonly string[], cause: unknown): AbortedError {
  const [it, them] = ids.length === 1 ? ['The task goes on', 'it'] : ['The tasks go on', 'them']
  return new AbortedError(`Interrupted. ${it}.`, { cause, hint: `Take ${them} up again with: ${again(ids)}` })
}
