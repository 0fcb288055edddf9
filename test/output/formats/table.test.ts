import Table from 'cli-table3'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { GRID } from '../../../src/output/table/grid.js'
import type { Task } from '../../../src/tasks/task.js'
import { list, listed, many, one, whole, writerFor } from '../samples.js'

const TERMINAL = { terminal: true, relativeTimes: true }

/** A table as cli-table3 alone draws it. */
function drawn(head: string[], rows: string[][]): string {
  const table = new Table({ ...GRID, head })
  table.push(...rows)
  return `${table.toString()}\n`
}

function widthsOf(text: string): number[] {
  return [
    ...new Set(
      text
        .trimEnd()
        .split('\n')
        .map((line) => stringWidth(line)),
    ),
  ]
}

describe('a table of a list', () => {
  it('is neither cut nor relative in a pipe', async () => {
    expect(await list('table', [listed(), listed({ id: 'b', type: 'api_image_import', status: 'failure' })])).toBe(`\
+--------------------------------------+------------------+---------+----------------------------------+----------------------+
| id                                   | type             | status  | owner                            | created_at           |
+--------------------------------------+------------------+---------+----------------------------------+----------------------+
| 72a7c77f-5e93-4d48-903b-f98a6f7ec65d | import           | success | 13d7bc3dd0584ff589dc7a6c2b7e386b | 2026-11-23T18:09:25Z |
| b                                    | api_image_import | failure | 13d7bc3dd0584ff589dc7a6c2b7e386b | 2026-11-23T18:09:25Z |
+--------------------------------------+------------------+---------+----------------------------------+----------------------+
`)
  })

  it('is only a header for an empty list', async () => {
    expect(await list('table', [], { columns: ['id', 'status'] })).toBe(`\
+----+--------+
| id | status |
+----+--------+
`)
    expect(await list('table', [], { columns: ['id', 'status'], header: false })).toBe('+--+--+\n')
  })

  it('has no heading with --no-header', async () => {
    expect(await list('table', [listed()], { columns: ['type', 'status'], header: false })).toBe(`\
+--------+---------+
| import | success |
+--------+---------+
`)
  })

  it('shows the origin of tasks, and with --long their contents', async () => {
    const task = whole({ cloud: 'prod', region: 'RegionOne', message: 'one\ntwo', result: null, input: { a: [1] } })
    expect(await list('table', [task], { origin: true, long: true, columns: undefined })).toBe(`\
+-------+-----------+--------------------------------------+--------+---------+----------------------------------+----------------------+----------+--------+-----------+
| cloud | region    | id                                   | type   | status  | owner                            | created_at           | message  | result | input     |
+-------+-----------+--------------------------------------+--------+---------+----------------------------------+----------------------+----------+--------+-----------+
| prod  | RegionOne | 72a7c77f-5e93-4d48-903b-f98a6f7ec65d | import | success | 13d7bc3dd0584ff589dc7a6c2b7e386b | 2026-11-23T18:09:25Z | one\\ntwo |        | {"a":[1]} |
+-------+-----------+--------------------------------------+--------+---------+----------------------------------+----------------------+----------+--------+-----------+
`)
  })

  it('also has several tasks by their IDs', async () => {
    expect(await many('table', [whole()], { columns: ['status', 'result.image_id'] })).toBe(`\
+---------+--------------------------------------+
| status  | result.image_id                      |
+---------+--------------------------------------+
| success | baaccf65-5fc4-4218-a4b6-79fffc6d643f |
+---------+--------------------------------------+
`)
    expect(await many('table', [whole()])).toBe(await list('table', [whole()], { long: true }))
  })

  it('fits a terminal, leaves the owner out before it cuts an id, and says how long ago', async () => {
    expect(await list('table', [listed({ type: 'api_image_import' })], { ...TERMINAL, maxWidth: 80 })).toBe(`\
+--------------------------------------+-------------+---------+---------------+
| id                                   | type        | status  | created_at    |
+--------------------------------------+-------------+---------+---------------+
| 72a7c77f-5e93-4d48-903b-f98a6f7ec65d | api_image_… | success | 3 minutes ago |
+--------------------------------------+-------------+---------+---------------+
`)
  })

  it.each([60, 80, 100, 120, 150, 200, 400])('is never wider than %i cells, and no ID is cut', async (maxWidth) => {
    const tasks = [whole({ message: '日本語のとても長い文章 '.repeat(9) }), whole({ message: 'x'.repeat(500) })]
    for (const long of [true, false]) {
      const text = await list('table', tasks, { ...TERMINAL, maxWidth, long })
      const [width = 0, ...others] = widthsOf(text)
      expect(others).toEqual([])
      expect(width).toBeLessThanOrEqual(maxWidth)
      expect(text.split(whole().id)).toHaveLength(3)
    }
  })

  it('is a block of lines for each task where a table would be wider, and no ID is cut', async () => {
    const message = 'Uploading the image failed'
    const tasks = [listed(), whole({ message })]
    const columns = ['id', 'status', 'message', 'created_at']
    expect(await list('table', tasks, { ...TERMINAL, maxWidth: 49, columns })).toBe(`\
id          72a7c77f-5e93-4d48-903b-f98a6f7ec65d
status      success
message
created_at  3 minutes ago

id          72a7c77f-5e93-4d48-903b-f98a6f7ec65d
status      success
message     Uploading the image failed
created_at  3 minutes ago
`)
    expect(await list('table', tasks.slice(1), { ...TERMINAL, maxWidth: 30, columns, color: true })).toBe(`\
id
72a7c77f-5e93-4d48-903b-f98a6f7ec65d
status      \u001b[32msuccess\u001b[39m
message     Uploading the
            image failed
created_at  3 minutes ago
`)
    expect(await list('table', tasks, { ...TERMINAL, maxWidth: 40, columns: ['id', 'owner'], header: false })).toBe(`\
72a7c77f-5e93-4d48-903b-f98a6f7ec65d
13d7bc3dd0584ff589dc7a6c2b7e386b

72a7c77f-5e93-4d48-903b-f98a6f7ec65d
13d7bc3dd0584ff589dc7a6c2b7e386b
`)
    expect(await list('table', [], { ...TERMINAL, maxWidth: 20, columns: ['request_id', 'message'] })).toBe('')
  })

  it.each([1, 10, 20, 30, 36, 40, 50])('has no line wider than %i cells but for an ID', async (maxWidth) => {
    const message = '日本語 '.repeat(20)
    for (const changes of [{}, { long: true }, { columns: ['id', 'result.image_id', 'owner', 'message'] }]) {
      const tasks = [whole({ message }), whole({ message })]
      const text = await list('table', tasks, { ...TERMINAL, maxWidth, ...changes })
      const single = await one('table', whole({ message }), { ...TERMINAL, maxWidth })
      for (const line of `${text}${single}`.split('\n')) {
        if (stringWidth(line) > maxWidth) expect(line).toMatch(/^\W*(req-)?[0-9a-f-]{32,36}\W*$|^.$/u)
      }
      expect(text.split(whole().id)).toHaveLength(3)
    }
  })

  it.each([
    [80, 'id,status,message', 24],
    [120, 'id,type,status,created_at,message', 40],
    [200, 'id,type,status,owner,created_at,message,result', 24],
    [300, 'id,type,status,owner,created_at,message,result,input', 49],
  ])('with --long gives the message the room, in %i columns', async (maxWidth, columns, room) => {
    const message = 'Uploading the image failed due to: HTTP Error 404'
    const task = whole({ type: 'api_image_import', message, input: { uri: 'x'.repeat(300) } })
    const text = await list('table', [task], { ...TERMINAL, maxWidth, long: true })
    const [, heading = '', , row = ''] = text.split('\n')
    expect(heading.match(/\w+/g)?.join()).toBe(columns)
    expect(row).toContain(message.slice(0, room))
    expect(widthsOf(text)[0]).toBeLessThanOrEqual(maxWidth)
  })

  it('cuts text before an ID in it, never inside', async () => {
    const text = await list('table', [whole()], { ...TERMINAL, maxWidth: 30, columns: ['result'] })
    expect(text).toContain('| {"image_id":"…             |')
  })

  it('keeps every column that -c has chosen', async () => {
    const columns = ['id', 'type', 'status', 'created_at']
    const text = await list('table', [listed()], { columns, maxWidth: 75 })
    expect(text.split('\n')[1]?.split('|')).toHaveLength(columns.length + 2)
  })

  it('cuts with three dots where a terminal shows ASCII only', async () => {
    const text = await list('table', [listed({ type: 'api_image_import' })], {
      ...TERMINAL,
      maxWidth: 80,
      unicode: false,
    })
    expect(text).toContain('| api_imag... | success |')
    expect(text).toMatch(/^[\x20-\x7e\n]*$/)
  })

  it('colours the status, even if it is cut', async () => {
    const tasks = ['pending', 'processing', 'success', 'failure', 'killed'].map((status) => listed({ status }))
    expect(await list('table', tasks, { columns: ['status'], header: false, color: true, maxWidth: 11 })).toBe(`\
+---------+
| \u001b[33mpending\u001b[39m |
| \u001b[36mproces…\u001b[39m |
| \u001b[32msuccess\u001b[39m |
| \u001b[31mfailure\u001b[39m |
| killed  |
+---------+
`)
  })

  it('shows what a terminal would obey', async () => {
    const tasks = [listed({ owner: '\u001b[31mred\u009b2J\r\n\u202eevil' }), listed({ owner: 'plain' })]
    expect(await list('table', tasks, { columns: ['owner'] })).toBe(`\
+-------------------------------------+
| owner                               |
+-------------------------------------+
| \\u001b[31mred\\u009b2J\\r\\n\\u202eevil |
| plain                               |
+-------------------------------------+
`)
  })

  it('aligns wide, combining and joined characters', async () => {
    const owners = ['日本語', 'é', 'e\u0301', '👨‍👩‍👧', 'ที่', '한국', 'plain']
    const text = await list(
      'table',
      owners.map((owner) => listed({ owner })),
      { columns: ['owner', 'type'] },
    )
    expect(text).toBe(`\
+--------+--------+
| owner  | type   |
+--------+--------+
| 日本語 | import |
| é      | import |
| e\u0301      | import |
| 👨‍👩‍👧     | import |
| ที่      | import |
| 한국   | import |
| plain  | import |
+--------+--------+
`)
  })
})

