import { setMaxListeners } from 'node:events'

/**
 * Calls `onAbort` when the signal aborts, or at once where it has. However many requests share a signal, Node is not to
 * warn of a leak.
 *
 * @returns what ends the listening; without it a signal that lives long would gather listeners.
 */
export function listen(signal: AbortSignal | undefined, onAbort: () => void): () => void {
  if (signal === undefined) return () => {}
  if (signal.aborted) {
    onAbort()
    return () => {}
  }
  setMaxListeners(0, signal)
  signal.addEventListener('abort', onAbort, { once: true })
  return () => signal.removeEventListener('abort', onAbort)
}
