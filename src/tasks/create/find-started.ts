import { AbortedError, ApiError, ConfigurationError, type GlanceTasksError, UsageError } from '../../errors.js'
import type { Clock } from '../../http/clock.js'
import { withTimeout } from '../../http/deadline.js'
import type { Service } from '../../http/service.js'
import type { Task } from '../task.js'
import { type FoundTasks, findByRequestId, type InconclusiveReason } from './find-by-request-id.js'

/** How a search for the task of a create goes. */
export interface SearchOptions {
  requestId: string
  /** When it begins its last look, by the clock's `monotonic()`. */
  until: number
  /**
   * The server is done with the request: there is a task now or never. After so many milliseconds a look that can be
   * trusted and finds none ends the search. Default: it may start the task at any time.
   */
  conclusiveAfter?: number | undefined
  /** What one look may take, in milliseconds: one that hangs must not use up the time of those that would find the task. */
  lookupTimeout: number
  signal?: AbortSignal | undefined
  onNotice?: ((text: string) => void) | undefined
}

/** What a search has found. */
export interface Search {
  /** The tasks of the request: one, none, or more where it was carried out more than once. */
  tasks: readonly Task[]
  /** Whether the last look could see every task that there was then. */
  isConclusive: boolean
  /** Without a task: why, as the end of a sentence. */
  why: string
  /** Ids of tasks that may be it: the server listed them for the request, and could not show them. */
  candidates: readonly string[]
  /** Why no look could prove anything. */
  blind?: InconclusiveReason | undefined
}

/** Pauses between two looks, in milliseconds; the last one goes on. */
const PAUSES = [250, 750, 1000, 2000, 3000, 5000]
/** What the last look may take that begins when the time is over. */
const LAST_LOOK = 1500
/** A proxy may strip some request ids and not others. After so many looks that prove nothing, none will. */
const BLIND_LOOKS = 4

/**
 * Looks for the tasks of a create until there is one or the time is over. A server may carry a request out long after a
 * proxy gave it up, so an empty look is no proof, and the search goes on.
 *
 * @throws AbortedError when the signal aborts.
 */
export async function findStartedTask(service: Service, clock: Clock, options: SearchOptions): Promise<Search> {
  const { requestId, until, conclusiveAfter = Number.POSITIVE_INFINITY, lookupTimeout, signal, onNotice } = options
  const started = clock.monotonic()
  const seconds = () => Math.round((clock.monotonic() - started) / 1000)
  let last: Search = none('nobody has looked for it')
  let blind = 0
  let told = started
  for (let look = 0; ; look++) {
    const left = Math.max(0, until - clock.monotonic())
    await clock.sleep(Math.min(PAUSES[look] ?? LONGEST_PAUSE, left), signal)
    const time = Math.min(lookupTimeout, Math.max(LAST_LOOK, until - clock.monotonic()))
    try {
      const findings = await withTimeout(clock, time, signal, (limited) =>
        findByRequestId(service, requestId, { signal: limited, retry: false }),
      )
      last = read(findings, seconds())
      blind = findings.blind === undefined ? 0 : blind + 1
      if (last.tasks.length > 0 || findings.blind === 'no filter' || blind >= BLIND_LOOKS) return last
    } catch (error) {
      if (error instanceof AbortedError && signal?.aborted) throw error
      // What an earlier look has listed counts for more than a look that failed.
      if (last.candidates.length === 0) last = none(`looking for it failed: ${faultOf(error, time)}`)
      if (isFinal(error)) return last
    }
    const isSettled = last.isConclusive && clock.monotonic() - started >= conclusiveAfter
    if (isSettled || clock.monotonic() >= until) return last
    if (clock.monotonic() - told >= LONGEST_PAUSE) {
      told = clock.monotonic()
      onNotice?.(`Still looking whether the task was started, for ${seconds()} s now.`)
    }
  }
}

const LONGEST_PAUSE = 5000

function read({ tasks, unread, blind }: FoundTasks, seconds: number): Search {
  const [candidate] = unread
  if (tasks.length > 0) return { ...none(''), tasks }
  if (candidate) {
    const candidates = unread.map(({ id }) => id)
    const fault = (candidate.error as GlanceTasksError).message
    return { ...none(`it is probably ${candidates.join(', ')}, which cannot be read: ${fault}`), candidates }
  }
  if (blind !== undefined) return { ...none(WHY_BLIND[blind]), blind }
  return {
    ...none(`after ${seconds} s no task carries its request id, but a slow server may still start it`),
    isConclusive: true,
  }
}

const WHY_BLIND: Readonly<Record<InconclusiveReason, string>> = {
  'no filter': 'this server is too old to look a task up by its request id',
  'no echo': 'this cloud cannot tell: a proxy before it strips or replaces request ids',
}

function none(why: string): Search {
  return { tasks: [], isConclusive: false, why, candidates: [] }
}

function faultOf(error: unknown, ms: number): string {
  if (error instanceof AbortedError) return `no answer within ${ms / 1000} s`
  return (error as Error).message.replace(/\.$/, '')
}

/** Whether every further look would fail in the same way. */
function isFinal(error: unknown): boolean {
  if (error instanceof UsageError || error instanceof ConfigurationError) return true
  return error instanceof ApiError && error.origin !== undefined && error.status < 500 && error.status !== 429
}
