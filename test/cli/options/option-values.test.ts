import { describe, expect, it } from 'vitest'
import { collect, duration, gather, once, share, wholeNumber } from '../../../src/cli/options/option-values.js'
import { UsageError } from '../../../src/errors.js'

it('a value is added to those before it', () => {
  expect(collect('b', collect('a'))).toEqual(['a', 'b'])
  expect(collect('a,b')).toEqual(['a,b'])
})

it('a comma list is added to earlier values', () => {
  expect(gather('c', gather('a, b'))).toEqual(['a', 'b', 'c'])
  expect(gather('a,')).toEqual(['a', ''])
})

describe('an option that is allowed only once', () => {
  it('is its value', () => expect(once('--owner')('a')).toBe('a'))

  it('is rejected the second time, with any value', () => {
    for (const before of ['a', '']) expect(() => once('--owner')('b', before)).toThrow(UsageError)
    expect(() => once('--owner')('b', 'a')).toThrow(/--owner .*"a".*"b"/)
  })

  it('explains the expected form if necessary', () => {
    const hintOf = (parse: (value: string, before?: string) => string) => {
      try {
        return parse('b', 'a')
      } catch (error) {
        return (error as UsageError).hint
      }
    }
    expect(hintOf(once('--owner'))).toContain('--owner')
    expect(hintOf(once('--sort', 'One column.'))).toBe('One column.')
  })
})

describe('a whole number', () => {
  const parse = wholeNumber('--limit', 1)

  it.each([
    ['1', 1],
    ['010', 10],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('%s', (text, number) => expect(parse(text)).toBe(number))

  it.each(['0', '-1', '1.0', '1e3', '0x10', '', ' 1', '1 ', '9007199254740992', '１'])('is not %j', (text) => {
    expect(() => parse(text)).toThrow(UsageError)
    expect(() => parse(text)).toThrow(/^--limit: .*at least 1\.$/)
    expect(() => parse(text)).toThrow(JSON.stringify(text))
  })

  it('shows an example', () => {
    expect(() => parse('x')).toThrow(expect.objectContaining({ hint: expect.stringContaining('--limit 10') }))
  })
})

describe('a share', () => {
  const parse = share('--failure-rate')

  it.each([
    ['0', 0],
    ['1', 1],
    ['0.25', 0.25],
    ['.5', 0.5],
    ['1.0', 1],
  ])('%s', (text, number) => expect(parse(text)).toBe(number))

  it.each(['1.1', '2', '-0.1', '', 'x', '1e-1', '0.', '.', '0.5x', 'x0.5'])('is not %j', (text) => {
    expect(() => parse(text)).toThrow(UsageError)
    expect(() => parse(text)).toThrow(/^--failure-rate: /)
    expect(() => parse(text)).toThrow(expect.objectContaining({ hint: expect.stringContaining('--failure-rate 0.1') }))
  })
})

it('a duration is in milliseconds, and names its option', () => {
  expect(duration('--timeout')('2s')).toBe(2000)
  expect(() => duration('--timeout')('x')).toThrow('--timeout')
})
