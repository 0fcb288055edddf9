import { describe, expect, test } from 'vitest'
import { TypedLayer } from '../../src/config/typed-layer.js'
import { layerWith } from '../helpers/layer.js'

const reader = (value: string | string[]) => new TypedLayer(layerWith({ it: value }))

/** The error about the setting `it`, which an option sets. */
const wrong = (what: string, hint: string) => ({
  code: 'configuration',
  message: `it (--it) ${what}.`,
  hint,
})

describe('boolean', () => {
  test.each(['true', 'yes', 'on', '1', 'TRUE', 'Yes', 'oN'])('%s is true', async (text) => {
    expect(await reader(text).boolean('it')).toBe(true)
  })
  test.each(['false', 'no', 'off', '0', 'FALSE', 'No', 'oFF'])('%s is false', async (text) => {
    expect(await reader(text).boolean('it')).toBe(false)
  })
  test.each(['untrue', 'truee', '01', '10', 'nono', 'soon', 'offline', '2', ' '])('%j is invalid', async (text) => {
    await expect(reader(text).boolean('it')).rejects.toMatchObject(
      wrong('must be true or false (or yes, no, on, off, 1, 0)', 'Write true or false.'),
    )
  })
  test('a list is invalid', async () => {
    await expect(reader(['true']).boolean('it')).rejects.toThrow('must be true or false')
    await expect(reader(['false']).boolean('it')).rejects.toThrow('must be true or false')
  })
  test('the hint for a path under verify names cacert', async () => {
    const layer = new TypedLayer(layerWith({ verify: '/ca.pem' }))
    await expect(layer.boolean('verify')).rejects.toMatchObject({
      hint: 'Write the path of a CA certificate file under cacert.',
    })
  })
})

describe('count', () => {
  test.each([
    ['0', 0],
    ['5', 5],
    ['007', 7],
    ['123456789', 123_456_789],
  ])('%s', async (text, number) => {
    expect(await reader(text).count('it')).toBe(number)
  })
  test.each(['-1', '1.5', 'x5', '5x', '', '1234567890', '1e3'])('%j is invalid', async (text) => {
    await expect(reader(text).count('it')).rejects.toMatchObject(
      wrong('must be a whole number', 'Write a number such as 5.'),
    )
  })
  test('a list is invalid', async () => {
    await expect(reader(['5']).count('it')).rejects.toThrow('must be a whole number')
  })
})

describe('seconds, converted to milliseconds', () => {
  test.each([
    ['60', 60_000],
    ['0.25', 250],
    ['123456789', 123_456_789_000],
    ['1.125', 1125],
  ])('%s', async (text, ms) => {
    expect(await reader(text).seconds('it')).toBe(ms)
  })
  test.each(['0', '0.0', '-1', '.5', '5.', '1m', 'x1', '', '1234567890'])('%j is invalid', async (text) => {
    await expect(reader(text).seconds('it')).rejects.toMatchObject(
      wrong('must be a number of seconds above 0', 'Write a number such as 60.'),
    )
  })
  test('a list is invalid', async () => {
    await expect(reader(['5']).seconds('it')).rejects.toThrow('must be a number of seconds')
  })
})

describe('list', () => {
  test.each<[string | string[], string[]]>([
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    [' a , b ', ['a', 'b']],
    [
      ['a', 'b, c'],
      ['a', 'b, c'],
    ],
  ])('%j', async (value, items) => {
    expect(await reader(value).list('it')).toEqual(items)
  })
  test.each([[''], ['a,,b'], [','], [[]], [['a', '']]])('%j is invalid', async (value) => {
    await expect(reader(value).list('it')).rejects.toMatchObject(
      wrong('must be a string or a list of strings', 'Write [one, two] or a single string.'),
    )
  })
  test('a list of other values is invalid', async () => {
    const layer = layerWith({})
    layer.set('it', { keys: ['it'], value: ['a', null], source: { kind: 'option', name: '--it' } })
    await expect(new TypedLayer(layer).list('it')).rejects.toThrow('must be a string or a list of strings')
  })
})

describe('text', () => {
  test('the first path that is set wins', async () => {
    const layer = new TypedLayer(layerWith({ b: 'B', c: 'C' }))
    expect(await layer.text('a', 'b', 'c')).toBe('B')
    expect(await layer.text('c', 'b')).toBe('C')
    expect(await layer.text('a')).toBeUndefined()
  })
  test('a list is invalid', async () => {
    await expect(reader(['a']).text('it')).rejects.toMatchObject(
      wrong('must be text, not a list', 'Write a single value.'),
    )
  })
})

test('a missing setting is undefined', async () => {
  const layer = new TypedLayer(layerWith({}))
  expect([
    await layer.text('it'),
    await layer.boolean('it'),
    await layer.count('it'),
    await layer.seconds('it'),
    await layer.list('it'),
  ]).toEqual(Array(5).fill(undefined))
})
