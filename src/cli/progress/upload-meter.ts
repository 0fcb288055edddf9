/** The rate of an upload is measured over its last seconds. */
const RATE_WINDOW = 5000
/** No rate before this time: the first chunks only fill buffers. */
const FIRST_RATE = 1000

/** Measures how fast data is sent. Times are values of a clock's `monotonic()`. */
export class UploadMeter {
  bytes = 0
  readonly total: number | undefined
  readonly #startedAt: number
  #samples: { at: number; bytes: number }[]

  constructor(now: number, total: number | undefined) {
    this.total = total
    this.#startedAt = now
    this.#samples = [{ at: now, bytes: 0 }]
  }

  /** @param bytes the number of bytes that have been sent in total. */
  add(now: number, bytes: number): void {
    this.bytes = bytes
    this.#samples.push({ at: now, bytes })
    const first = this.#samples.findIndex(({ at }) => at >= now - RATE_WINDOW)
    // Keep the last sample before the window: without it, a stalled upload would have no rate.
    this.#samples = this.#samples.slice(Math.max(0, first - 1))
  }

  /** Milliseconds from the beginning to the last data. */
  get elapsed(): number {
    return (this.#samples.at(-1)?.at ?? this.#startedAt) - this.#startedAt
  }

  /** Bytes per second; undefined if it is too early to tell. */
  get rate(): number | undefined {
    const [first] = this.#samples
    const last = this.#samples.at(-1)
    if (!first || !last || this.elapsed < FIRST_RATE || last.at === first.at) return undefined
    return ((last.bytes - first.bytes) / (last.at - first.at)) * 1000
  }
}
