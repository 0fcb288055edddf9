import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import { parseIds, readIds } from '../../../src/cli/input/read-ids.js'
import { UsageError } from '../../../src/errors.js'

/** The ids of these arguments, with this text on standard input. */
async function ids(args: string[], stdin = '') {
  const context = { stdin: Readable.from([Buffer.from(stdin)]), signal: new AbortController().signal }
  return readIds(context as unknown as Context, parseIds(args))
}

describe('ids as arguments', () => {
  it('come in order, trimmed, and once in any letter case', async () => {
    expect(await ids([' b ', 'A', 'a', 'B', 'c'])).toEqual(['b', 'A', 'c'])
  })

  it('stand around those of standard input', async () => {
    expect(await ids(['z', '-', 'y'], 'a\nb\n')).toEqual(['z', 'a', 'b', 'y'])
  })

  it.each(['', ' ', '.', '..', 'a b', 'a/b', '../x', 'a?b', 'a\nb', 'ü'])('%j is none', async (id) => {
    await expect(ids(['good', id])).rejects.toThrow(UsageError)
    await expect(ids(['good', id])).rejects.toThrow(JSON.stringify(id.trim()))
    await expect(ids(['good', id])).rejects.toMatchObject({ hint: expect.stringContaining('list') })
  })

  it.each(['72a7c77f-5e93-4d48-903b-f98a6f7ec65d', 'task:1', 'a.b_c', '...'])('%j may be one', async (id) => {
    expect(await ids([id])).toEqual([id])
  })
})

describe('ids on standard input', () => {
  it.each<[string, string, string[]]>([
    ['one a line', 'a\n b \r\n\n\tc', ['a', 'b', 'c']],
    ['a JSON array of ids', ' ["a", "b"]\n', ['a', 'b']],
    ['a JSON array of tasks', '[{"id": "a", "status": "x"}, {"id": "b"}]', ['a', 'b']],
    ['one task, on several lines', '{\n  "id": "a"\n}\n', ['a']],
    ['JSON lines of tasks', '{"id": "a"}\n\n {"id": "b"} \n', ['a', 'b']],
    ['both kinds of lines', 'a\n{"id": "b"}\n', ['a', 'b']],
    ['numbers', '123\n', ['123']],
    ['nothing', ' \n', []],
    ['an empty array', '[]', []],
  ])('%s', async (_, text, expected) => {
    expect(await ids(['-'], text)).toEqual(expected)
  })

  it.each<[string, string, string]>([
    ['an array that is cut off', '["a", ', 'JSON array'],
    ['an item that has no id', '["a", {"name": "b"}]', 'item 2'],
    ['an item that is a number', '[1]', 'item 1'],
    ['an item that is null', '["a", "b", null]', 'item 3'],
    ['an object that has no id', '{"name": "b"}', 'object'],
    ['a line that is cut off', '{"id": "a"}\n\n{"id": "b"', 'ine 3'],
    ['a line that has no id', 'a\n{"id": 5}', 'line 2'],
  ])('%s is an error with a position', async (_, text, place) => {
    await expect(ids(['-'], text)).rejects.toThrow(UsageError)
    await expect(ids(['-'], text)).rejects.toThrow(place)
    await expect(ids(['-'], text)).rejects.toMatchObject({ hint: expect.stringContaining('JSON') })
  })

  it('are text, or the error names standard input', async () => {
    const stdin = Readable.from([Buffer.from([0xff])])
    const context = { stdin, signal: new AbortController().signal } as unknown as Context
    await expect(readIds(context, { ids: ['-'] })).rejects.toThrow('standard input')
  })

  it('are checked like arguments', async () => {
    await expect(ids(['-'], 'a\n| id |\n')).rejects.toThrow('"| id |"')
  })
})
