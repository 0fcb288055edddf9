import { AbortedError } from '../../src/errors.js'
import type { Clock } from '../../src/http/clock.js'

/** No test sleeps so often: a loop that would go on for ever fails, where nothing could stop it. */
const MOST_SLEEPS = 10_000

/** A clock that stands still until a test moves it on. A sleep moves it on and ends at once. */
export class TestClock implements Clock {
  /** What `random` gives. */
  chance = 0.5
  /** The pauses that were slept, in milliseconds. */
  readonly slept: number[] = []
  #now: number
  #elapsed = 0

  constructor(start = Date.parse('2026-11-23T00:00:00Z')) {
    this.#now = start
  }

  now = (): number => this.#now

  monotonic = (): number => this.#elapsed

  random = (): number => this.chance

  sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) throw new AbortedError(undefined, { cause: signal.reason })
    if (this.slept.push(ms) > MOST_SLEEPS) throw new Error(`${MOST_SLEEPS} sleeps: this has no end.`)
    this.advance(ms)
  }

  advance(ms: number): void {
    this.#now += ms
    this.#elapsed += ms
  }

  /** Sets the clock, as a person or NTP does: no time passes. */
  set(now: number): void {
    this.#now = now
  }
}
