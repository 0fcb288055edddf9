import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { clipped, cut, plainRuler, rulerFor, wrap, wrapAll } from '../../../src/output/table/width.js'

const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '-', '日', '한', 'é', 'e\u0301', '👨‍👩‍👧', '🇩🇪', '\n') })
const line = text.map((value) => value.replaceAll('\n', ' '))

const UUID = '72a7c77f-5e93-4d48-903b-f98a6f7ec65d'
const KEYSTONE_ID = '13d7bc3dd0584ff589dc7a6c2b7e386b'

describe('the width of text', () => {
  it('is the length if every character takes one cell', async () => {
    expect(await rulerFor(['plain', ''])).toBe(plainRuler)
    expect(await rulerFor(['plain', 'é'])).not.toBe(plainRuler)
  })

  it.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['exactly ten', 10, 'exactly t…'],
    ['日本語', 6, '日本語'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['👨‍👩‍👧👨‍👩‍👧', 3, '👨‍👩‍👧…'],
    ['👨‍👩‍👧👨‍👩‍👧', 2, '…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
    ['anything', 1, '…'],
    [`image ${UUID}`, 20, 'image …'],
    [`${UUID} image`, 20, '…'],
    [`${UUID} image`, 40, `${UUID} im…`],
  ])('%s cut to %i cells is %s', async (value, width, expected) => {
    expect(cut(value, width, await rulerFor([value]))).toBe(expected)
  })

  it('is exact after clipping', async () => {
    await fc.assert(
      fc.asyncProperty(line, fc.integer({ min: 1, max: 40 }), async (value, width) => {
        expect(stringWidth(clipped(value, width, await rulerFor([value])))).toBe(width)
      }),
    )
  })

  it.each([
    ['', 10, ['']],
    ['a\n\nb', 10, ['a', '', 'b']],
    ['one two three', 7, ['one two', 'three']],
    ['one two three', 8, ['one two', 'three']],
    ['one two ', 7, ['one two']],
    ['one  two', 4, ['one ', 'two']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['日本語テキスト', 5, ['日本', '語テ', 'キス', 'ト']],
    ['日', 1, ['日']],
    ['/etc/openstack/clouds.yaml', 16, ['/etc/openstack/', 'clouds.yaml']],
    ['{"a":1,"b":2}', 9, ['{"a":1,', '"b":2}']],
    [`image ${UUID} is gone`, 20, ['image', UUID, 'is gone']],
    [`(${UUID})`, 20, ['(', UUID, ')']],
    [`req-${UUID} 2`, 38, [`req-${UUID}`, '2']],
    [`${KEYSTONE_ID} of`, 10, [KEYSTONE_ID, 'of']],
    ['f'.repeat(70), 40, ['f'.repeat(40), 'f'.repeat(30)]],
    ['a/bcdefghi', 6, ['a/bcde', 'fghi']],
    ['abcd/efghi', 6, ['abcd/', 'efghi']],
  ])('%j wrapped at %i is %j', async (value, width, expected) => {
    expect(wrap(value, width, await rulerFor([value]))).toEqual(expected)
  })

  it('stays within its bounds when wrapped, and only blanks and line feeds are lost', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 2, max: 20 }), async (value, width) => {
        const lines = wrap(value, width, await rulerFor([value]))
        for (const wrapped of lines) expect(stringWidth(wrapped)).toBeLessThanOrEqual(width)
        expect(lines.join('').replaceAll(' ', '')).toBe(value.replaceAll(/[ \n]/g, ''))
      }),
    )
  })

  it('breaks an ID that is wider than the line, if all of it must be shown', async () => {
    const id = '0251979c-0f96-4a8f-8f39-7c07b1c85405'
    expect(wrap(`image ${id} failed`, 20, plainRuler)).toEqual(['image', id, 'failed'])
    expect(wrapAll(`image ${id} failed`, 20, plainRuler)).toEqual([
      'image',
      '0251979c-0f96-4a8f-8',
      'f39-7c07b1c85405',
      'failed',
    ])
    expect(wrapAll('', 20, plainRuler)).toEqual([''])
    expect(wrapAll('日本', 1, await rulerFor(['日本']))).toEqual(['日', '本'])
    expect(wrapAll('😀a', 1, await rulerFor(['😀']))).toEqual(['😀', 'a'])
  })

  it('wraps a message of a megabyte, in any language, without measuring the rest of it again and again', async () => {
    expect(wrap('x'.repeat(1_000_000), 100, plainRuler)).toHaveLength(10_000)
    const long = '日本語 '.repeat(100_000)
    expect(wrap(long, 100, await rulerFor([long]))).toHaveLength(7143)
  })

  it('cuts off what no terminal could show as one character', async () => {
    const flood = `a${'\u0301'.repeat(10_000)}b`
    expect(wrap(flood, 20, await rulerFor([flood])).join('')).toBe(flood)
  })
})
