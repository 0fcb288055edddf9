import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apiErrorFor, ConnectionError } from '../../src/errors.js'
import { DEFAULT_RETRY, parseRetryAfter, retryDelay } from '../../src/http/retry.js'

const NOW = Date.parse('2026-11-23T20:00:00Z')

describe('the pause before the next attempt', () => {
  const policy = fc.record({
    retries: fc.nat(10),
    base: fc.integer({ min: 1, max: 5000 }),
    cap: fc.integer({ min: 1, max: 60_000 }),
  })
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

  it('is never longer than the cap, nor shorter than half of what it doubles to', () => {
    fc.assert(
      fc.property(fc.nat(2000), policy, random, (attempt, { base, cap, retries }, chance) => {
        const delay = retryDelay(attempt, new ConnectionError('x'), { base, cap, retries }, () => chance)
        const longest = Math.min(base * 2 ** attempt, cap)
        expect(delay).toBeGreaterThanOrEqual(longest / 2)
        expect(delay).toBeLessThanOrEqual(longest)
      }),
    )
  })

  it('is what the server asks for, up to the cap', () => {
    fc.assert(
      fc.property(fc.nat(10), fc.nat(1e9), random, (attempt, retryAfter, chance) => {
        const error = apiErrorFor('busy', { status: 503, retryAfter })
        const delay = retryDelay(attempt, error, DEFAULT_RETRY, () => chance)
        expect(delay).toBe(Math.min(retryAfter * 1000, DEFAULT_RETRY.cap))
      }),
    )
  })
})

describe('Retry-After', () => {
  it('is a number of seconds', () => {
    fc.assert(fc.property(fc.nat(), (seconds) => parseRetryAfter(String(seconds), NOW) === seconds))
  })

  it('is a date, and one that has passed means now', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e6 }), (seconds) => {
        const date = new Date(NOW + seconds * 1000).toUTCString()
        expect(parseRetryAfter(date, NOW)).toBe(Math.max(0, seconds))
      }),
    )
  })

  it('is left aside when it is neither, whatever a lenient parser of dates might make of it', () => {
    for (const text of ['', 'soon', '1.5', '-3', '120.5', '1e3', 'Monday', '7 seconds', '2026']) {
      const seconds = parseRetryAfter(text, NOW)
      expect({ text, seconds }).toEqual({ text, seconds: text === '2026' ? 2026 : undefined })
    }
  })

  it('is a finite number of seconds or nothing, for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const seconds = parseRetryAfter(text, NOW)
        expect(seconds === undefined || seconds >= 0).toBe(true)
      }),
    )
  })
})
