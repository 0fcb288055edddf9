import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDuration, parseMoment } from '../../../src/cli/options/duration.js'
import { UsageError } from '../../../src/errors.js'

const UNITS = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const
const NOW = Date.parse('2026-11-23T18:00:00Z')

describe('a duration', () => {
  it.each<[string, number]>([
    ['90', 90_000],
    ['0', 0],
    ['0.5', 500],
    ['0.25', 250],
    ['8640000000000', 8.64e15],
    ['500ms', 500],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    [' 2D ', 172_800_000],
    ['1.5h', 5_400_000],
  ])('%j is %i ms', (text, ms) => expect(parseDuration('--timeout', text)).toBe(ms))

  it.each([
    '',
    'soon',
    '-1',
    '1 h',
    '1h 30m',
    '1h30',
    'h',
    '1y',
    '1e3',
    '0x10',
    '١',
    'Infinity',
    '1.h',
    '.5h',
    `${'9'.repeat(400)}d`,
    '8640000000001',
  ])('%j is invalid, and the error names the option', (text) => {
    expect(() => parseDuration('--timeout', text)).toThrow(UsageError)
    expect(() => parseDuration('--timeout', text)).toThrow('--timeout')
    expect(() => parseDuration('--timeout', text)).toThrow(expect.objectContaining({ hint: expect.any(String) }))
  })

  it('is the sum of its parts, whichever they are', () => {
    const part = fc.tuple(fc.nat(1000), fc.constantFrom(...(Object.keys(UNITS) as (keyof typeof UNITS)[])))
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const text = parts.map(([number, unit]) => `${number}${unit}`).join('')
        const sum = parts.reduce((total, [number, unit]) => total + number * UNITS[unit], 0)
        expect(parseDuration('--timeout', text)).toBe(sum)
      }),
    )
  })

  it('is a non-negative number or a usage error, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.smhdw -]{0,12}$/)), (text) => {
        try {
          expect(parseDuration('--timeout', text)).toBeGreaterThanOrEqual(0)
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError)
        }
      }),
    )
  })
})

describe('a moment', () => {
  it('may be as long ago as a date can be, and no longer', () => {
    expect(parseMoment('--since', ' 8640000000000S ', NOW)).toBe(NOW - 8.64e15)
    expect(() => parseMoment('--since', '8640000000001s', NOW)).toThrow('--since')
  })

  it('may be so long ago', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.constantFrom('m', 'h', 'd'), (number, unit) => {
        const ms = number * UNITS[unit as 'm' | 'h' | 'd']
        expect(parseMoment('--since', `${number}${unit}`, NOW)).toBe(NOW - ms)
      }),
    )
  })

  it('may be a date, in UTC unless it says otherwise', () => {
    const date = fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(date, (each) => {
        const iso = each.toISOString()
        expect(parseMoment('--since', iso, NOW)).toBe(each.getTime())
        expect(parseMoment('--since', iso.slice(0, -1), NOW)).toBe(each.getTime())
        expect(parseMoment('--since', iso.slice(0, 10), NOW)).toBe(Date.parse(`${iso.slice(0, 10)}T00:00:00Z`))
      }),
    )
    expect(parseMoment('--since', '2026-11-23T18:00:00+02:00', NOW)).toBe(NOW - 2 * 3_600_000)
    expect(parseMoment('--since', '2026-11-23T18:00:00+0200', NOW)).toBe(NOW - 2 * 3_600_000)
    expect(parseMoment('--since', ' 2026-11-23 18:00 ', NOW)).toBe(NOW)
    // date -Ins
    expect(parseMoment('--since', '2026-11-23T18:00:00,500000000+00:00', NOW)).toBe(NOW + 500)
  })

  it.each([
    '',
    '90',
    '1.5',
    'yesterday',
    'x2026-11-23',
    '2026-11-23x',
    '2026-13-01',
    '2026-00-01',
    '2026-01-00',
    '2026-02-30T25:00',
    '23.11.2026',
    '2026-11-23T',
    '2026-11-23T18:60',
    '2026-11-23T18:00:60',
    '2026-11-23T18:00+25:00',
    `${'9'.repeat(400)}d`,
  ])('%j is invalid, and the error names the option', (text) =>
    expect(() => parseMoment('--since', text, NOW)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('--since'), hint: expect.stringContaining('2h') }),
    ),
  )

  it.each([
    ['2026-02-31', '2026-02-28'],
    ['2026-02-29T12:00:00+02:00', '2026-02-28'],
    ['2026-04-31 18:00', '2026-04-30'],
    ['2100-02-29', '2100-02-28'],
  ])('%s is not in the calendar, and the error names the day', (text, last) => {
    const parse = () => parseMoment('--until', text, NOW)
    expect(parse).toThrow(`--until: ${text.slice(0, 10)} is not a valid date.`)
    expect(parse).toThrow(expect.objectContaining({ hint: `The last day of that month is ${last}.` }))
  })

  it('may be the last day of a leap February', () => {
    expect(parseMoment('--since', '2028-02-29', NOW)).toBe(Date.parse('2028-02-29T00:00:00Z'))
  })
})
