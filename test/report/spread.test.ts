import { expect, it } from 'vitest'
import { Durations } from '../../src/report/spread.js'

/** The spread of durations of these seconds. */
function spreadOf(...seconds: number[]) {
  const durations = new Durations()
  for (const each of seconds) durations.add(5_000, 5_000 + each * 1000)
  return durations.spread()
}

it.each([
  [[], { median: null, p95: null, longest: null }],
  [[7], { median: 7, p95: 7, longest: 7 }],
  [[1, 4], { median: 2.5, p95: 4, longest: 4 }],
  [[9, 1, 5], { median: 5, p95: 9, longest: 9 }],
  [[1.26], { median: 1.3, p95: 1.3, longest: 1.3 }],
  // Numbers are not sorted as text.
  [[100, 20, 3], { median: 20, p95: 100, longest: 100 }],
])('the spread of %j', (seconds, expected) => {
  expect(spreadOf(...seconds)).toEqual(expected)
})

it('p95 is the least duration that 95 of 100 tasks do not exceed', () => {
  const upTo = (count: number) => spreadOf(...Array.from({ length: count }, (_, i) => count - i))
  expect(upTo(100)).toEqual({ median: 50.5, p95: 95, longest: 100 })
  expect(upTo(20)).toMatchObject({ p95: 19 })
  expect(upTo(19)).toMatchObject({ p95: 19 })
  expect(upTo(40)).toMatchObject({ p95: 38 })
})

it('ignores an invalid time, and counts a clock that runs behind as no time', () => {
  const durations = new Durations()
  durations.add(Date.parse('yesterday'), 1000)
  durations.add(1000, Date.parse(''))
  expect(durations.spread()).toEqual({ median: null, p95: null, longest: null })
  durations.add(2000, 1000)
  expect(durations.spread()).toEqual({ median: 0, p95: 0, longest: 0 })
})
