import { setMaxListeners } from 'node:events'

/**
 * Calls `onAbort` when the signal aborts, or at once where it has. However many requests share a signal, Node is not to
 * warn of a leak.
 *
 * @returns what ends the listening; without it a signal that lives long would gather listeners.
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

/** A signal that aborts as soon as one of two does, and what ends the listening to them. */
export function anySignal(
  first: AbortSignal | undefined,
  second: AbortSignal,
): { signal: AbortSignal; forget: () => void } {
  if (first === undefined) return { signal: second, forget: () => {} }
  const controller = new AbortController()
  const forgets = [first, second].map((signal) => whenAborted(signal, () => controller.abort(signal.reason)))
  return {
    signal: controller.signal,
    forget() {
      for (const forget of forgets) forget()
    },
  }
}
