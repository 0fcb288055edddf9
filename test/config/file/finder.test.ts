import { describe, expect, test } from 'vitest'
import { positionFinder } from '../../../src/config/file/finder.js'

/** The position of a path of keys in a text, as `line:column`. */
function at(text: string, ...keys: string[]): string | undefined {
  const found = positionFinder(text)(keys)
  return found && `${found.line}:${found.column}`
}

const CLOUDS = [
  'clouds:',
  '  one:',
  '    auth: {auth_url: http://k, username: u}',
  '    regions: [north, {name: south}]',
]
const text = CLOUDS.join('\n')

test.each([
  [['clouds'], '1:1'],
  [['clouds', 'one'], '2:3'],
  [['clouds', 'one', 'auth', 'username'], '3:32'],
  [['clouds', 'one', 'regions', '0'], '4:15'],
  [['clouds', 'one', 'regions', '1', 'name'], '4:23'],
  // A missing setting: its nearest parent.
  [['clouds', 'two'], '1:1'],
  [['clouds', 'one', 'regions', '7'], '4:5'],
  [['clouds', 'one', 'auth', 'auth_url', 'deeper'], '3:12'],
  [['elsewhere'], undefined],
  [[], undefined],
])('%j is at %s', (keys, place) => {
  expect(at(text, ...keys)).toBe(place)
})

test('a byte order mark is ignored', () => {
  expect(at(`\uFEFF${text}`, 'clouds')).toBe('1:1')
})

test('the last of several equal keys is used', () => {
  expect(at('a: 1\nb: 2\na: 3', 'a')).toBe('3:1')
})

test('a number as a key is found by its text', () => {
  expect(at('x: 1\n007: y', '007')).toBe('2:1')
})

describe('aliases and merge keys are followed', () => {
  const base = 'base: &base {a: 1, b: {c: 2}}\nmore: &more {d: 4}\nlist: &list [*base]\n'
  test.each([
    ['one: *base', ['one', 'a'], '1:14'],
    ['one: *base', ['one', 'b', 'c'], '1:24'],
    ['one: {<<: *base, x: 1}', ['one', 'b', 'c'], '1:24'],
    ['one: {<<: *base, b: 1}', ['one', 'b'], '4:18'],
    ['one: {<<: [*base, *more]}', ['one', 'd'], '2:14'],
    ['one: {<<: *list}', ['one', 'a'], '1:14'],
    ['one: {<<: *more, <<: *base}', ['one', 'a'], '1:14'],
    ['one: {<<: *base}', ['one', 'z'], '4:1'],
    ['one: {<<: text}', ['one', 'z'], '4:1'],
    ['one: {x: *base}', ['one', 'a'], '4:1'],
  ])('%s', (line, keys, place) => {
    expect(at(base + line, ...keys)).toBe(place)
  })

  test('many merges of merges do not multiply', () => {
    const levels = Array.from({ length: 18 }, (_, i) => `l${i + 1}: &l${i + 1} {<<: [*l${i}, *l${i}, *l${i}]}`)
    const lines = ['l0: &l0 {a: 1}', ...levels, 'one: {<<: *l18}']
    expect(at(lines.join('\n'), 'one', 'z')).toBe('20:1')
    expect(at(lines.join('\n'), 'one', 'a')).toBe('1:10')
  }, 2000)

  test('a mapping that merges itself does not cause an endless loop', () => {
    expect(at('one: &one\n  <<: *one\n  a: 1', 'one', 'z')).toBe('1:1')
  })
})

test('invalid YAML has positions only before the error', () => {
  expect(at('', 'a')).toBeUndefined()
  expect(at('a: 1\nb: [', 'a')).toBe('1:1')
})
