/** How durations are spread, in seconds. Null: no task has a known duration. */
export type Spread = {
  /** Half of the tasks took no longer. */
  median: number | null
  /** 95 of 100 tasks took no longer. */
  p95: number | null
  longest: number | null
}

/** Collects durations. Keeps one number for each. */
export class Durations {
  readonly #seconds: number[] = []

  /** Adds the time between two moments, in milliseconds since the epoch. Ignores it if one of them is not a time. */
  add(from: number, to: number): void {
    const seconds = (to - from) / 1000
    // The clocks of client and server may differ.
    if (!Number.isNaN(seconds)) this.#seconds.push(Math.max(0, seconds))
  }

  spread(): Spread {
    const sorted = Float64Array.from(this.#seconds).sort()
    const { length } = sorted
    return {
      median: middle(sorted),
      // The nearest rank: a duration that occurred, not one between two.
      p95: rounded(sorted[Math.ceil(0.95 * length) - 1]),
      longest: rounded(sorted[length - 1]),
    }
  }
}

function middle(sorted: Float64Array): number | null {
  const half = sorted.length / 2
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]]
  return rounded((low + high) / 2)
}

/** Glance's times are whole seconds, but the current time is not. */
function rounded(seconds = Number.NaN): number | null {
  return Number.isNaN(seconds) ? null : Math.round(seconds * 10) / 10
}
