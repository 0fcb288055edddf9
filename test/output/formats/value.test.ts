import { describe, expect, it } from 'vitest'
import { EXACT, list, listed, many, one, whole } from '../samples.js'

describe('value', () => {
  it('writes one line per task, with one space between the values', async () => {
    expect(
      await list('value', [listed(), listed({ id: 'b', owner: null })], { columns: ['id', 'owner', 'status'] }),
    ).toBe('72a7c77f-5e93-4d48-903b-f98a6f7ec65d 13d7bc3dd0584ff589dc7a6c2b7e386b success\nb  success\n')
    expect(await list('value', [])).toBe('')
    expect(await many('value', [whole()], { columns: ['result.image_id', 'type'] })).toBe(
      'baaccf65-5fc4-4218-a4b6-79fffc6d643f import\n',
    )
  })

  it('writes one task as one value a line, all of it by default', async () => {
    expect(await one('value', whole({ result: null }), { columns: ['type', 'result', 'id'] })).toBe(
      'import\n\n72a7c77f-5e93-4d48-903b-f98a6f7ec65d\n',
    )
    expect((await one('value', whole())).split('\n')).toHaveLength(Object.keys(whole()).length + 1)
  })

  it('writes what is nested as compact JSON, digits kept', async () => {
    expect(await one('value', whole({ input: EXACT }), { columns: ['input', 'input.beyond'] })).toBe(
      '{"huge":123456789012345678901234567890,"beyond":1e400,"one":1.0,"minus":-0}\n1e400\n',
    )
  })

  it.each([
    ['line breaks', 'a\nb\r\nc', 'a\\nb\\r\\nc'],
    ['tabs and other control characters', 'a\tb\u0000c\u001b]0;x\u0007d', 'a\\tb\\u0000c\\u001b]0;x\\u0007d'],
    ['C1 controls', 'a\u009b2J\u0085b', 'a\\u009b2J\\u0085b'],
    ['bidi controls and invisible characters', 'a\u202eb\u2066c\u200bd\ufeff', 'a\\u202eb\\u2066c\\u200bd\\ufeff'],
    ['separators of lines and paragraphs', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['lone surrogates', '\ud800', '\\ud800'],
    ['nothing in other languages', 'é 日本 👨‍👩‍👧 نص', 'é 日本 👨‍👩‍👧 نص'],
    ['no backslash', 'C:\\new', 'C:\\new'],
  ])('escapes %s', async (_, message, text) => {
    expect(await one('value', whole({ message }), { columns: ['message'] })).toBe(`${text}\n`)
  })
})
