import { AbortedError } from '../../errors.js'
import { throwIfAborted, whenAborted } from '../../http/signal.js'

/**
 * Work that several callers wait for together. A caller who gives up leaves the others waiting; only when nobody waits
 * any more is the work itself ended.
 */
export class SharedPromise<T> {
  readonly #controller = new AbortController()
  readonly #result: Promise<T>
  #waiting = 0

  constructor(run: (signal: AbortSignal) => Promise<T>) {
    this.#result = run(this.#controller.signal)
    // Each caller hears of a failure by its own promise; the last one may have left before.
    this.#result.catch(() => {})
  }

  /** Whether everybody left before the end: there is no joining any more. */
  get abandoned(): boolean {
    return this.#controller.signal.aborted
  }

  /** The result, or AbortedError as soon as this caller's signal aborts. */
  join(signal: AbortSignal | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      throwIfAborted(signal)
      this.#waiting++
      const forget = whenAborted(signal, () => {
        this.#waiting--
        if (this.#waiting === 0) this.#controller.abort()
        reject(new AbortedError(undefined, { cause: signal?.reason }))
      })
      this.#result.then(resolve, reject).finally(forget)
    })
  }
}
