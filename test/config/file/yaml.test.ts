import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../../src/config/file/yaml.js'
import { plainValue } from '../../../src/config/value.js'

const read = (text: string) => plainValue(parseConfig(text, 'clouds.yaml').content)

describe('scalars stay as written', () => {
  test.each([
    ['0123456', '0123456'],
    ['007', '007'],
    ['1e5', '1e5'],
    ['0x1F', '0x1F'],
    ['1_000', '1_000'],
    ['12:30:45', '12:30:45'],
    ['.5', '.5'],
    ['no', 'no'],
    ['Yes', 'Yes'],
    ['true', 'true'],
    ['2026-11-23', '2026-11-23'],
    ['.inf', '.inf'],
    ['"null"', 'null'],
    ["'~'", '~'],
    ['!!int 5', '5'],
    ['!!str 5', '5'],
    ['null', null],
    ['~', null],
    ['', null],
    ['1234567890123456789012345678901234567890', '1234567890123456789012345678901234567890'],
  ])('%s', (written, meant) => {
    expect(read(`value: ${written}`)).toEqual({ value: meant })
  })

  test('also in JSON, including escapes', () => {
    expect(read('{"a": 1E5, "b":\t0.10, "c": true, "d": null, "e": "x\\/\\ud83d\\ude00"}')).toEqual({
      a: '1E5',
      b: '0.10',
      c: 'true',
      d: null,
      e: 'x/😀',
    })
  })
})

test('a long file without aliases is not too large', () => {
  const clouds = Array.from({ length: 60_000 }, (_, i) => `c${i}: {a: 1}`)
  expect(() => parseConfig(clouds.join('\n'), 'clouds.yaml')).not.toThrow()
})

test('anchors, aliases and merge keys work', () => {
  expect(read('base: &base {a: 1, b: 2}\none:\n  <<: *base\n  b: 3\ntwo: {<<: [*base, {c: 4}]}')).toEqual({
    base: { a: '1', b: '2' },
    one: { a: '1', b: '3' },
    two: { a: '1', b: '2', c: '4' },
  })
})

test('the last of several equal keys is used, and the position is reported', () => {
  const { content, repeatedKey } = parseConfig('a: 1\nb: 2\na: 3\n', 'clouds.yaml')
  expect(plainValue(content)).toEqual({ a: '3', b: '2' })
  expect(repeatedKey).toEqual({ line: 3, column: 1 })
})

describe('an invalid file is an error with a position, and without the text of the file', () => {
  // Fully expanded, each of these would have 2^40 values.
  const bomb = ['a0: &a0 [x, x]', ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)]
  const merges = [
    'm0: &m0 {k: v}',
    ...Array.from({ length: 40 }, (_, i) => `m${i + 1}: &m${i + 1} {a: *m${i}, b: *m${i}}`),
  ]
  test.each([
    ['an alias bomb', bomb.join('\n'), 'its aliases expand to too many values'],
    ['a bomb of mappings', merges.join('\n'), 'its aliases expand to too many values'],
    ['an alias within itself', 'secret: &a [*a]', 'its aliases expand to too many values'],
    ['a mapping within itself', 'secret: &a {b: *a}', 'its aliases expand to too many values'],
    ['__proto__', 'clouds: {__proto__: {x: 1}}', 'clouds.yaml:1:10: "__proto__" cannot be a key'],
    ['deep nesting', '['.repeat(100_000), 'nested'],
    ['NUL bytes', 'a: 1\nb: "x\0y"', 'clouds.yaml:2:6: not UTF-8 text: the file contains NUL bytes'],
    ['UTF-16', Buffer.from('\uFEFFclouds: {}', 'utf16le').toString('utf8'), 'not UTF-8 text'],
    ['Latin-1', Buffer.from('# Müller\n', 'latin1').toString('utf8'), 'clouds.yaml:1:4: not UTF-8 text'],
    ['a tab', 'a:\n\tb: secret', 'clouds.yaml:2:1: invalid YAML: tab characters'],
    ['a bracket left open', 'a: [secret', 'clouds.yaml:1:11: invalid YAML: unexpected end'],
    ['a colon too many', 'a: secret: b', 'clouds.yaml:1:10: invalid YAML'],
    ['an unknown tag', 'a: !!python/object:os.system secret', 'invalid YAML: unknown tag'],
    ['a password that begins with !', 'a: !secret', 'clouds.yaml:1:4: invalid YAML: unknown tag.'],
    ['a password that begins with *', 'a: *secret', 'clouds.yaml:1:4: invalid YAML: unidentified alias.'],
    ['two documents', 'a: secret\n---\nb: 2', 'expected a single document'],
  ])('%s', (_, text, message) => {
    let error: unknown
    try {
      parseConfig(text, 'clouds.yaml')
    } catch (thrown) {
      error = thrown
    }
    expect(String(error)).toContain(message)
    expect(String(error)).not.toContain('secret')
    expect(error).toHaveProperty('hint', expect.any(String))
  })
})

describe('the hint depends on the error', () => {
  const deep = `${'['.repeat(200)}${']'.repeat(200)}`
  test.each([
    ['a:\n\tb: 1', { line: 2, column: 1 }, 'Indent with spaces.'],
    [
      'a: !x y',
      { line: 1, column: 4 },
      'Quote a value that begins with !. Tags are not needed, because every value is text.',
    ],
    ['a: *x', { line: 1, column: 4 }, 'Quote a value that begins with *. An alias needs an anchor (&name) above it.'],
    ['a: |secret', { line: 1, column: 5 }, expect.stringContaining('begins with a special character')],
    ['a: b: c', { line: 1, column: 5 }, expect.stringMatching(/^Check the indentation, colons and quotes/)],
    [deep, { line: 1 }, 'Check the brackets and dashes near this position.'],
    ['a: 1\na: !x y', { line: 2, column: 4 }, expect.stringContaining('Tags are not needed')],
    ['x'.repeat(2 * 1024 * 1024 + 1), {}, 'Check that this is the right file.'],
  ])('%#', (text, place, hint) => {
    expect(() => parseConfig(text, 'clouds.yaml')).toThrow(
      expect.objectContaining({ place: expect.objectContaining({ file: 'clouds.yaml', ...place }), hint }),
    )
  })

  test('the maximum number of characters and levels is accepted', () => {
    expect(parseConfig('x'.repeat(2 * 1024 * 1024), 'clouds.yaml').content).toHaveLength(2 * 1024 * 1024)
  })
})
