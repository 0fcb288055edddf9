import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../src/http/json.js'
import type { Task } from '../../../src/tasks/task.js'
import { EXACT, list, listed, many, one, whole, writerFor } from '../samples.js'

const SMALL = { id: 'a', type: 'import', status: 'pending', owner: 'o', created_at: 't', updated_at: 't' } as Task

describe('json', () => {
  it('writes one task as an object, every key as it came', async () => {
    expect(await one('json', whole())).toBe(`${JSON.stringify(whole(), null, 2)}\n`)
    expect(await one('json', whole(), { indent: false })).toBe(`${JSON.stringify(whole())}\n`)
  })

  it('writes an empty list as []', async () => {
    expect(await list('json', [])).toBe('[]\n')
    expect(await list('json', [], { indent: false })).toBe('[]\n')
    expect(await many('json', [])).toBe('[]\n')
  })

  it.each([1, 2, 3, 1000])('writes the same array in pages of %i', async (page) => {
    const tasks = ['a', 'b', 'c', 'd', 'e'].map((id) => listed({ id }))
    expect(await list('json', tasks, {}, page)).toBe(`${JSON.stringify(tasks, null, 2)}\n`)
    expect(await list('json', tasks, { indent: false }, page)).toBe(`${JSON.stringify(tasks)}\n`)
  })

  it('writes an empty page as nothing', async () => {
    const writer = await writerFor('json', { indent: false })
    const text = [writer.begin()]
    for (const page of [[], [SMALL], [], [SMALL]]) text.push(await writer.rows(page))
    expect(text.join('') + writer.end()).toBe(`[${JSON.stringify(SMALL)},${JSON.stringify(SMALL)}]\n`)
  })

  it('keeps digits, next to tasks that need no care', async () => {
    const text = await list('json', [listed(), listed({ extra: EXACT }), listed()])
    expect(text).toContain('"huge": 123456789012345678901234567890,')
    expect(text).toContain('"beyond": 1e400,')
    expect(text).toContain('"one": 1.0,')
    expect(text).toContain('"minus": -0\n')
    expect(parseJson(text)).toEqual([listed(), listed({ extra: EXACT }), listed()])
  })

  it('keeps unknown keys, even those of every JavaScript object', async () => {
    const task = parseJson('{"id":"a","__proto__":{"x":1},"constructor":2,"new":[true,null]}') as Task
    expect(await one('json', task, { indent: false })).toBe(
      '{"id":"a","__proto__":{"x":1},"constructor":2,"new":[true,null]}\n',
    )
  })

  it('writes only the selected keys, in the given order, and null if a task lacks one', async () => {
    const columns = ['Status', 'result.image_id', 'id', 'expires_at', 'ID']
    const pending = whole({ status: 'pending', result: null })
    delete pending.expires_at
    expect(await list('json', [pending], { columns, indent: false })).toBe(
      `[{"status":"pending","result.image_id":null,"id":"${pending.id}","expires_at":null}]\n`,
    )
  })

  it('escapes what a terminal would obey, and means the same', async () => {
    const message = 'a\u001b[31m\u009b2J\u202eb\u2028c\u007f\u{e0041}\ud800 😀 日本'
    const text = await one('json', whole({ message }), { columns: ['message'], indent: false })
    expect(text).toBe('{"message":"a\\u001b[31m\\u009b2J\\u202eb\\u2028c\\u007f\\udb40\\udc41\\ud800 😀 日本"}\n')
    expect(JSON.parse(text)).toEqual({ message })
  })
})

describe('jsonl', () => {
  it('writes one object per line, for one task and for many', async () => {
    expect(await one('jsonl', whole())).toBe(`${JSON.stringify(whole())}\n`)
    expect(await list('jsonl', [listed(), SMALL], {}, 1)).toBe(
      `${JSON.stringify(listed())}\n${JSON.stringify(SMALL)}\n`,
    )
    expect(await list('jsonl', [])).toBe('')
  })

  it('writes only the chosen keys', async () => {
    expect(await list('jsonl', [listed(), SMALL], { columns: ['type,id'] })).toBe(
      `{"type":"import","id":"${listed().id}"}\n{"type":"import","id":"a"}\n`,
    )
  })
})
