import { randomUUID } from 'node:crypto'
import {
  AbortedError,
  GlanceTasksError,
  RateLimitError,
  ServerError,
  UnexpectedAnswerError,
  UnknownOutcomeError,
  UsageError,
} from '../errors.js'
import { within } from '../http/deadline.js'
import { formatPythonJson, type JsonObject } from '../http/json.js'
import { isPassing, isUnsent, retryDelay } from '../http/retry.js'
import type { Service } from '../http/service.js'
import type { Clock } from '../http/sleep.js'
import { pastable } from '../shell-words.js'
import { findByRequestId } from './find-by-request-id.js'
import { taskOf } from './read-task.js'
import type { Task } from './task.js'
import type { InputOf } from './task-input.js'

/** A task to start. */
export interface CreateOptions<Type extends string = string> {
  /** `import`, `api_image_import`, or what a newer server knows. Required. */
  type: Type
  /** What the task works on. Of null Glance makes no task: it answers 400 to an `import`, 500 to others. Default null. */
  input?: InputOf<Type> | null | undefined
  /** Further keys of the request's body, sent as they are, for what a newer server may take. */
  body?: JsonObject | undefined
  /** The X-Openstack-Request-ID to send: `req-` and a UUID, at most 64 characters. Default: a new one. */
  requestId?: string | undefined
  /** How often the request is sent again when it certainly was not carried out. Default 4. */
  retries?: number | undefined
  /** Told of each retry, each look for the task, and of anything odd. */
  onNotice?: ((text: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/**
 * How long is looked for a task whose create got no clear answer, in milliseconds after each try: a server resolves the
 * host of `import_from` inside the request, and may well be at it when a proxy gave up. 36 s in all.
 */
const LOOK_AFTER = [250, 750, 1000, 2000, 4000, 8000, 20_000]

const LONGEST_REQUEST_ID = 64

/**
 * The JSON text of a create request, as it goes over the wire.
 *
 * @throws UsageError for an input that JSON cannot hold.
 */
export function createBody({ type, input, body }: Pick<CreateOptions, 'type' | 'input' | 'body'>): string {
  try {
    return formatPythonJson({ type, input: input ?? null, ...body })
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new UsageError('The input is nested too deep, or holds itself.', { cause })
  }
}

/** A new request id of one's own; Glance keeps it as the task's `request_id`. */
export function newRequestId(): string {
  return `req-${randomUUID()}`
}

/**
 * Starts a task, exactly once. POST is not idempotent and Glance may carry it out although no answer arrives. So each
 * create carries a request id of its own, which Glance keeps with the task, and before anything is sent a second time
 * the task is looked for.
 *
 * @throws UnknownOutcomeError when it cannot be found out whether the task exists; ServerError when Glance itself fails
 *   with it twice and has no task.
 * @throws UsageError for a missing type or an unusable request id; what Service.request throws.
 */
export async function createTask(service: Service, clock: Clock, options: CreateOptions): Promise<Task> {
  const { requestId = newRequestId(), retries = 4, signal, onNotice } = options
  checkOptions(options, requestId)
  let mayExist = false
  for (let attempt = 0; ; attempt++) {
    try {
      return await send(service, options, requestId)
    } catch (error) {
      const failure = error as GlanceTasksError
      if (failure instanceof AbortedError) throw await interrupted(service, clock, requestId, failure, mayExist)
      if (isRefusal(failure)) throw failure
      if (!isUnsent(failure) && !(failure instanceof RateLimitError)) {
        onNotice?.(`${failure.message} Looking whether the task was started (request id ${requestId}).`)
        const task = await look(service, clock, requestId, failure, signal)
        if (task) return task
        // Glance keeps a task before it answers: after its own 500 there is one at once, or none.
        mayExist ||= !isGlancesOwn(failure, requestId)
      }
      // What is no passing fault (500) seldom ends otherwise the second time.
      if (attempt >= (isPassing(failure) ? retries : Math.min(retries, 1)))
        throw mayExist ? notStarted(failure, requestId) : failure
      onNotice?.(`${failure.message} The task was not started; sending it again.`)
      const delay = retryDelay(attempt, failure, { retries, base: 500, cap: 30_000 }, clock.random)
      await clock.sleep(delay, signal).catch(async (aborted) => {
        throw await interrupted(service, clock, requestId, aborted, mayExist)
      })
    }
  }
}

async function send(service: Service, options: CreateOptions, requestId: string): Promise<Task> {
  const answer = await service.request({
    method: 'POST',
    path: 'tasks',
    headers: { 'x-openstack-request-id': requestId },
    body: createBody(options),
    signal: options.signal,
    retry: false,
  })
  return taskOf(answer)
}

/** Looks for the task until it is found or enough time has passed to be sure that it was not started. */
async function look(
  service: Service,
  clock: Clock,
  requestId: string,
  failure: GlanceTasksError,
  signal: AbortSignal | undefined,
): Promise<Task | undefined> {
  let found: Awaited<ReturnType<typeof findByRequestId>> | undefined
  for (const pause of isGlancesOwn(failure, requestId) ? LOOK_AFTER.slice(0, 2) : LOOK_AFTER) {
    try {
      await clock.sleep(pause, signal)
      found = await findByRequestId(service, requestId, signal)
    } catch (error) {
      if (error instanceof AbortedError) throw await interrupted(service, clock, requestId, error, true)
      if (!isPassing(error) && !(error instanceof ServerError) && !(error instanceof UnexpectedAnswerError)) {
        throw unknown(requestId, failure, `looking for it failed: ${(error as Error).message}`)
      }
      found = undefined
      continue
    }
    if (found === 'server-cannot-tell') {
      throw unknown(requestId, failure, 'this server is too old to look a task up by its request id')
    }
    if (found !== 'none') return found
  }
  if (found === 'none') return undefined
  throw unknown(requestId, failure, 'the server could not be asked either')
}

/** Whether Glance itself answered, which it does when it has done with the request; a proxy does not know our id. */
function isGlancesOwn(failure: GlanceTasksError, requestId: string): boolean {
  return failure instanceof ServerError && failure.status === 500 && failure.requestId === requestId
}

/** Whether the server has said clearly that it did not start the task. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof GlanceTasksError)) return true
  if (error instanceof RateLimitError || error instanceof ServerError) return false
  return !isPassing(error) && !(error instanceof UnexpectedAnswerError)
}

function checkOptions({ type }: CreateOptions, requestId: string): void {
  if (typeof type !== 'string' || type === '') {
    throw new UsageError('A task needs a type.', { hint: 'Most clouds know import and api_image_import.' })
  }
  // Glance answers 500 to a longer one, and takes for its own log only what begins with req-.
  if (!/^req-[\w-]+$/.test(requestId) || requestId.length > LONGEST_REQUEST_ID) {
    throw new UsageError(
      `The request id must be req- and at most ${LONGEST_REQUEST_ID - 4} letters, digits and dashes.`,
    )
  }
}

/** How to look up a task whose create had no clear end. */
function lookUp(requestId: string): string {
  return `glance-tasks list --request-id ${requestId}`
}

function unknown(requestId: string, cause: GlanceTasksError, why: string): UnknownOutcomeError {
  return new UnknownOutcomeError(
    `It is not known whether the task was started. ${cause.message} And ${why}.`,
    requestId,
    { cause, hint: `Do not start it again before you have looked: ${lookUp(requestId)}` },
  )
}

function notStarted(failure: GlanceTasksError, requestId: string): GlanceTasksError {
  return new UnknownOutcomeError(`The task was not started, as far as can be seen. ${failure.message}`, requestId, {
    cause: failure,
    hint: `Look once more before you start it again: ${lookUp(requestId)}`,
  })
}

/** How long is looked for the task of a create that was interrupted, in milliseconds: whoever interrupts is in a hurry. */
const LAST_LOOK = 2000

/** The error of a create that was interrupted: where the task may have been started, it names it or says how to find it. */
async function interrupted(
  service: Service,
  clock: Clock,
  requestId: string,
  cause: unknown,
  mayExist: boolean,
): Promise<AbortedError> {
  const sent = mayExist || (cause instanceof AbortedError && cause.sent)
  if (!sent) return new AbortedError('Interrupted before the task was started.', { cause })
  const task = await within(LAST_LOOK, undefined, (signal) => lookBriefly(service, clock, requestId, signal))
  if (task === undefined) {
    return new AbortedError('Interrupted while the task was being started.', {
      cause,
      sent,
      hint: `It may have been started; see with: ${lookUp(requestId)}`,
    })
  }
  return new AbortedError(`Interrupted. The task was started: ${task.id}.`, {
    cause,
    sent,
    hint: `Follow it with: glance-tasks wait ${pastable(task.id, 'ID')}`,
  })
}

/** Looks a few times, and takes no failure to heart. */
async function lookBriefly(
  service: Service,
  clock: Clock,
  requestId: string,
  signal: AbortSignal,
): Promise<Task | undefined> {
  for (const pause of [0, 250, 500, 750]) {
    try {
      await clock.sleep(pause, signal)
      const found = await findByRequestId(service, requestId, signal)
      if (typeof found === 'object') return found
    } catch {
      if (signal.aborted) return undefined
    }
  }
  return undefined
}
