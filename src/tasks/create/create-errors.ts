import { AbortedError, type GlanceTasksError, UnknownOutcomeError } from '../../errors.js'
import type { Clock } from '../../http/clock.js'
import { withTimeout } from '../../http/deadline.js'
import type { Service } from '../../http/service.js'
import type { Task } from '../task.js'
import { findByRequestId } from './find-by-request-id.js'
import type { Search } from './find-started.js'

/**
 * The error of a create that may have started a task.
 *
 * @param doubt what became of the request whose outcome is not known.
 * @param search what looking for its task has shown.
 * @param refusal what a later request met, which certainly started none.
 */
export function unknownOutcome(
  requestId: string,
  doubt: GlanceTasksError,
  search?: Search,
  refusal?: GlanceTasksError,
): UnknownOutcomeError {
  const parts = [
    `It is not known whether the task was started. ${doubt.message}`,
    search && `${capital(search.why)}.`,
    refusal && refusal !== doubt && `Sent again, the request was not carried out: ${refusal.message}`,
  ]
  const [candidate] = search?.candidates ?? []
  return new UnknownOutcomeError(parts.filter(Boolean).join(' '), requestId, {
    cause: doubt,
    taskIds: search?.candidates,
    hint: 'Look for it before you start it again.',
    remedy: candidate === undefined ? { kind: 'find_request', requestId } : { kind: 'get_task', taskId: candidate },
  })
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** How long is looked for the task of a create that was interrupted, in milliseconds: nobody wants to wait then. */
const LAST_LOOK = 2000

/**
 * The error of a create that was interrupted. Where the task may have been started, it names the task, or says how to
 * find it.
 *
 * @param mayExist whether a request may have started it.
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
  const task = await withTimeout(clock, LAST_LOOK, undefined, (signal) =>
    lookBriefly(service, clock, requestId, signal),
  )
  if (task === undefined) {
    return new AbortedError('Interrupted while the task was being started.', {
      cause,
      sent: true,
      hint: 'It may have been started. Look for it before you start it again.',
      remedy: { kind: 'find_request', requestId },
    })
  }
  return new AbortedError(`Interrupted. The task was started: ${task.id}.`, {
    cause,
    sent: true,
    hint: 'Wait for its end.',
    remedy: { kind: 'wait', taskIds: [task.id] },
  })
}

/** Looks a few times, whatever fails. */
async function lookBriefly(
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
