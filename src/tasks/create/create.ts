import { AbortedError, UsageError } from '../../errors.js'
import type { Clock } from '../../http/clock.js'
import { formatPythonJson, type JsonObject } from '../../http/json.js'
import { newRequestId } from '../../http/request-id.js'
import type { Service } from '../../http/service.js'
import { anySignal } from '../../http/signal.js'
import type { Task } from '../task.js'
import type { InputOf } from '../task-input.js'
import { interrupted } from './create-errors.js'
import { type CreateTimings, Creation } from './creation.js'
import { explainRefusal } from './refusal.js'

/** Options of a create. */
export interface CreateOptions<Type extends string = string> {
  /** `import`, `api_image_import`, or a type of a newer server. Required. */
  type: Type
  /** The input of the task. Glance rejects null: with 400 for an `import`, with 500 for other types. Default null. */
  input?: InputOf<Type> | null | undefined
  /** Further keys of the request body, sent unchanged, for newer servers. */
  body?: JsonObject | undefined
  /**
   * The X-Openstack-Request-ID to send: `req-` and a UUID, at most 64 characters. If a task with this ID already exists,
   * nothing is sent and that task is returned. Default: a new ID.
   */
  requestId?: string | undefined
  /**
   * What to do if it is unknown whether the server processed the request. `fail` (default): search for the task until
   * the timeout, then throw UnknownOutcomeError. `resend`: search for the task, and send the request again if there is
   * none. This may start two tasks. If the second task is found, a notice names it.
   */
  ifUnknown?: 'fail' | 'resend' | undefined
  /** How often to retry the request if it certainly was not processed. Default 4. */
  retries?: number | undefined
  /** The timeout for the login, the request and the search for its task together, in milliseconds. Default 60 000. */
  timeout?: number | undefined
  /** Called with the request ID before anything is sent. */
  onRequestId?: ((requestId: string) => void) | undefined
  /** Called with a progress text if there is a problem, at once and then every few seconds. */
  onNotice?: ((text: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/** The default timeout of a create, in milliseconds. */
export const DEFAULT_CREATE_TIMEOUT = 60_000
const TIMINGS: CreateTimings = { noticeInterval: 5000, lookupTimeout: 10_000 }

const LONGEST_REQUEST_ID = 64

/**
 * The JSON body of a create request.
 *
 * @throws UsageError for an input that cannot be converted to JSON.
 */
export function createBody({ type, input, body }: Pick<CreateOptions, 'type' | 'input' | 'body'>): string {
  try {
    return formatPythonJson({ type, input: input ?? null, ...body })
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new UsageError('The input is nested too deeply, or contains itself.', { cause })
  }
}

/**
 * Starts a task, exactly once. POST is not idempotent, and Glance may process a request even if no response arrives, and
 * even long after the client gave up. Therefore each request has an ID, which Glance stores with the task, so that the
 * task can be found again. The request is sent again only if it certainly was not processed.
 *
 * @throws UnknownOutcomeError if it is unknown whether the task was started; ServerError if Glance has an internal error
 *   twice and started no task.
 * @throws UsageError for a missing type or an invalid request ID; the errors of Service.request().
 */
export async function createTask(
  service: Service,
  clock: Clock,
  options: CreateOptions,
  timings = TIMINGS,
): Promise<Task> {
  const { requestId = newRequestId(), ifUnknown = 'fail', retries = 4, timeout = DEFAULT_CREATE_TIMEOUT } = options
  if (typeof options.type !== 'string' || options.type === '') {
    throw new UsageError('A task needs a type.', { hint: 'Most clouds support import and api_image_import.' })
  }
  checkStart(options)
  const body = createBody(options)
  const { signal, forget } = anySignal(options.signal, service.closed)
  const { onNotice, onRequestId } = options
  const settings = { body, requestId, ifUnknown, retries, timeout, timings, signal, onNotice }
  const creation = new Creation(service, clock, settings)
  onRequestId?.(requestId)
  try {
    return (options.requestId === undefined ? undefined : await creation.findExisting()) ?? (await creation.run())
  } catch (error) {
    if (!(error instanceof AbortedError)) throw explainRefusal(error, options.type)
    throw await interrupted(service, clock, requestId, error, creation.mayExist)
  } finally {
    forget()
  }
}

/** Checks the options that the rules of the public methods leave to this function. @throws UsageError */
export function checkStart({ timeout, requestId }: Pick<CreateOptions, 'timeout' | 'requestId'>): void {
  if (timeout !== undefined && !(timeout > 0)) throw new UsageError('timeout must be more than 0 milliseconds.')
  // Glance returns 500 to a longer ID, and logs only IDs that begin with req-.
  if (requestId !== undefined && (!/^req-[\w-]+$/.test(requestId) || requestId.length > LONGEST_REQUEST_ID)) {
    throw new UsageError(
      `The request ID must be req- followed by at most ${LONGEST_REQUEST_ID - 4} letters, digits and dashes.`,
    )
  }
}
