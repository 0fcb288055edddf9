import { listen } from './signal.js'

/** The longest that setTimeout can wait, 24.8 days; what is longer ends at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

/**
 * Does work that may take so long and no longer: the signal it is given aborts when the time is over or when the
 * caller's signal does.
 *
 * @param ms how long, in milliseconds; Infinity for ever.
 */
export async function within<T>(
  ms: number,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const abort = () => controller.abort()
  const timer = ms <= LONGEST_TIMER ? setTimeout(abort, ms) : undefined
  const forget = listen(caller, abort)
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    forget()
  }
}
