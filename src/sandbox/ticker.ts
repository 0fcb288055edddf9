/**
 * Returns times in microseconds since the epoch, each later than the one before. Tasks created within one millisecond
 * thus get different times, and lists show them in the order of their creation.
 */
export class Ticker {
  readonly #now: () => number
  #last = 0

  /** @param now milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** A unique time: the current time, or the next microsecond if that has been used. */
  tick(): number {
    this.#last = Math.max(this.now(), this.#last + 1)
    return this.#last
  }

  /** The current time, which need not be unique. */
  now(): number {
    return Math.floor(this.#now() * 1000)
  }
}

/**
 * A creation time without the extra microseconds that make it unique: a task that takes whole milliseconds from then on ends
 * exactly on a clock of milliseconds.
 */
export function wholeMilliseconds(us: number): number {
  return us - (us % 1000)
}

/** Glance's format: `2026-11-23T18:09:25Z`. */
export function isoSeconds(us: number): string {
  return `${new Date(us / 1000).toISOString().slice(0, 19)}Z`
}

/** The format of Python's `isoformat`: `2026-11-23T18:13:00.958398`, without the fraction when it is zero. */
export function isoMicroseconds(us: number): string {
  const fraction = us % 1_000_000
  const seconds = new Date(us / 1000).toISOString().slice(0, 19)
  return fraction === 0 ? seconds : `${seconds}.${String(fraction).padStart(6, '0')}`
}
