import {
  AbortedError,
  ApiError,
  CertificateError,
  ConfigurationError,
  type GlanceTasksError,
  InputError,
  UnknownOutcomeError,
  UsageError,
} from '../../errors.js'
import { withTimeout } from '../../http/deadline.js'
import { isNotExecuted } from '../../http/not-executed.js'
import { isPermanent, isUnsent, retryDelay } from '../../http/retry.js'
import { DEFAULT_RETRIES, type ImportRun, notify } from './run.js'

/** One request of an import that changes something, and that may be repeated: a second execution is refused or changes nothing. */
export interface Step<T> {
  /**
   * What may have happened if the outcome stays unknown, such as `the image record was created`. Without it, the failure of
   * the last request is thrown then: the step has no effect that lasts.
   */
  done?: string
  imageId: string
  requestId: string
  /** Default: the import's own. */
  retries?: number
  send(signal: AbortSignal | undefined): Promise<T>
  /** Checks whether an earlier request was carried out. */
  find(signal: AbortSignal): Promise<T | undefined>
  /**
   * Whether the service may refuse the request because an earlier one was carried out, or for a reason that passes. Then the
   * outcome is checked, and the request sent again.
   */
  mayPass?(error: ApiError): boolean
}

/** Pauses before each check of the outcome, in milliseconds. */
const CHECK_PAUSES = [0, 1000, 2000]
/** The timeout of one check, in milliseconds. */
const CHECK_TIMEOUT = 10_000

/**
 * Carries out a step. Sends its request. Without a clear response, checks whether the request was carried out, and sends it again
 * if nothing shows that it was.
 *
 * @throws what the service refused; UnknownOutcomeError if it cannot be known; AbortedError.
 */
export async function carryOut<T>(run: ImportRun, step: Step<T>): Promise<T> {
  const doubts: GlanceTasksError[] = []
  try {
    return await untilClear(run, step, doubts)
  } catch (error) {
    const [doubt] = doubts
    if (doubt === undefined) throw error
    // An earlier request may have been carried out, though the last one was refused or not even sent.
    if (error instanceof AbortedError) throw new AbortedError(error.message, { cause: error.cause, sent: true })
    throw step.done === undefined ? error : unknownOutcome(step, step.done, doubt)
  }
}

/** @param doubts gets the failures of requests that may have been carried out. */
async function untilClear<T>(run: ImportRun, step: Step<T>, doubts: GlanceTasksError[]): Promise<T> {
  const { retries = run.options.retries ?? DEFAULT_RETRIES } = step
  for (let attempt = 0; ; attempt++) {
    let failure: GlanceTasksError
    try {
      return await step.send(run.signal)
    } catch (error) {
      failure = error as GlanceTasksError
    }
    const outcome = outcomeOf(failure, step)
    if (failure instanceof AbortedError || outcome === 'refused') throw failure
    if (outcome === 'unknown') {
      if (!isRefusal(failure)) doubts.push(failure)
      const found = await findOutcome(run, step)
      if (found !== undefined) return found
    }
    if (attempt >= retries) throw failure
    notify(run, `${failure.message} Sending the request again.`)
    const delay = retryDelay(attempt, failure, { retries, base: 500, cap: 30_000 }, run.clock.random)
    await run.clock.sleep(delay, run.signal)
  }
}

type Outcome = 'refused' | 'again' | 'unknown'

function outcomeOf(error: unknown, { mayPass }: Pick<Step<unknown>, 'mayPass'>): Outcome {
  if (isNotExecuted(error) || isOurOwn(error) || error instanceof CertificateError) return 'refused'
  if (isUnsent(error)) return isPermanent(error) ? 'refused' : 'again'
  if (error instanceof ApiError && isRefusal(error)) return mayPass?.(error) ? 'unknown' : 'refused'
  return 'unknown'
}

/** Whether the service itself, and not a proxy, says that the request was not carried out. */
function isRefusal(error: GlanceTasksError): boolean {
  return error instanceof ApiError && error.isFromService && error.status < 500 && error.status !== 429
}

/** Errors of this program, from before it sends anything, or of the data that it sends. */
function isOurOwn(error: unknown): boolean {
  return error instanceof UsageError || error instanceof ConfigurationError || error instanceof InputError
}

async function findOutcome<T>({ clock, signal }: ImportRun, { find }: Step<T>): Promise<T | undefined> {
  for (const pause of CHECK_PAUSES) {
    await clock.sleep(pause, signal)
    try {
      const found = await withTimeout(clock, CHECK_TIMEOUT, signal, find)
      if (found !== undefined) return found
    } catch (error) {
      if (signal?.aborted) throw error
    }
  }
  return undefined
}

function unknownOutcome(
  { imageId, requestId }: Step<unknown>,
  done: string,
  cause: GlanceTasksError,
): UnknownOutcomeError {
  return new UnknownOutcomeError(`It is unknown whether ${done} (image ${imageId}). ${cause.message}`, requestId, {
    cause,
    hint: 'Look at the image, then resume the import.',
    remedy: { kind: 'resume_import', imageId },
  })
}
