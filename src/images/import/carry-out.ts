import {
  AbortedError,
  ApiError,
  CertificateError,
  ConfigurationError,
  GlanceTasksError,
  InputError,
  UnknownOutcomeError,
  UsageError,
} from '../../errors.js'
import { withTimeout } from '../../http/deadline.js'
import { isNotExecuted } from '../../http/not-executed.js'
import { isPermanent, isUnsent, retryDelay } from '../../http/retry.js'
import { sentence } from '../../tasks/sentence.js'
import { DEFAULT_RETRIES, type ImportRun, notify } from './run.js'

/** A request of an import that changes something and may be repeated: the service refuses a second execution, or it changes nothing. */
export interface Step<T> {
  /**
   * What may have happened if the outcome stays unknown, such as `the image record was created`. Without it, the error of
   * the last request is thrown instead, because the request has no lasting effect.
   */
  done?: string
  imageId: string
  requestId: string
  /** How often the request may be sent again. Default: as the options of the import say. */
  retries?: number
  send(signal: AbortSignal | undefined): Promise<T>
  /** Checks whether an earlier request was executed. */
  find(signal: AbortSignal): Promise<T | undefined>
  /**
   * Whether the service may refuse the request because it executed an earlier one, or for a temporary reason. Then the
   * outcome is checked, and the request is sent again.
   */
  isTransient?(error: ApiError): boolean
}

/** Pauses before each check of the outcome, in milliseconds. */
const CHECK_PAUSES = [0, 1000, 2000]
/** The timeout of one check, in milliseconds. */
const CHECK_TIMEOUT = 10_000

/**
 * Carries out a step: sends its request. Without a clear response, it checks whether the request was executed, and sends it
 * again if there is no sign of that.
 *
 * @throws the error of the service; UnknownOutcomeError if the outcome is unknown; AbortedError.
 */
export async function carryOut<T>(run: ImportRun, step: Step<T>): Promise<T> {
  const unclear: GlanceTasksError[] = []
  try {
    return await untilClear(run, step, unclear)
  } catch (error) {
    const [doubt] = unclear
    if (doubt === undefined) throw error
    // An earlier request may have been executed, even if the last one was refused or not sent.
    if (error instanceof AbortedError) throw new AbortedError(error.message, { cause: error.cause, sent: true })
    throw step.done === undefined ? error : unknownOutcome(step, step.done, doubt)
  }
}

/** @param unclear receives the errors of requests that may have been executed. */
async function untilClear<T>(run: ImportRun, step: Step<T>, unclear: GlanceTasksError[]): Promise<T> {
  const { retries = run.options.retries ?? DEFAULT_RETRIES } = step
  for (let attempt = 0; ; attempt++) {
    let failure: GlanceTasksError
    try {
      return await step.send(run.signal)
    } catch (error) {
      // A callback of the caller failed.
      if (!(error instanceof GlanceTasksError)) throw error
      failure = error
    }
    const outcome = outcomeOf(failure, step)
    if (failure instanceof AbortedError || outcome === 'refused') throw failure
    if (outcome === 'unknown') {
      if (!isRefusal(failure)) unclear.push(failure)
      const found = await findOutcome(run, step)
      if (found !== undefined) return found
    }
    if (attempt >= retries) throw failure
    notify(run, `${sentence(failure.message)} Sending the request again.`)
    const delay = retryDelay(attempt, failure, { retries, base: 500, cap: 30_000 }, run.clock)
    await run.clock.sleep(delay, run.signal)
  }
}

type Outcome = 'refused' | 'again' | 'unknown'

function outcomeOf(error: unknown, { isTransient }: Pick<Step<unknown>, 'isTransient'>): Outcome {
  if (isNotExecuted(error) || isOurOwn(error) || error instanceof CertificateError) return 'refused'
  // A proxy limits the size of requests: it passes nothing on, now or later.
  if (error instanceof ApiError && error.status === 413) return 'refused'
  if (isUnsent(error)) return isPermanent(error) ? 'refused' : 'again'
  if (error instanceof ApiError && isRefusal(error)) return isTransient?.(error) ? 'unknown' : 'refused'
  return 'unknown'
}

/** Whether the service itself, and not a proxy, reports that it did not execute the request. */
function isRefusal(error: GlanceTasksError): boolean {
  return error instanceof ApiError && error.isFromService && error.status < 500 && error.status !== 429
}

/** Errors of this program before it sends anything, and errors of the data that it sends. */
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
    hint: 'Check the image, then resume the import.',
    remedy: { kind: 'resume_import', imageId },
  })
}
