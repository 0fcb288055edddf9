import { describe, expect, it } from 'vitest'
import {
  ExactNumber,
  formatJson,
  formatPythonJson,
  isDeeper,
  isJsonObject,
  type JsonObject,
  MAX_DEPTH,
  parseJson,
  parsePythonJson,
  TooDeepError,
  tooDeepAt,
} from '../../src/http/json.js'

describe('digits are kept', () => {
  it.each([
    '9007199254740993',
    '-9007199254740993',
    '1e400',
    '-1E-400',
    '1.0',
    '1.10',
    '0.1',
    '1e5',
    '-0',
    '-0.0',
    '123456789012345678901234567890',
  ])('%s', (number) => {
    for (const text of [number, `[${number}]`, `{"a":{"b":[1,${number}]}}`])
      expect(formatJson(parseJson(text))).toBe(text)
  })

  it('as ExactNumber only if a number would lose them', () => {
    expect(parseJson('[1, 0.5, 12345678901234567890]')).toEqual([1, 0.5, new ExactNumber('12345678901234567890')])
    expect(Number(new ExactNumber('1.0'))).toBe(1)
  })
})

it.each(['"2026-11-23T18:13:00.958398"', '"1.0"', '{"a":"b: 1.5"}', '"\\u0000\\ud83d\\ude00"'])(
  'text stays text: %s',
  (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text))
  },
)

it.each(['', ' 1.0 ', '1.0 '])('agrees for %j with the reference on blanks', (number) => {
  expect(formatJson(parseJson(`[${number}${number ? '' : '1'}]`))).toBe(`[${number.trim() || '1'}]`)
})

it.each(['{"a":1,"a":2}', '{"a":1.0,"a":2}'])('of duplicate keys the last wins: %s', (text) => {
  expect(parseJson(text)).toEqual({ a: 2 })
})

it.each(['{"__proto__":{"admin":true}}', '{"x":1.0,"__proto__":{"admin":true}}'])(
  '__proto__ is a key like any other: %s',
  (text) => {
    const value = parseJson(text) as JsonObject
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(value.admin).toBeUndefined()
    expect(Object.keys(value)).toContain('__proto__')
  },
)

it.each(['', '{', '[1,]', '{"a":1.0,}', '01', '1.', '.5', '+1', 'nul', '{"a" 1}', '"\n"', '[1.0', '[1.0]]'])(
  'is refused: %j',
  (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError)
  },
)

describe('JSON of Python', () => {
  it.each([
    [
      '{"n": NaN, "m": -Infinity, "s": "NaN, \\"Infinity"}',
      { n: new ExactNumber('NaN'), m: new ExactNumber('-Infinity'), s: 'NaN, "Infinity' },
    ],
    ['[Infinity, 12345678901234567890]', [new ExactNumber('Infinity'), new ExactNumber('12345678901234567890')]],
    ['NaN', new ExactNumber('NaN')],
    ['{"n": 1}', { n: 1 }],
  ])('a number that JSON does not allow keeps its text: %s', (text, value) => {
    expect(parsePythonJson(text)).toEqual(value)
  })

  it.each([
    '{"n":NaN,"m":[-Infinity,Infinity,1.50],"s":"NaN 1e-900000000001","t":1e-9000000000011}',
    '{"a-Infinity\\"":"\\\\","NaN":{"x":NaN}}',
    '[12345678901234567890,11e-900000000001,1e-9000000000021,NaN]',
  ])('Python gets back what it sent: %s', (text) => {
    expect(formatPythonJson(parsePythonJson(text))).toBe(text)
    expect(JSON.parse(formatJson(parsePythonJson(text)))).toEqual(
      JSON.parse(text.replace(/(?<=[:[,])(-?(?:Infinity|NaN))(?=[,\]}])/g, '"$1"')),
    )
  })

  it('writes JavaScript numbers that are not finite in the same way', () => {
    const value = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.5, -0]
    expect(formatPythonJson(value)).toBe('[NaN,Infinity,-Infinity,1.5,0]')
    expect(formatJson(value)).toBe('["NaN","Infinity","-Infinity",1.5,0]')
  })

  it.each(['{"n": NaNa}', '[NaN', 'NaN NaN'])('and the rest is refused as ever: %s', (text) => {
    expect(() => parsePythonJson(text)).toThrow(SyntaxError)
  })
})

