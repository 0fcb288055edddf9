/**
 * Hands out times in microseconds since the epoch, each later than the last, as a server's clock does: two tasks made
 * within one millisecond are then still listed in the order in which they were made.
 */
export class Ticker {
  readonly #now: () => number
  #last = 0

  /** @param now milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** The time, unique. */
  tick(): number {
    this.#last = Math.max(this.now(), this.#last + 1)
    return this.#last
  }

  /** The time as it is. */
  now(): number {
    return Math.floor(this.#now() * 1000)
  }
}

/** `2026-11-23T18:09:25Z`: how Glance shows times. */
export function isoSeconds(us: number): string {
  return `${new Date(us / 1000).toISOString().slice(0, 19)}Z`
}

/** `2026-11-23T18:13:00.958398`: how Python's `isoformat` shows them; the fraction is left out when it is zero. */
export function isoMicroseconds(us: number): string {
  const fraction = us % 1_000_000
  const seconds = new Date(us / 1000).toISOString().slice(0, 19)
  return fraction === 0 ? seconds : `${seconds}.${String(fraction).padStart(6, '0')}`
}
