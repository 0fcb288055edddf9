import { AbortedError, ApiError, ConfigurationError, type GlanceTasksError, UsageError } from '../../errors.js'
import type { Clock } from '../../http/clock.js'
import { withTimeout } from '../../http/deadline.js'
import type { Service } from '../../http/service.js'
import type { Task } from '../task.js'
import { type FoundTasks, findByRequestId, type InconclusiveReason } from './find-by-request-id.js'

/** Options of a search for the task of a create. */
export interface SearchOptions {
  requestId: string
  /** When to begin the last lookup, by the clock's `monotonic()`. */
  until: number
  /**
   * Set this if the server has finished with the request, so that the task exists now or never. After this many
   * milliseconds, a conclusive lookup without a task ends the search. Default: the task may still appear at any time.
   */
  conclusiveAfter?: number | undefined
  /** The timeout of one lookup, in milliseconds, so that one slow lookup does not use up the time of the others. */
  lookupTimeout: number
  signal?: AbortSignal | undefined
  onNotice?: ((text: string) => void) | undefined
}

/** The result of a search. */
export interface Search {
  /** The tasks of the request. Several if it was processed more than once. */
  tasks: readonly Task[]
  /** Whether the last lookup would certainly have found a task that existed then. */
  isConclusive: boolean
  /** The reason why no task was found. It completes a sentence of the error. */
  why: string
  /** The IDs of tasks that may belong to the request: the server lists them, but they cannot be read. */
  candidates: readonly string[]
  /** Set if every lookup may miss a task that exists: the reason. */
  inconclusive?: InconclusiveReason | undefined
}

/** The pauses before the lookups, in milliseconds. The last one repeats. */
const PAUSES = [250, 750, 1000, 2000, 3000, 5000]
/** The timeout of the last lookup, in milliseconds. It may begin when the time is already over. */
const LAST_LOOKUP_TIMEOUT = 1500
/** After this many inconclusive lookups in a row, the search gives up. A proxy may remove only some request IDs. */
const MAX_INCONCLUSIVE = 4

/**
 * Searches for the tasks of a create until one is found or the time is over. An empty result does not end the search,
 * because a server may process a request long after a proxy gave up.
 *
 * @throws AbortedError if the signal aborts.
 */
export async function findStartedTask(service: Service, clock: Clock, options: SearchOptions): Promise<Search> {
  const { requestId, until, conclusiveAfter = Number.POSITIVE_INFINITY, lookupTimeout, signal, onNotice } = options
  const started = clock.monotonic()
  const seconds = () => Math.round((clock.monotonic() - started) / 1000)
  let last: Search = notFound('no lookup was made')
  let inconclusive = 0
  let lastNotice = started
  for (let lookup = 0; ; lookup++) {
    const left = Math.max(0, until - clock.monotonic())
    await clock.sleep(Math.min(PAUSES[lookup] ?? LONGEST_PAUSE, left), signal)
    const time = Math.min(lookupTimeout, Math.max(LAST_LOOKUP_TIMEOUT, until - clock.monotonic()))
    try {
      const found = await withTimeout(clock, time, signal, (limited) =>
        findByRequestId(service, requestId, { signal: limited, retry: false }),
      )
      last = searchResult(found, seconds())
      inconclusive = found.inconclusive === undefined ? 0 : inconclusive + 1
      const isUseless = found.inconclusive === 'no filter' || inconclusive >= MAX_INCONCLUSIVE
      if (last.tasks.length > 0 || isUseless) return last
    } catch (error) {
      if (error instanceof AbortedError && signal?.aborted) throw error
      // Keep the candidates of an earlier lookup.
      if (last.candidates.length === 0) last = notFound(`the search for the task failed: ${reasonOf(error, time)}`)
      if (isLasting(error)) return last
    }
    const isSettled = last.isConclusive && clock.monotonic() - started >= conclusiveAfter
    if (isSettled || clock.monotonic() >= until) return last
    if (clock.monotonic() - lastNotice >= LONGEST_PAUSE) {
      lastNotice = clock.monotonic()
      onNotice?.(`Still checking whether the task was started, after ${seconds()} s.`)
    }
  }
}

const LONGEST_PAUSE = 5000

function searchResult({ tasks, unreadable, inconclusive }: FoundTasks, seconds: number): Search {
  const [candidate] = unreadable
  if (tasks.length > 0) return { ...notFound(''), tasks }
  if (candidate) {
    const candidates = unreadable.map(({ id }) => id)
    const reason = (candidate.error as GlanceTasksError).message
    return { ...notFound(`it is probably ${candidates.join(', ')}, which cannot be read: ${reason}`), candidates }
  }
  if (inconclusive !== undefined) return { ...notFound(WHY_INCONCLUSIVE[inconclusive]), inconclusive }
  return {
    ...notFound(`after ${seconds} s no task has its request ID, but a slow server may still start it`),
    isConclusive: true,
  }
}

const WHY_INCONCLUSIVE: Readonly<Record<InconclusiveReason, string>> = {
  'no filter': 'this server is too old to find a task by its request ID',
  'no echo': 'the task cannot be found by its request ID, because a proxy removes or replaces request IDs',
}

function notFound(why: string): Search {
  return { tasks: [], isConclusive: false, why, candidates: [] }
}

function reasonOf(error: unknown, ms: number): string {
  if (error instanceof AbortedError) return `no response within ${ms / 1000} s`
  return (error as Error).message.replace(/\.$/, '')
}

/** Whether every further lookup would fail in the same way. */
function isLasting(error: unknown): boolean {
  if (error instanceof UsageError || error instanceof ConfigurationError) return true
  return error instanceof ApiError && error.origin !== undefined && error.status < 500 && error.status !== 429
}
