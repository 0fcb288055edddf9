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
    expect(await ids([' bbbb ', 'AAAA', 'aaaa', 'BBBB', 'cccc'])).toEqual(['bbbb', 'AAAA', 'cccc'])
  })

  it.each(['a', '72a', 'x:1'])('%j is too short', async (id) => {
    await expect(ids([id])).rejects.toThrow(`"${id}" is too short for a task ID.`)
    await expect(ids(['-'], id)).rejects.toMatchObject({ hint: expect.stringContaining('at least 4 characters') })
  })

  it('may lack the hyphens of a UUID', async () => {
    const id = '72a7c77f-5e93-4d48-903b-f98a6f7ec65d'
    expect(await ids([id.replaceAll('-', ''), id])).toEqual([id])
  })

  it('are complete in any letter case, and sent as Glance stores them', async () => {
    const id = '72a7c77f-5e93-4d48-903b-f98a6f7ec65d'
    expect(await ids([id.toUpperCase(), id.replaceAll('-', '').toUpperCase()])).toEqual([id])
    expect(await ids(['-'], id.toUpperCase())).toEqual([id])
  })

  it('stand around those of standard input', async () => {
    expect(await ids(['zzzz', '-', 'yyyy'], 'aaaa\nbbbb\n')).toEqual(['zzzz', 'aaaa', 'bbbb', 'yyyy'])
  })

  it.each(['', ' ', '.', '..', 'a b', 'a/b', '../x', 'a?b', 'a\nb', 'ü'])('%j is none', async (id) => {
    await expect(ids(['good', id])).rejects.toThrow(UsageError)
    await expect(ids(['good', id])).rejects.toThrow(JSON.stringify(id.trim()))
    await expect(ids(['good', id])).rejects.toMatchObject({ hint: expect.stringContaining('list') })
  })

  it.each(['72a7c77f-5e93-4d48-903b-f98a6f7ec65d', 'task:1', 'a.b_c', '....', '72a7'])('%j may be one', async (id) => {
    expect(await ids([id])).toEqual([id])
  })
})

describe('ids on standard input', () => {
  it.each<[string, string, string[]]>([
    ['one a line', 'aaaa\n bbbb \r\n\n\tcccc', ['aaaa', 'bbbb', 'cccc']],
    ['a JSON array of ids', ' ["aaaa", "bbbb"]\n', ['aaaa', 'bbbb']],
    ['a JSON array of tasks', '[{"id": "aaaa", "status": "x"}, {"id": "bbbb"}]', ['aaaa', 'bbbb']],
    ['one task, on several lines', '{\n  "id": "aaaa"\n}\n', ['aaaa']],
    ['JSON lines of tasks', '{"id": "aaaa"}\n\n {"id": "bbbb"} \n', ['aaaa', 'bbbb']],
    ['both kinds of lines', 'aaaa\n{"id": "bbbb"}\n', ['aaaa', 'bbbb']],
    ['numbers', '1234\n', ['1234']],
    ['nothing', ' \n', []],
    ['an empty array', '[]', []],
  ])('%s', async (_, text, expected) => {
    expect(await ids(['-'], text)).toEqual(expected)
  })

  it.each<[string, string, string]>([
    ['an array that is cut off', '["aaaa", ', 'JSON array'],
    ['an item that has no id', '["aaaa", {"name": "bbbb"}]', 'item 2'],
    ['an item that is a number', '[1]', 'item 1'],
    ['an item that is null', '["aaaa", "bbbb", null]', 'item 3'],
    ['an object that has no id', '{"name": "bbbb"}', 'object'],
    ['a line that is cut off', '{"id": "aaaa"}\n\n{"id": "bbbb"', 'ine 3'],
    ['a line that has no id', 'aaaa\n{"id": 5}', 'line 2'],
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
    await expect(ids(['-'], 'aaaa\n| id |\n')).rejects.toThrow('"| id |"')
  })
})