describe('a table that is drawn as its tasks come', () => {
  const seeded = (count: number): Task[] =>
    Array.from({ length: count }, (_, n) =>
      listed({
        id: `72a7c77f-5e93-4d48-903b-${String(n).padStart(12, '0')}`,
        type: n % 3 ? 'import' : 'api_image_import',
        status: ['pending', 'processing', 'success', 'failure'][n % 4] ?? '',
      }),
    )
  const head = ['id', 'type', 'status', 'owner', 'created_at']
  const cells = (tasks: Task[]) => tasks.map((task) => head.map((name) => String(task[name])))

  it.each([
    [0, [1]],
    [3, [1, 1000]],
    [400, [99]],
    [1000, [1000]],
    [1500, [1000, 700]],
  ])('%i tasks in pages of %j are the picture that cli-table3 draws', async (count, pages) => {
    const tasks = seeded(count)
    const picture = drawn(head, cells(tasks))
    for (const page of pages) expect(await list('table', tasks, {}, page)).toBe(picture)
  })

  it('and so are cells of any text', async () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('日', '本', 'é', '한', 'a', ' ') }))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text), { maxLength: 20 }), async (rows) => {
        const tasks = rows.map(([owner, type]) => listed({ owner, type }))
        expect(await list('table', tasks, { columns: ['owner', 'type'] }, 7)).toBe(drawn(['owner', 'type'], rows))
      }),
    )
  })

  it('starts after a thousand tasks and keeps none of them', async () => {
    const writer = await writerFor('table')
    const tasks = seeded(3000)
    expect(await writer.rows(tasks.slice(0, 999))).toBe('')
    for (const task of tasks.slice(999)) expect(await writer.rows([task])).toContain(`| ${task.id} |`)
    expect(writer.end()).toMatch(/^\+[-+]+\+\n$/)
  })

  it('does not cut a late wide value in a pipe, but cuts it in a terminal', async () => {
    const tasks = [...seeded(1000), listed({ id: 'late', owner: 'o'.repeat(40) })]
    expect(await list('table', tasks, {})).toContain(`| ${'o'.repeat(40)} |`)
    expect(widthsOf(await list('table', tasks, { maxWidth: 150 }))).toHaveLength(1)
  })
})

