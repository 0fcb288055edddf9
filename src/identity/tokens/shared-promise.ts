import { AbortedError } from '../../errors.js'
import { throwIfAborted, whenAborted } from '../../http/signal.js'

/**
 * Work whose result several callers share. Each caller can stop waiting without affecting the others. When the last one
 * stops waiting, the work is aborted.
 */
export class SharedPromise<T> {
  readonly #controller = new AbortController()
  readonly #result: Promise<T>
  #waiting = 0

  constructor(run: (signal: AbortSignal) => Promise<T>) {
    this.#result = run(this.#controller.signal)
    // Each caller gets a failure through its own promise. Without callers, the failure must not count as unhandled.
    this.#result.catch(() => {})
  }

  /** Whether all callers stopped waiting before the end. It is then too late to join. */
  get abandoned(): boolean {
    return this.#controller.signal.aborted
  }

  /** Resolves to the result. Rejects with AbortedError as soon as this caller's signal aborts. */
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