describe('nesting beyond the maximum', () => {
  const deep = (levels: number, inside = '') => '['.repeat(levels) + inside + ']'.repeat(levels)

  it.each(['', '1', '1.50', 'NaN', '{}'])('is refused, and what is not is kept: %j', (inside) => {
    const own = inside === '{}' ? 1 : 0
    const kept = formatJson(parsePythonJson(deep(MAX_DEPTH - own, inside)))
    expect(kept).toBe(deep(MAX_DEPTH - own, inside === 'NaN' ? '"NaN"' : inside))
    for (const levels of [MAX_DEPTH + 1 - own, 100_000])
      expect(() => parsePythonJson(deep(levels, inside))).toThrow(TooDeepError)
  })

  it('is found in a value and in a text', () => {
    expect([isDeeper(1, 0), isDeeper([], 0), isDeeper({ a: [1] }, 1), isDeeper({ a: [1] }, 2)]).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect([tooDeepAt('[[]]', 2), tooDeepAt('[[]]', 1), tooDeepAt('{"[[\\"[":[{}]}', 2)]).toEqual([undefined, 1, 10])
  })
})

it('an ExactNumber has the text of the server, and converts to a number', () => {
  const number = new ExactNumber('1.10')
  expect(`${number}`).toBe('1.10')
  expect(number.text).toBe('1.10')
  expect(Number(number)).toBe(1.1)
})

it.each<[unknown, boolean]>([
  [{}, true],
  [{ a: 1 }, true],
  [null, false],
  [[], false],
  ['{}', false],
  [1, false],
  [undefined, false],
  [new ExactNumber('1.0'), false],
])('%j is an object of JSON: %j', (value, expected) => {
  expect(isJsonObject(value)).toBe(expected)
})

it('digits are kept at any position', () => {
  for (const text of ['{"a":"x","b":[null,{"c":1.0}]}', '[true,[1.0]]', '[1,\n 1.0]', '{"a" :\t1.0}', '[-1.50,-1E5]']) {
    const numbers = text.match(/-?\d+\.\d+|-?\d+E\d/g) ?? []
    const kept = formatJson(parseJson(text))
    expect(numbers.filter((number) => !kept.includes(number))).toEqual([])
  }
  expect(parseJson('1234567890123456')).toBe(1234567890123456)
  expect(parseJson('[1234567890123456]')).toEqual([1234567890123456])
})

it('the maximum nesting can be set', () => {
  expect(parseJson('[[1]]', 2)).toEqual([[1]])
  expect(() => parseJson('[[1]]', 1)).toThrow(TooDeepError)
  expect(() => parseJson('[[1]]', 1)).toThrow(/\b1 level/)
})

it('only arrays and objects count as levels', () => {
  expect(isDeeper([null, 'text', true, 1, new ExactNumber('1.0')], 2)).toBe(false)
  expect(isDeeper([null, 'text', true, 1], 1)).toBe(false)
  expect(isDeeper('text', 0)).toBe(false)
})

it('a bracket in a string does not count, also after escaped characters', () => {
  expect(tooDeepAt('["[[[", "a\\"[[", "\\\\", [', 1)).toBe(23)
  expect(tooDeepAt('[{}, [], {}, []]', 2)).toBeUndefined()
  expect(tooDeepAt('{"a":{"b":{', 2)).toBe(10)
  expect(tooDeepAt('\\"[["', 1)).toBeUndefined()
})

it('JSON is written with the requested indentation', () => {
  const value = parsePythonJson('{"a":[NaN,1.0],"b":{}}')
  expect(formatJson(value)).toBe('{"a":["NaN",1.0],"b":{}}')
  expect(formatJson(value, 2)).toBe('{\n  "a": [\n    "NaN",\n    1.0\n  ],\n  "b": {}\n}')
})

it.each(['{"a":NaN,"b', '{"a":NaN,"b\\', '{"a":NaN,"b\\"}', '[NaN,"a" "b"]', '[-NaN]', '[--Infinity]', '[_NaN]'])(
  'what Python cannot read either is refused: %s',
  (text) => {
    expect(() => parsePythonJson(text)).toThrow(SyntaxError)
  },
)

it('keys and strings such as NaN stay unchanged', () => {
  const text = '{"NaN":NaN,"":"-Infinity","a\\"NaN":[Infinity,"NaN"]}'
  expect(formatPythonJson(parsePythonJson(text))).toBe(text)
})
