import { AbortedError, type GlanceTasksError, UnknownOutcomeError } from '../../errors.js'
import type { Clock } from '../../http/clock.js'
import { withTimeout } from '../../http/deadline.js'
import type { Service } from '../../http/service.js'
import { sentence } from '../sentence.js'
import type { Task } from '../task.js'
import { findByRequestId } from './find-by-request-id.js'
import type { Search } from './find-started.js'

/**
 * The error for a create that may have started a task.
 *
 * @param unresolved the failure of the request whose outcome is unknown.
 * @param search the result of the search for its task.
 * @param refusal the failure of a later request, which certainly started no task.
 */
export function unknownOutcome(
  requestId: string,
  unresolved: GlanceTasksError,
  search?: Search,
  refusal?: GlanceTasksError,
): UnknownOutcomeError {
  const parts = [
    `It is unknown whether the task was started. ${sentence(unresolved.message)}`,
    search && `${capitalised(search.why)}.`,
    refusal && refusal !== unresolved && `The request was sent again and failed: ${refusal.message}`,
  ]
  const [candidate] = search?.candidates ?? []
  return new UnknownOutcomeError(parts.filter(Boolean).join(' '), requestId, {
    cause: unresolved,
    taskIds: search?.candidates,
    hint: 'Look for the task before you start it again.',
    remedy: candidate === undefined ? { kind: 'find_request', requestId } : { kind: 'get_task', taskId: candidate },
  })
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** How long to search for the task of an interrupted create, in milliseconds. Users expect Ctrl-C to work at once. */
const SEARCH_AFTER_INTERRUPT = 2000

/**
 * The error for an interrupted create. If the task may have been started, the error names the task or says how to find
 * it.
 *
 * @param mayExist whether a request may have started the task.
 */
export async function interrupted(
  service: Service,
  clock: Clock,
  requestId: string,
  // The reason of the caller's signal.
  { cause }: AbortedError,
  mayExist: boolean,
): Promise<AbortedError> {
  if (!mayExist) return new AbortedError('Interrupted before the task was started.', { cause })
  const task = await withTimeout(clock, SEARCH_AFTER_INTERRUPT, undefined, (signal) =>
    searchBriefly(service, clock, requestId, signal),
  )
  if (task === undefined) {
    return new AbortedError('Interrupted while starting the task.', {
      cause,
      sent: true,
      hint: 'The task may have been started. Look for it before you start it again.',
      remedy: { kind: 'find_request', requestId },
    })
  }
  return new AbortedError(`Interrupted. The task was started: ${task.id}.`, {
    cause,
    sent: true,
    hint: 'Wait until it ends.',
    remedy: { kind: 'wait', taskIds: [task.id] },
  })
}

/** Searches a few times and ignores failures. */
async function searchBriefly(
  service: Service,
  clock: Clock,
  requestId: string,
  signal: AbortSignal,
): Promise<Task | undefined> {
  for (const pause of [0, 250, 500, 750]) {
    try {
      await clock.sleep(pause, signal)
      const { tasks } = await findByRequestId(service, requestId, { signal, retry: false })
      if (tasks[0]) return tasks[0]
    } catch {
      if (signal.aborted || service.closed?.aborted) return undefined
    }
  }
  return undefined
}