describe('a table of one task', () => {
  it('has a line for each key, and one for each line of a message', async () => {
    const task = whole({ message: 'It failed:\r\n  \ttwice', result: null, new_key: true, self: '/s', request_id: 'r' })
    expect(await one('table', task)).toBe(`\
+------------+-------------------------------------------------------------------------------------------------------+
| Field      | Value                                                                                                 |
+------------+-------------------------------------------------------------------------------------------------------+
| id         | 72a7c77f-5e93-4d48-903b-f98a6f7ec65d                                                                  |
| type       | import                                                                                                |
| status     | success                                                                                               |
| owner      | 13d7bc3dd0584ff589dc7a6c2b7e386b                                                                      |
| message    | It failed:                                                                                            |
|            |   \\ttwice                                                                                             |
| result     |                                                                                                       |
| input      | {"import_from":"http://example.org/a.img","import_from_format":"raw","image_properties":{"name":"a"}} |
| created_at | 2026-11-23T18:09:25Z                                                                                  |
| updated_at | 2026-11-23T18:09:26Z                                                                                  |
| expires_at | 2026-11-25T18:09:26Z                                                                                  |
| request_id | r                                                                                                     |
| user_id    | 10cd9aedffb247b683415ebeb009028f                                                                      |
| new_key    | true                                                                                                  |
| self       | /s                                                                                                    |
| schema     | /v2/schemas/task                                                                                      |
+------------+-------------------------------------------------------------------------------------------------------+
`)
  })

  it('wraps long values in a terminal, loses nothing, and shows both times', async () => {
    const columns = ['id', 'status', 'message', 'input', 'expires_at']
    const message = 'Uploading the image failed due to: HTTP Error 404: Not Found 日本語日本語日本語日本語'
    expect(await one('table', whole({ message }), { ...TERMINAL, color: true, maxWidth: 60, columns })).toBe(`\
+------------+--------------------------------------------+
| Field      | Value                                      |
+------------+--------------------------------------------+
| id         | 72a7c77f-5e93-4d48-903b-f98a6f7ec65d       |
| status     | \u001b[32msuccess                                   \u001b[39m |
| message    | Uploading the image failed due to: HTTP    |
|            | Error 404: Not Found                       |
|            | 日本語日本語日本語日本語                   |
| input      | {"import_from":"http://example.org/a.img", |
|            | "import_from_format":"raw",                |
|            | "image_properties":{"name":"a"}}           |
| expires_at | 2026-11-25T18:09:26Z (in 47 hours)         |
+------------+--------------------------------------------+
`)
  })

  it('leaves its heading out with --no-header', async () => {
    expect(await one('table', whole(), { columns: ['type'], header: false })).toBe(`\
+------+--------+
| type | import |
+------+--------+
`)
  })

  it('is lines of fields and values where a table would be wider', async () => {
    const columns = ['id', 'status', 'message', 'result.image_id', 'expires_at']
    const message = 'It failed:\n  twice, and for a long time'
    expect(await one('table', whole({ message }), { ...TERMINAL, maxWidth: 40, columns })).toBe(`\
id
  72a7c77f-5e93-4d48-903b-f98a6f7ec65d
status           success
message          It failed:
                   twice, and for a long
                 time
result.image_id
  baaccf65-5fc4-4218-a4b6-79fffc6d643f
expires_at       2026-11-25T18:09:26Z
                 (in 47 hours)
`)
  })

  it('copes with a terminal narrower than its fields, and with keys longer than that', async () => {
    const key = 'k'.repeat(300)
    const text = await one('table', whole({ [key]: 'v'.repeat(300) }), { maxWidth: 12, columns: [`.${key}`] })
    expect(text).toMatch(/^k{11}…\n( {2}v{10}\n)+$/)
    expect(text.split('v')).toHaveLength(301)
  })
})
