import { AbortedError } from '../errors.js'
import { MAX_TIMER_MS } from './deadline.js'
import { throwIfAborted, whenAborted } from './signal.js'

/** The clock that everything waits by; tests hand in one of their own. */
export interface Clock {
  /** Milliseconds since the epoch. Setting the clock changes it: use it for moments, and `monotonic` for durations. */
  now(): number
  /** Milliseconds since some fixed moment. Setting the clock does not change it: every deadline is measured with it. */
  monotonic(): number
  /** Resolves after `ms` milliseconds; rejects with AbortedError as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** A number from 0 (inclusive) to 1, for jitter. */
  random(): number
}

const monotonic = () => performance.now()

/** A sleep that an abort ends, and that leaves no listener behind. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    throwIfAborted(signal)
    let timer: NodeJS.Timeout | undefined
    const forget = whenAborted(signal, () => {
      clearTimeout(timer)
      reject(new AbortedError(undefined, { cause: signal?.reason }))
    })
    const end = monotonic() + ms
    // A timer cannot run for more than 24.8 days, and ends at once where it is to.
    const sleepOn = (left: number) => {
      timer = setTimeout(
        () => {
          if (left > MAX_TIMER_MS) return sleepOn(end - monotonic())
          forget()
          resolve()
        },
        Math.min(left, MAX_TIMER_MS),
      )
    }
    sleepOn(ms)
  })
}

/** The machine's own clock. */
export const systemClock: Clock = { now: Date.now, monotonic, sleep, random: Math.random }
