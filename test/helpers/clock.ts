import { AbortedError } from '../../src/errors.js'
import type { Clock } from '../../src/http/sleep.js'

/** A clock that stands still but for what sleeps and what the test adds. */
export interface TestClock extends Clock {
  advance(ms: number): void
  /** The pauses that were slept, in milliseconds. */
  slept: number[]
}

export function testClock(start = Date.UTC(2026, 10, 23)): TestClock {
  let now = start
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    random: () => 0.5,
    advance(ms) {
      now += ms
    },
    async sleep(ms, signal) {
      if (signal?.aborted) throw new AbortedError()
      slept.push(ms)
      now += ms
    },
  }
}
