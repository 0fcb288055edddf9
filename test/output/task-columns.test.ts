import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.js'
import { parseJson } from '../../src/http/json.js'
import { ID, TEXT } from '../../src/output/columns.js'
import { selectTaskColumns } from '../../src/output/select-task-columns.js'
import { TASK_COLUMN_NAMES } from '../../src/output/task-columns.js'
import type { Task } from '../../src/tasks/task.js'
import { list, listed, one, whole } from './samples.js'

/** What -c makes of one task, as JSON. */
async function chosen(columns: string[], task: Task = whole()): Promise<unknown> {
  return JSON.parse(await one('json', task, { columns }))
}

describe('the columns that -c names', () => {
  it.each([
    [['id'], { id: whole().id }],
    [['ID'], { id: whole().id }],
    [['Created At'], { created_at: '2026-11-23T18:09:25Z' }],
    [['created-at'], { created_at: '2026-11-23T18:09:25Z' }],
    [['.status'], { status: 'success' }],
    [['type,status', ' message '], { type: 'import', status: 'success', message: '' }],
    [['result.image_id'], { 'result.image_id': 'baaccf65-5fc4-4218-a4b6-79fffc6d643f' }],
    [['RESULT.image_id'], { 'result.image_id': 'baaccf65-5fc4-4218-a4b6-79fffc6d643f' }],
    [['input.image_properties.name'], { 'input.image_properties.name': 'a' }],
    [['input.image_properties'], { 'input.image_properties': { name: 'a' } }],
    [['input.nothing.there', 'cloud'], { 'input.nothing.there': null, cloud: null }],
    [['.nothing'], { nothing: null }],
  ])('%j', async (columns, expected) => {
    expect(await chosen(columns)).toEqual(expected)
  })

  it.each([
    ['a key of the task itself', ['.new_key'], { new_key: 1 }],
    ['in its own case', ['.Odd', '.odd'], { Odd: 2, odd: null }],
    ['a path into it', ['.deep.list.1.x', '.deep.list.10.y.z'], { 'deep.list.1.x': 3, 'deep.list.10.y.z': 7 }],
    [
      'an item that is not there',
      ['.deep.list.77', '.deep.list.length', '.deep.list.1x', '.deep.list.x1', '.deep.list.0.x', '.deepXlist'],
      {
        'deep.list.77': null,
        'deep.list.length': null,
        'deep.list.1x': null,
        'deep.list.x1': null,
        'deep.list.0.x': null,
        deepXlist: null,
      },
    ],
    ['a key that holds dots', ['.dotted.key'], { 'dotted.key': 4 }],
    ['such a key inside', ['.deep.org.example.os'], { 'deep.org.example.os': 5 }],
    [
      'a key that every object seems to have',
      ['.constructor', '.toString.name'],
      { constructor: null, 'toString.name': null },
    ],
    ['a key of that name', ['.__proto__'], JSON.parse('{"__proto__":6}')],
  ])('%s', async (_, columns, expected) => {
    const task = parseJson(
      '{"id":"a","new_key":1,"Odd":2,"deep":{"list":[0,{"x":3},2,3,4,5,6,7,8,9,{"y":{"z":7}}],"org.example.os":5},"dotted.key":4,"__proto__":6}',
    ) as Task
    expect(await chosen(columns, task)).toEqual(expected)
  })

  it.each([
    ['stauts', 'Unknown column "stauts".', 'Did you mean status?'],
    ['Onwer', 'Unknown column "Onwer".', 'Did you mean owner?'],
    ['create_at', 'Unknown column "create_at".', 'Did you mean created_at?'],
    ['rseult.image_id', 'Unknown column "rseult.image_id".', 'Did you mean result?'],
    ['xyzzy', 'Unknown column "xyzzy".', 'A dot selects a value inside a column (result.image_id)'],
    ['result.', 'Unknown column "result.".', 'Did you mean result?'],
    ['.', 'Unknown column ".".', 'A dot'],
    ['..id', 'Unknown column "..id".', ''],
    ['.id.', 'Unknown column ".id.".', ''],
    [' , ', '--column is empty.', 'The columns are:'],
    ['\u001b[2J', 'Unknown column "\\u001b[2J".', 'A dot'],
  ])('%j is an error that lists the names', async (name, message, hint) => {
    const select = () => selectTaskColumns([name], { details: true })
    expect(select).toThrow(UsageError)
    expect(select).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message), hint: expect.stringContaining(hint) }),
    )
    expect(select).toThrow(
      message.startsWith('--')
        ? expect.objectContaining({ hint: expect.stringContaining(TASK_COLUMN_NAMES.join(', ')) })
        : TASK_COLUMN_NAMES.join(', '),
    )
  })

  it('refuses what an item of the server’s list cannot have, before anything is asked', () => {
    for (const name of ['message', 'Result', 'result.image_id', '.input.import_from', 'request_id', 'user_id']) {
      expect(() => selectTaskColumns(['id', name], { details: false })).toThrow(
        expect.objectContaining({
          message: expect.stringContaining('A list does not contain'),
          hint: 'Add --long to fetch it.',
        }),
      )
      expect(() => selectTaskColumns(['id', name], { details: true })).not.toThrow()
    }
    selectTaskColumns(['id,status', 'expires_at', '.new_key', 'cloud'], { details: false })
  })
})

it('a path is shown like the column that it leads to, and an ID inside a column like an ID', () => {
  const styleOf = (name: string) => selectTaskColumns([name], { details: true })?.[0]?.style
  expect(styleOf('.status')).toBe(styleOf('status'))
  expect(styleOf('.status')).not.toBe(TEXT)
  for (const name of ['id', 'result.image_id', '.new.deep.image_id', '.new.owner']) expect(styleOf(name)).toBe(ID)
  for (const name of ['result.size', '.new.key']) expect(styleOf(name)).toBe(TEXT)
})

describe('the columns without -c', () => {
  it('are every key of one task, self and schema last', async () => {
    const heading = (await one('csv', whole({ new_key: 1, cloud: 'prod' }))).split('\n')[0]
    expect(heading).toBe(
      '"cloud","id","type","status","owner","message","result","input","created_at","updated_at","expires_at","request_id","user_id","new_key","self","schema"',
    )
  })

  it('are few in a list', async () => {
    expect((await list('csv', [listed()])).split('\n')[0]).toBe('"id","type","status","owner","created_at"')
  })
})
