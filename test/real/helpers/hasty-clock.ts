import { type Clock, systemClock } from '../../../src/http/clock.js'

/**
 * A clock that runs `haste` times faster than the machine's. Deadlines take their true time, because the services that are
 * asked are no faster.
 */
export function hastyClock(haste: number, random: () => number): Clock {
  const begin = Date.now()
  return {
    now: () => begin + (Date.now() - begin) * haste,
    monotonic: () => performance.now() * haste,
    sleep: (ms, signal) => systemClock.sleep(ms / haste, signal),
    startTimer: systemClock.startTimer,
    random,
  }
}
