import { AbortedError, TimeoutError } from '../errors.js'
import type { Clock } from './clock.js'
import { whenAborted } from './signal.js'

/**
 * Runs `work` with a signal that aborts when the time has passed or the caller's signal aborts.
 *
 * @param ms the time in milliseconds; Infinity for no limit.
 */
export async function withTimeout<T>(
  clock: Clock,
  ms: number,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const abort = () => controller.abort(caller?.reason)
  const stopTimer = clock.startTimer(ms, abort)
  const forget = whenAborted(caller, abort)
  try {
    return await work(controller.signal)
  } finally {
    stopTimer()
    forget()
  }
}

/** The result of work that cannot be aborted. Rejects with AbortedError as soon as the signal aborts. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = whenAborted(signal, () => reject(new AbortedError(undefined, { cause: signal.reason })))
    work.then(resolve, reject).finally(forget)
  })
}

/** Ends a request when its timeout passes or its caller aborts, and reports which of the two happened. */
export class Deadline {
  readonly #clock: Clock
  readonly #caller: AbortSignal | undefined
  readonly #end: () => void
  readonly #forget: () => void
  #stopTimer: () => void = () => {}
  #isCleared = false
  /** What the server failed to do in time, once the time has passed. */
  #missed: string | undefined

  /**
   * @param timeout milliseconds; 0 for no limit.
   * @param end ends the request.
   */
  constructor(clock: Clock, timeout: number, caller: AbortSignal | undefined, end: () => void) {
    this.#clock = clock
    this.#caller = caller
    this.#end = end
    this.renew(timeout)
    this.#forget = whenAborted(caller, end)
  }

  /**
   * Restarts the time.
   *
   * @param missed what the server failed to do if the time passes; the duration follows it in the message.
   */
  renew(timeout: number, missed = 'did not respond within'): void {
    this.pause()
    if (this.#isCleared || !(timeout > 0)) return
    this.#stopTimer = this.#clock.startTimer(timeout, () => {
      this.#missed = `${missed} ${Math.round(timeout) / 1000} s`
      this.#end()
    })
  }

  /** Stops the time until it is renewed. */
  pause(): void {
    this.#stopTimer()
  }

  /** Why this deadline ended the request; undefined if it did not. */
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
    this.pause()
    this.#forget()
  }
}
