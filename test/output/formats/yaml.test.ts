import { CORE_SCHEMA, DEFAULT_SCHEMA, load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { type JsonObject, parsePythonJson } from '../../../src/http/json.js'
import { EXACT, list, listed, many, one, whole } from '../samples.js'

// Text that some reader of YAML takes for another type.
const AMBIGUOUS = `
  true True yes Yes no NO on off y n null Null ~ .nan .inf -.INF = << 0 00 007 08 0o7 0x1F 0b101 1_000 1,000 1e3 1e+3
  1.e3 .5 5. +5 -0 1:30 190:20:30.15 2026-11-23 2026-11-23T18:09:25Z 13049811e58848329548302934820394 1e400 - -- --- ...
  ? : | > % @ & * ! [] {} , # a: :a #a !!str &a *a`.split(/\s+/)

describe('yaml', () => {
  it('writes one task as a mapping, every key as it came', async () => {
    const input = { import_from: 'http://example.org/a.img', stores: [], image_properties: { name: 'yes', size: 5 } }
    expect(await one('yaml', whole({ input, message: 'It failed:\n  twice', result: null }))).toBe(`\
id: 72a7c77f-5e93-4d48-903b-f98a6f7ec65d
input:
  import_from: http://example.org/a.img
  stores: []
  image_properties:
    name: "yes"
    size: 5
type: import
status: success
owner: 13d7bc3dd0584ff589dc7a6c2b7e386b
message: |-
  It failed:
    twice
result: null
expires_at: "2026-11-25T18:09:26Z"
created_at: "2026-11-23T18:09:25Z"
updated_at: "2026-11-23T18:09:26Z"
self: /v2/tasks/72a7c77f-5e93-4d48-903b-f98a6f7ec65d
schema: /v2/schemas/task
request_id: req-f77d0c70-4a3c-4b3b-a12d-b5b5a5a5a5a5
user_id: 10cd9aedffb247b683415ebeb009028f
`)
  })

  it('writes a list as a sequence, the same in any pages', async () => {
    const columns = ['type', 'result.image_id', 'Status']
    const expected = '- type: import\n  result.image_id: null\n  status: success\n'.repeat(3)
    for (const page of [1, 2, 3]) expect(await list('yaml', Array(3).fill(listed()), { columns }, page)).toBe(expected)
    expect(await list('yaml', [])).toBe('[]\n')
    expect(await many('yaml', [listed()], { columns: ['type'] })).toBe('- type: import\n')
  })

  it.each([' ', ' \n', ' \n\n', ' \n ', '\n', '\t\n', ' \n\ta', 'a\n \n', '  a\n', 'a\n  ', ' \na'])(
    'keeps the blanks of %j',
    async (text) => {
      expect(load(await one('yaml', whole({ message: text, [text]: text })))).toMatchObject({
        message: text,
        [text]: text,
      })
    },
  )

  it('keeps digits', async () => {
    expect(
      await one('yaml', whole({ input: { ...EXACT, list: [EXACT.huge ?? null] } }), { columns: ['input'] }),
    ).toBe(`\
input:
  huge: 123456789012345678901234567890
  beyond: 1.0e+400
  one: 1.0
  minus: -0
  list:
    - 123456789012345678901234567890
`)
  })

  // The forms of a number in YAML 1.1, as PyYAML has them: with an exponent it wants a point, and a sign before the exponent.
  const NUMBER_1_1 = /^(?:[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?|[-+]?(?:0|[1-9][0-9]*)|[-+]?\.inf|\.nan)$/

  it.each([
    ['1e+25', '1.0e+25'],
    ['1e25', '1.0e+25'],
    ['-1E40', '-1.0E+40'],
    ['1e-7', '1.0e-7'],
    ['1.50e3', '1.50e+3'],
    ['123456789012345678901e2', '123456789012345678901.0e+2'],
    ['1.10', '1.10'],
    ['0.1', '0.1'],
    ['NaN', '.nan'],
    ['Infinity', '.inf'],
    ['-Infinity', '-.inf'],
  ])('writes the number %s so that readers of YAML 1.1 and 1.2 take it for one', async (number, expected) => {
    const input = parsePythonJson(`{"n":${number}}`) as JsonObject
    const text = await one('yaml', whole({ input }), { columns: ['input.n'] })
    expect(text).toBe(`input.n: ${expected}\n`)
    expect(expected).toMatch(NUMBER_1_1)
    expect(load(text)).toEqual({ 'input.n': Number(number) })
  })

  it('keeps text as text, in keys and values, for readers of 1.1 and 1.2', async () => {
    const input = Object.fromEntries(AMBIGUOUS.map((word) => [word, word]))
    const text = await one('yaml', whole({ input, message: AMBIGUOUS }), { columns: ['input', 'message'] })
    // js-yaml's default schema reads timestamps and merges, as YAML 1.1 has them; the core schema is that of 1.2.
    for (const schema of [DEFAULT_SCHEMA, CORE_SCHEMA]) {
      expect(load(text, { schema })).toEqual({ input, message: AMBIGUOUS })
    }
  })

  it('shows what a terminal would obey as an escape, and means the same', async () => {
    const message = 'a\u001b[31m\u009b2J\u202eb\u2028c\u0085d\te\ufeff\u{e0041}\ufffe 😀 日本'
    const text = await one('yaml', whole({ message, [message]: 1 }), { columns: ['message', `.${message}`] })
    expect(text).toBe(
      'message: "a\\u001b[31m\\u009b2J\\u202eb\\u2028c\\u0085d\\te\\ufeff\\U000e0041\\ufffe 😀 日本"\n' +
        '"a\\u001b[31m\\u009b2J\\u202eb\\u2028c\\u0085d\\te\\ufeff\\U000e0041\\ufffe 😀 日本": 1\n',
    )
    expect(load(text)).toEqual({ message, [message]: 1 })
  })

  it('writes every task in full, even if two are the same object', async () => {
    const input = { a: 1 }
    expect(await list('yaml', [whole({ input }), whole({ input })], { columns: ['input'] })).toBe(
      '- input:\n    a: 1\n'.repeat(2),
    )
  })
})
