import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  apiErrorFor,
  CertificateError,
  ConnectionError,
  TimeoutError,
  UnexpectedAnswerError,
} from '../../src/errors.js'
import {
  DEFAULT_RETRY,
  isPermanent,
  isTransient,
  isUnsent,
  PROXY_REFUSED,
  parseRetryAfter,
  retryDelay,
} from '../../src/http/retry.js'

const NOW = Date.parse('2026-11-23T20:00:00Z')

describe('the pause before the next attempt', () => {
  const policy = fc.record({
    retries: fc.nat(10),
    base: fc.integer({ min: 1, max: 5000 }),
    cap: fc.integer({ min: 1, max: 60_000 }),
  })
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

  it('is at most the cap, and at least half of its maximum', () => {
    fc.assert(
      fc.property(fc.nat(2000), policy, random, (attempt, { base, cap, retries }, chance) => {
        const delay = retryDelay(attempt, new ConnectionError('x'), { base, cap, retries }, { random: () => chance })
        const longest = Math.min(base * 2 ** attempt, cap)
        expect(delay).toBeGreaterThanOrEqual(longest / 2)
        expect(delay).toBeLessThanOrEqual(longest)
      }),
    )
  })

  it('is the Retry-After of the server if that is longer, up to the cap', () => {
    fc.assert(
      fc.property(fc.nat(10), fc.nat(1e9), random, (attempt, retryAfter, chance) => {
        const error = apiErrorFor('busy', { status: 503, retryAfter })
        const delay = retryDelay(attempt, error, DEFAULT_RETRY, { random: () => chance })
        const backOff = retryDelay(attempt, new ConnectionError('x'), DEFAULT_RETRY, { random: () => chance })
        expect(delay).toBe(Math.min(Math.max(retryAfter * 1000, backOff), DEFAULT_RETRY.cap))
      }),
    )
  })
})

it('the maximum pause doubles, with jitter over its upper half', () => {
  const policy = { retries: 9, base: 1000, cap: 6000 }
  const pauses = (chance: number) =>
    [0, 1, 2, 3, 2000].map((attempt) => retryDelay(attempt, new ConnectionError('x'), policy, { random: () => chance }))
  expect(pauses(0)).toEqual([500, 1000, 2000, 3000, 3000])
  expect(pauses(0.5)).toEqual([750, 1500, 3000, 4500, 4500])
  expect(pauses(1)).toEqual([1000, 2000, 4000, 6000, 6000])
})

describe('a failure', () => {
  const api = (status: number) => apiErrorFor('no', { status })
  it.each<[string, unknown, boolean]>([
    ['429', api(429), true],
    ['502', api(502), true],
    ['503', api(503), true],
    ['504', api(504), true],
    ['500', api(500), false],
    ['501', api(501), false],
    ['404', api(404), false],
    ['a lost connection', new ConnectionError('x'), true],
    ['no answer in time', new TimeoutError('x'), true],
    ['damaged JSON', new UnexpectedAnswerError('x', { isDamaged: true }), true],
    ['another body than JSON', new UnexpectedAnswerError('x'), false],
    ['a certificate that is not trusted', new CertificateError('x'), false],
    ['a fault of the program', new TypeError('x'), false],
  ])('%s may pass: %s', (_, error, passes) => {
    expect(isTransient(error)).toBe(passes)
  })

  it.each<[string, unknown, boolean]>([
    ['a host name that does not exist', new ConnectionError('x', { reason: 'ENOTFOUND' }), true],
    ['a proxy that refuses', new ConnectionError('x', { reason: PROXY_REFUSED }), true],
    ['a refused connection', new ConnectionError('x', { reason: 'ECONNREFUSED' }), false],
    ['a failure without a reason', new ConnectionError('x'), false],
    ['another error with such a reason', new CertificateError('x', { reason: 'ENOTFOUND' }), false],
  ])('%s is hopeless: %s', (_, error, hopeless) => {
    expect(isPermanent(error)).toBe(hopeless)
  })

  it.each<[string, unknown, boolean]>([
    ['no connection', new ConnectionError('x', { sent: false }), true],
    ['a lost connection', new ConnectionError('x', { sent: true }), false],
    ['no connection in time', new TimeoutError('x', { sent: false }), true],
    ['no answer in time', new TimeoutError('x', { sent: true }), false],
    ['an error answer', api(503), false],
    ['anything else', new TypeError('x'), false],
  ])('%s proves that nothing was sent: %s', (_, error, unsent) => {
    expect(isUnsent(error)).toBe(unsent)
  })
})

describe('Retry-After', () => {
  it.each([
    [' 7\t', 7],
    ['0', 0],
    ['Mon, 23 Nov 2026 20:00:05 GMT', 5],
    ['  mon, 23 nov 2026 20:01:00 gmt', 60],
    ['Monday, 23-Nov-26 20:00:05 GMT', 5],
    ['Mon, 23 Nov 2026 19:59:59 GMT', 0],
    ['Mon, 23 Nov 2026', undefined],
    ['Mon, 99 Nov 2026 20:00:05 GMT', undefined],
    ['retry Mon, 23 Nov 2026 20:00:05 GMT', undefined],
    ['2026-11-23T20:00:05Z', undefined],
    [undefined, undefined],
  ])('%j is %j seconds', (header, seconds) => {
    expect(parseRetryAfter(header, NOW)).toBe(seconds)
  })

  it('is a number of seconds', () => {
    fc.assert(fc.property(fc.nat(), (seconds) => parseRetryAfter(String(seconds), NOW) === seconds))
  })

  it('can be a date; a past date means no pause', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e6 }), (seconds) => {
        const date = new Date(NOW + seconds * 1000).toUTCString()
        expect(parseRetryAfter(date, NOW)).toBe(Math.max(0, seconds))
      }),
    )
  })

  it('is ignored if it is neither, even if Date.parse accepts it', () => {
    for (const text of ['', 'soon', '1.5', '-3', '120.5', '1e3', 'Monday', '7 seconds', '2026']) {
      const seconds = parseRetryAfter(text, NOW)
      expect({ text, seconds }).toEqual({ text, seconds: text === '2026' ? 2026 : undefined })
    }
  })

  it('is a finite number or undefined for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const seconds = parseRetryAfter(text, NOW)
        expect(seconds === undefined || seconds >= 0).toBe(true)
      }),
    )
  })
})
