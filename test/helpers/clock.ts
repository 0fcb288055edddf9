import type { Clock } from '../../src/http/clock.js'
import { throwIfAborted } from '../../src/http/signal.js'

/** The maximum number of sleeps. Fails a test that would otherwise never end. */
const MAX_SLEEPS = 10_000

/** A clock that stands still until a test advances it. A sleep advances it and ends at once. Timers fire on the way. */
export class TestClock implements Clock {
  /** What `random` returns. */
  chance = 0.5
  /** The durations of all sleeps, in milliseconds. */
  readonly slept: number[] = []
  readonly #timers = new Set<{ at: number; onEnd: () => void }>()
  #now: number
  #elapsed = 0

  constructor(start = Date.parse('2026-11-23T00:00:00Z')) {
    this.#now = start
  }

  now = (): number => this.#now

  monotonic = (): number => this.#elapsed

  random = (): number => this.chance

  sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    throwIfAborted(signal)
    if (this.slept.push(ms) > MAX_SLEEPS) throw new Error(`${MAX_SLEEPS} sleeps: this has no end.`)
    this.#advanceTo(this.#elapsed + ms, signal)
  }

  startTimer = (ms: number, onEnd: () => void): (() => void) => {
    const timer = { at: this.#elapsed + ms, onEnd }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** The number of timers that have not fired. */
  get timers(): number {
    return [...this.#timers].filter(({ at }) => at < Number.POSITIVE_INFINITY).length
  }

  advance(ms: number): void {
    this.#advanceTo(this.#elapsed + ms)
  }

  /** Sets the system time, as a person or NTP does: no time passes. */
  set(now: number): void {
    this.#now = now
  }

  /** Fires the timers that are due, each at its own time. Stops if one of them aborts the signal. */
  #advanceTo(end: number, signal?: AbortSignal): void {
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#timers.delete(next)
      this.#pass(Math.max(0, next.at - this.#elapsed))
      next.onEnd()
      throwIfAborted(signal)
    }
    this.#pass(Math.max(0, end - this.#elapsed))
  }

  #pass(ms: number): void {
    this.#now += ms
    this.#elapsed += ms
  }
}
