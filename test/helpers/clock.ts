import type { Clock } from '../../src/http/sleep.js'

/** A clock that stands still until it is told otherwise; whoever sleeps by it moves it on and wakes at once. */
export class TestClock implements Clock {
  #now: number
  /** What `random` gives. */
  chance = 0.5

  constructor(start = Date.parse('2026-01-01T00:00:00Z')) {
    this.#now = start
  }

  now = (): number => this.#now

  random = (): number => this.chance

  sleep = async (ms: number): Promise<void> => this.advance(ms)

  advance(ms: number): void {
    this.#now += ms
  }
}
