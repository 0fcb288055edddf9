import { AbortedError } from '../errors.js'
import { whenAborted } from './signal.js'

/** The result of work that cannot be aborted. Rejects with AbortedError as soon as the signal aborts. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = whenAborted(signal, () => reject(new AbortedError(undefined, { cause: signal.reason })))
    work.then(resolve, reject).finally(forget)
  })
}
