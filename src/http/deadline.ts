import { AbortedError, TimeoutError } from '../errors.js'
import { whenAborted } from './signal.js'

/** The longest that setTimeout can wait, 24.8 days; what is longer ends at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Does work that may take so long and no longer: the signal it is given aborts when the time is over or when the
 * caller's signal does.
 *
 * @param ms how long, in milliseconds; Infinity for ever.
 */
export async function withTimeout<T>(
  ms: number,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const abort = () => controller.abort(caller?.reason)
  const timer = ms <= MAX_TIMER_MS ? setTimeout(abort, ms) : undefined
  const forget = whenAborted(caller, abort)
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    forget()
  }
}

/** Ends an exchange when its time is over or its caller gives up, and knows which of both it was. */
export class Deadline {
  readonly #caller: AbortSignal | undefined
  readonly #end: () => void
  readonly #forget: () => void
  #timer: NodeJS.Timeout | undefined
  #isCleared = false
  /** What the server failed to do in time, once the time is over. */
  #missed: string | undefined

  /**
   * @param timeout milliseconds; 0: as long as it likes.
   * @param end ends the exchange.
   */
  constructor(timeout: number, caller: AbortSignal | undefined, end: () => void) {
    this.#caller = caller
    this.#end = end
    this.renew(timeout)
    this.#forget = whenAborted(caller, end)
  }

  /**
   * Starts the time again.
   *
   * @param missed what the server failed to do if it passes, before the duration.
   */
  renew(timeout: number, missed = 'did not answer within'): void {
    this.rest()
    if (this.#isCleared || !(timeout > 0 && timeout <= MAX_TIMER_MS)) return
    this.#timer = setTimeout(() => {
      this.#missed = `${missed} ${Math.round(timeout) / 1000} s`
      this.#end()
    }, timeout)
  }

  /** Stops the time until it is renewed. */
  rest(): void {
    clearTimeout(this.#timer)
  }

  /** Why the exchange was ended, if it was ended here. */
  reason(url: URL, sent: boolean): AbortedError | TimeoutError | undefined {
    if (this.#caller?.aborted) return new AbortedError(undefined, { sent, cause: this.#caller.reason })
    if (this.#missed === undefined) return undefined
    return new TimeoutError(`${url.host} ${this.#missed}.`, {
      sent,
      hint: 'Allow more time for a request, or find out which part is slow.',
      remedy: { kind: 'allow_more_time' },
    })
  }

  clear(): void {
    this.#isCleared = true
    this.rest()
    this.#forget()
  }
}
