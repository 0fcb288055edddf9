import { AbortedError } from '../errors.js'
import { throwIfAborted, whenAborted } from './signal.js'

/** The clock that every wait and every deadline uses. Tests pass their own. */
export interface Clock {
  /** Milliseconds since the epoch. Setting the system time changes it: use it for dates, and `monotonic` for durations. */
  now(): number
  /** Milliseconds since a fixed moment. Setting the system time does not change it. */
  monotonic(): number
  /** Resolves after `ms` milliseconds. Rejects with AbortedError as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `onEnd` once, after `ms` milliseconds; never if `ms` is Infinity. Returns a function that stops the timer. */
  startTimer(ms: number, onEnd: () => void): () => void
  /** A number from 0 (inclusive) to 1 (exclusive), for jitter. */
  random(): number
}

/** The longest time that setTimeout supports: 24.8 days. It calls back at once if the time is longer. */
export const MAX_TIMER_MS = 2 ** 31 - 1

const monotonic = () => performance.now()

function startTimer(ms: number, onEnd: () => void): () => void {
  if (ms === Number.POSITIVE_INFINITY) return () => {}
  let timer = ms <= MAX_TIMER_MS ? setTimeout(onEnd, ms) : startLongTimer(monotonic() + ms)
  return () => clearTimeout(timer)

  function startLongTimer(end: number): NodeJS.Timeout {
    const left = end - monotonic()
    if (left <= MAX_TIMER_MS) return setTimeout(onEnd, left)
    return setTimeout(() => {
      timer = startLongTimer(end)
    }, MAX_TIMER_MS)
  }
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    throwIfAborted(signal)
    const stopTimer = startTimer(ms, () => {
      forget()
      resolve()
    })
    const forget = whenAborted(signal, () => {
      stopTimer()
      reject(new AbortedError(undefined, { cause: signal?.reason }))
    })
  })
}

/** Calls `onTick` every `ms` milliseconds. Returns a function that stops it. */
export function repeat(clock: Pick<Clock, 'startTimer'>, ms: number, onTick: () => void): () => void {
  let stopTimer = start()
  return () => stopTimer()

  function start(): () => void {
    return clock.startTimer(ms, () => {
      stopTimer = start()
      onTick()
    })
  }
}

/** The clock of the system. It looks up Date at each call, as it does timers: a test may replace them. */
export const systemClock: Clock = { now: () => Date.now(), monotonic, sleep, startTimer, random: Math.random }
