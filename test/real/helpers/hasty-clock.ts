import { type Clock, systemClock } from '../../../src/http/clock.js'

/** A clock that runs `haste` times faster than the machine's. */
export function hastyClock(haste: number, random: () => number): Clock {
  const begin = Date.now()
  return {
    now: () => begin + (Date.now() - begin) * haste,
    monotonic: () => performance.now() * haste,
    sleep: (ms, signal) => systemClock.sleep(ms / haste, signal),
    startTimer: (ms, onEnd) => systemClock.startTimer(ms / haste, onEnd),
    random,
  }
}
