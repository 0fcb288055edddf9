import { AbortedError } from '../../src/errors.js'
import type { Clock } from '../../src/http/sleep.js'

/** A clock that stands still until it is told otherwise; whoever sleeps by it moves it on and wakes at once. */
export class TestClock implements Clock {
  /** What `random` gives. */
  chance = 0.5
  /** The pauses that were slept, in milliseconds. */
  readonly slept: number[] = []
  #now: number

  constructor(start = Date.parse('2026-11-23T00:00:00Z')) {
    this.#now = start
  }

  now = (): number => this.#now

  random = (): number => this.chance

  sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) throw new AbortedError()
    this.slept.push(ms)
    this.advance(ms)
  }

  advance(ms: number): void {
    this.#now += ms
  }
}
