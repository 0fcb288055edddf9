import { AbortedError, UsageError } from '../../errors.js'
import type { Clock } from '../../http/clock.js'
import { formatPythonJson, type JsonObject } from '../../http/json.js'
import type { Service } from '../../http/service.js'
import { anySignal } from '../../http/signal.js'
import type { Task } from '../task.js'
import type { InputOf } from '../task-input.js'
import { interrupted } from './create-errors.js'
import { type CreateTimings, Creation } from './creation.js'
import { newRequestId } from './find-by-request-id.js'
import { explainRefusal } from './refusal.js'

/** A task to start. */
export interface CreateOptions<Type extends string = string> {
  /** `import`, `api_image_import`, or what a newer server knows. Required. */
  type: Type
  /** What the task works on. Of null Glance makes no task: it answers 400 to an `import`, 500 to others. Default null. */
  input?: InputOf<Type> | null | undefined
  /** Further keys of the request's body, sent as they are, for what a newer server may take. */
  body?: JsonObject | undefined
  /**
   * The X-Openstack-Request-ID to send: `req-` and a UUID, at most 64 characters. Where a task with this id exists
   * already, that task is returned and nothing is sent. Default: a new one.
   */
  requestId?: string | undefined
  /**
   * What to do when nobody can know whether the server has carried the request out. `fail` (default): look for the task
   * until the time is over, then throw UnknownOutcomeError. `resend`: look, and where no task is found send the request
   * again; that may start two tasks, and a second one that can be seen is named in a notice.
   */
  ifUnknown?: 'fail' | 'resend' | undefined
  /** How often the request is sent again when it certainly was not carried out. Default 4. */
  retries?: number | undefined
  /** How long all of it may take, in milliseconds: the login, the request, and the search for its task. Default 60 000. */
  timeout?: number | undefined
  /** Called with the request id before anything is sent. */
  onRequestId?: ((requestId: string) => void) | undefined
  /** Called, at once and every few seconds, with what a create in trouble is doing. */
  onNotice?: ((text: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/** How long a create may take, in milliseconds. */
export const DEFAULT_CREATE_TIMEOUT = 60_000
const PACE: CreateTimings = { noticeInterval: 5000, lookupTimeout: 10_000 }

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

/**
 * Starts a task, exactly once. POST is not idempotent, and Glance may carry it out although no answer arrives, even long
 * after the client gave it up. So each create carries a request id, which Glance keeps with the task and by which the
 * task is looked for; and the request is sent again only where it certainly was not carried out.
 *
 * @throws UnknownOutcomeError when it cannot be known whether the task was started; ServerError when Glance itself fails
 *   with it twice and has no task.
 * @throws UsageError for a missing type or an unusable request id; what Service.request throws.
 */
export async function createTask(service: Service, clock: Clock, options: CreateOptions, pace = PACE): Promise<Task> {
  const { requestId = newRequestId(), ifUnknown = 'fail', retries = 4, timeout = DEFAULT_CREATE_TIMEOUT } = options
  checkOptions(options, requestId)
  const body = createBody(options)
  const { signal, forget } = anySignal(options.signal, service.closed)
  const { onNotice, onRequestId } = options
  const how = { body, requestId, ifUnknown, retries, timeout, pace, signal, onNotice }
  const creation = new Creation(service, clock, how)
  onRequestId?.(requestId)
  try {
    return (options.requestId === undefined ? undefined : await creation.existing()) ?? (await creation.run())
  } catch (error) {
    if (!(error instanceof AbortedError)) throw explainRefusal(error, options.type)
    throw await interrupted(service, clock, requestId, error, creation.mayExist)
  } finally {
    forget()
  }
}

function checkOptions({ type, ifUnknown, timeout }: CreateOptions, requestId: string): void {
  if (typeof type !== 'string' || type === '') {
    throw new UsageError('A task needs a type.', { hint: 'Most clouds know import and api_image_import.' })
  }
  if (ifUnknown !== undefined && ifUnknown !== 'fail' && ifUnknown !== 'resend') {
    throw new UsageError("ifUnknown must be 'fail' or 'resend'.")
  }
  if (timeout !== undefined && !(timeout > 0)) throw new UsageError('timeout must be more than 0 milliseconds.')
  // Glance answers 500 to a longer one, and takes for its own log only what begins with req-.
  if (!/^req-[\w-]+$/.test(requestId) || requestId.length > LONGEST_REQUEST_ID) {
    throw new UsageError(
      `The request id must be req- and at most ${LONGEST_REQUEST_ID - 4} letters, digits and dashes.`,
    )
  }
}
