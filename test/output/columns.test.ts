import { Chalk } from 'chalk'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.js'
import { columnsFor, ID, STATUS, selectColumns, TEXT, TIME } from '../../src/output/columns.js'
import { formatRow, formatRows } from '../../src/output/index.js'
import { options } from './samples.js'

const OUTCOME = { ...STATUS, colours: { imported: 'green', failed: 'red' } } as const
const COLUMNS = columnsFor({ name: TEXT, outcome: OUTCOME, image_id: ID, ended_at: TIME, seconds: TEXT })
const ROWS = [
  { name: 'a', outcome: 'imported', image_id: 'i1', ended_at: '2026-11-23T18:09:25Z', seconds: 1.5, more: [1] },
  { name: 'b', outcome: 'constructor', image_id: null, ended_at: null, seconds: undefined },
]
const all = selectColumns(COLUMNS, undefined)

describe('rows that are not tasks', () => {
  it('are an array with all their keys in JSON, including keys that are not columns', async () => {
    expect(JSON.parse(await formatRows('json', ROWS, all, options()))).toEqual([
      ROWS[0],
      { name: 'b', outcome: 'constructor', image_id: null, ended_at: null },
    ])
    expect(JSON.parse(await formatRow('jsonl', ROWS[0] ?? {}, all, options()))).toEqual(ROWS[0])
  })

  it('have the columns of -c, in the given order, each once, in every format', async () => {
    const chosen = selectColumns(COLUMNS, ['Seconds', ' name', 'NAME'])
    expect(await formatRows('csv', ROWS, chosen, options())).toBe('"seconds","name"\n1.5,"a"\n"","b"\n')
    expect(await formatRows('value', ROWS, chosen, options())).toBe('1.5 a\n b\n')
    expect(JSON.parse(await formatRows('json', ROWS, chosen, options()))).toEqual([
      { seconds: 1.5, name: 'a' },
      { seconds: null, name: 'b' },
    ])
    expect(await formatRow('shell', ROWS[0] ?? {}, chosen, options())).toBe("seconds='1.5'\nname='a'\n")
  })

  it('cannot have other columns', () => {
    expect(() => selectColumns(COLUMNS, ['name', 'status'])).toThrow(UsageError)
    expect(() => selectColumns(COLUMNS, ['status'])).toThrow(
      expect.objectContaining({
        message: 'Unknown column "status".',
        hint: 'The columns are: name, outcome, image_id, ended_at, seconds.',
      }),
    )
    expect(() => selectColumns(COLUMNS, ['imageid'])).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/^Did you mean "image_id"\? The columns are: name,/) }),
    )
  })

  it('have their own colours and relative times in a terminal', async () => {
    const chalk = new Chalk({ level: 1 })
    const table = await formatRows('table', ROWS, all, options({ color: true, relativeTimes: true }))
    expect(table).toContain(`| ${chalk.green('imported   ')} | i1       | 3 minutes ago | 1.5     |\n`)
    expect(table).toContain('| constructor |')
    const field = await formatRow('table', ROWS[0] ?? {}, all, options({ color: true, relativeTimes: true }))
    expect(field).toContain('2026-11-23T18:09:25Z (3 minutes ago)')
    expect(field).toContain(`| ${chalk.green('imported                            ')} |`)
  })

  it('keep IDs whole in a narrow table', async () => {
    const rows = [{ name: 'a long name of an image', outcome: 'imported', image_id: '72a7c77f-5e93', seconds: 1 }]
    const columns = selectColumns(columnsFor({ name: TEXT, outcome: OUTCOME, image_id: ID }), undefined)
    const table = await formatRows('table', rows, columns, options({ maxWidth: 45 }))
    expect(table).toContain('| a long name o… | imported | 72a7c77f-5e93 |')
  })
})
