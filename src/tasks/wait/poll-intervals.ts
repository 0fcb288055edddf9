const FIRST_INTERVAL = 500
const LONGEST_INTERVAL = 5000
const GROWTH = 1.3

/** The pauses between two looks, in milliseconds: growing, with a jitter of a tenth so that many waits do not march in step. */
export function* pollIntervals(fixed: number | undefined, random: () => number): Generator<number, never> {
  for (let interval = fixed ?? FIRST_INTERVAL; ; ) {
    yield fixed ?? interval * (0.9 + 0.2 * random())
    interval = Math.min(interval * GROWTH, LONGEST_INTERVAL)
  }
}
