import { setMaxListeners } from 'node:events'
import { AbortedError } from '../errors.js'

// The one way to be aborted. Work that must not start after an abort calls `throwIfAborted` first; work that an abort ends
// calls `whenAborted`, which does not miss an abort that came before.

/**
 * @param message the message of the error. Default: AbortedError's own.
 * @throws AbortedError if the signal has aborted. Its cause is the reason of the signal.
 */
export function throwIfAborted(signal: AbortSignal | undefined, message?: string): void {
  if (signal?.aborted) throw new AbortedError(message, { cause: signal.reason })
}

/**
 * Calls `onAbort` when the signal aborts, or immediately if it has aborted. Any number of requests can share a signal
 * without a warning from Node.
 *
 * @returns a function that removes the listener. Call it, because a signal that lives long would collect listeners.
 */
export function whenAborted(signal: AbortSignal | undefined, onAbort: () => void): () => void {
  if (signal === undefined) return () => {}
  if (signal.aborted) {
    onAbort()
    return () => {}
  }
  setMaxListeners(0, signal)
  signal.addEventListener('abort', onAbort, { once: true })
  return () => signal.removeEventListener('abort', onAbort)
}

/** A signal that aborts when either of two does, and `forget`, which removes the listeners from them. */
export function anySignal<Second extends AbortSignal | undefined>(
  first: AbortSignal | undefined,
  second: Second,
): { signal: AbortSignal | Second; forget: () => void } {
  if (first === undefined) return { signal: second, forget: () => {} }
  if (second === undefined) return { signal: first, forget: () => {} }
  const controller = new AbortController()
  const forgets = [first, second].map((signal) => whenAborted(signal, () => controller.abort(signal.reason)))
  return {
    signal: controller.signal,
    forget() {
      for (const forget of forgets) forget()
    },
  }
}
