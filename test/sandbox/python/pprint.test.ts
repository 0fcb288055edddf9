import { describe, expect, test } from 'vitest'
import { ExactNumber, type JsonValue } from '../../../src/http/json.js'
import { pformat, repr } from '../../../src/sandbox/python/pprint.js'

// The expected texts come from Python 3.11.
describe('repr', () => {
  const cases: [JsonValue, string][] = [
    [null, 'None'],
    [true, 'True'],
    [{ b: 1, a: [false] }, "{'b': 1, 'a': [False]}"],
    ["it's", '"it\'s"'],
    ['it\'s "so"', "'it\\'s \"so\"'"],
    ['a\\b\n\t\u0000\u007f', "'a\\\\b\\n\\t\\x00\\x7f'"],
    ['é😀\u200b\u2028\u00a0', "'é😀\\u200b\\u2028\\xa0'"],
    ['\u{e0001}', "'\\U000e0001'"],
    [1e21, '1e+21'],
    [new ExactNumber('1.0'), '1.0'],
    [new ExactNumber('1e5'), '100000.0'],
    [new ExactNumber('1e400'), 'inf'],
    [new ExactNumber('-1e400'), '-inf'],
    [new ExactNumber('12345678901234567890'), '12345678901234567890'],
    [0.0001, '0.0001'],
    [new ExactNumber('0.00001'), '1e-05'],
    [new ExactNumber('1e16'), '1e+16'],
    [new ExactNumber('-0.0'), '-0.0'],
    [new ExactNumber('-0'), '0'],
  ]
  test.each(cases)('of %j is %s', (value, text) => {
    expect(repr(value)).toBe(text)
  })
})

describe('pformat', () => {
  test('sorts keys, and wraps values that are too long for a line', () => {
    const value = { zebra: 1, list: ['a'.repeat(40), 'b'.repeat(40)], deep: { x: null } }
    expect(pformat(value, 72)).toBe(
      `{'deep': {'x': None},\n 'list': ['${'a'.repeat(40)}',\n          '${'b'.repeat(40)}'],\n 'zebra': 1}`,
    )
  })

  test('wraps long strings between words, in parentheses at the top level', () => {
    const words = 'word '.repeat(20)
    const [first, second] = [`'${'word '.repeat(13)}'`, `'${'word '.repeat(7)}'`]
    expect(pformat({ key: words }, 72)).toBe(`{'key': '${'word '.repeat(12)}'\n        '${'word '.repeat(8)}'}`)
    expect(pformat(words, 72)).toBe(`(${first}\n ${second})`)
  })

  test('keeps an empty string even if it does not fit on the line', () => {
    expect(pformat({ ['k'.repeat(80)]: [''] }, 72)).toBe(`{'${'k'.repeat(80)}': ['']}`)
  })
})
