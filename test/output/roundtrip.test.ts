import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/http/json.js'
import { FORMATS } from '../../src/output/index.js'
import type { Task } from '../../src/tasks/task.js'
import { IS_WINDOWS } from '../helpers/platform.js'
import { parseCsv } from './formats/csv-parser.js'
import { list, listed, many, one, whole, writerFor } from './samples.js'

// What breaks lines, quotes, terminals and shells, and what is not even a character.
const HOSTILE = [
  '\n',
  '\r',
  '\t',
  '"',
  "'",
  '\\',
  ',',
  ';',
  '$(touch hit)',
  '`touch hit`',
  '\u001b[2J',
  '\u009b',
  '\u202e',
]
const STRANGE = [
  '\u2028',
  '\ufeff',
  '\u{e0041}',
  '\u200d',
  '日',
  'é',
  '👩',
  '=',
  '-',
  ':',
  ' ',
  '#',
  '{',
  '0',
  '1e9',
  'yes',
]

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...HOSTILE, ...STRANGE), maxLength: 12 }),
  fc.string({ unit: 'binary' }),
  fc.string(),
)
// Lone surrogates, which JSON can hold and UTF-8 cannot.
const anyText = fc.oneof(
  text,
  fc.array(fc.integer({ min: 0xd700, max: 0xe000 })).map((units) => String.fromCharCode(...units)),
)
const json = fc.jsonValue({ stringUnit: 'binary' }).map((value) => JSON.parse(JSON.stringify(value)))

const unknownKeys = fc.dictionary(anyText, fc.oneof(json, anyText), { noNullPrototype: true })
const task = fc
  .record({ message: anyText, owner: anyText, result: json, input: unknownKeys })
  .chain((known) => unknownKeys.map((extra) => whole({ ...extra, ...known } as JsonObject)))
const tasks = fc.array(task, { maxLength: 6 })
const pageSize = fc.integer({ min: 1, max: 4 })

describe('what is written can be read back', () => {
  it('json: any task, in any pages, indented or not', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, pageSize, fc.boolean(), async (items, page, indent) => {
        expect(JSON.parse(await list('json', items, { indent }, page))).toStrictEqual(items)
        for (const item of items) expect(JSON.parse(await one('json', item, { indent }))).toStrictEqual(item)
      }),
    )
  })

  it('jsonl: any task, one a line', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, pageSize, async (items, page) => {
        const lines = (await list('jsonl', items, {}, page)).split('\n')
        expect(lines.pop()).toBe('')
        expect(lines.map((line) => JSON.parse(line))).toStrictEqual(items)
      }),
    )
  })

  it('yaml: any task, in any pages, by an independent reader', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, pageSize, async (items, page) => {
        expect(load(await list('yaml', items, {}, page))).toStrictEqual(items)
        for (const item of items) expect(load(await one('yaml', item))).toStrictEqual(item)
      }),
    )
  })

  it('csv: any text, cell by cell', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text, json)), pageSize, async (rows, page) => {
        const items = rows.map(([message, owner, result]) => whole({ message, owner, result }))
        const columns = ['message', 'owner', 'result']
        const [heading, ...read] = parseCsv(await list('csv', items, { columns }, page))
        expect(heading).toEqual(columns)
        expect(read.map(([message, owner]) => [message, owner])).toEqual(
          rows.map(([message, owner]) => [message, owner]),
        )
        rows.forEach(([, , result], index) => {
          const cell = read[index]?.[2]
          if (result === null) expect(cell).toBe('')
          else if (typeof result === 'string') expect(cell).toBe(result)
          else expect(JSON.parse(cell ?? '')).toStrictEqual(result)
        })
      }),
    )
  })

  it('value: one line per task or value, with nested values as JSON', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, async (items) => {
        const lines = (await list('value', items, { columns: ['input'] })).split('\n')
        expect(lines.pop()).toBe('')
        expect(lines.map((line) => JSON.parse(line))).toStrictEqual(items.map(({ input }) => input))
        for (const item of items) {
          expect((await one('value', item)).split('\n')).toHaveLength(Object.keys(item).length + 1)
        }
      }),
    )
  })

  it.skipIf(IS_WINDOWS)(
    'shell: eval sets each variable to the value, and runs nothing',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'glance-tasks-eval-'))
      // A shell variable cannot hold the character NUL.
      const value = text.map((value) => value.replaceAll('\0', ''))
      // A few at a time: each start of a shell takes ten milliseconds.
      const cases = fc.array(fc.tuple(value, value, unknownKeys), { minLength: 1, maxLength: 10 })
      try {
        await fc.assert(
          fc.asyncProperty(cases, async (cases) => {
            const scripts = await Promise.all(
              cases.map(([message, owner, extra]) =>
                one('shell', whole({ ...extra, message, owner, result: null } as JsonObject)),
              ),
            )
            const print = 'eval "$script"; printf "%s\\0" "$message" "$owner" "$result" "$status" "$PATH"'
            const run = { cwd: folder, encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } } as const
            const read = execFileSync('sh', ['-c', `for script; do (${print}); done`, 'sh', ...scripts], run)
            const expected = cases.flatMap(([message, owner]) => [message, owner, '', 'success', '/usr/bin:/bin'])
            expect(read.split('\0')).toEqual([...expected, ''])
          }),
          { numRuns: 20 },
        )
        expect(readdirSync(folder)).toEqual([])
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
    120_000,
  )
})

describe('what reaches a terminal', () => {
  // Everything but printable characters, the joiners within emoji and words, line feeds, and tabs in quoted values.
  const unsafe = /(?![\u200c-\u200d\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

  it.each(FORMATS)('as %s is printable', async (format) => {
    await fc.assert(
      fc.asyncProperty(tasks, fc.option(fc.integer({ min: 1, max: 200 })), async (items, maxWidth) => {
        const terminal = { terminal: true, relativeTimes: true, maxWidth: maxWidth ?? undefined }
        const written: string[] = []
        for (const item of items) written.push(await one(format, item, terminal))
        if (format !== 'shell') written.push(await many(format, items, terminal))
        for (const output of written) expect(unsafe.test(output)).toBe(false)
      }),
      { numRuns: 40 },
    )
  })
})

describe('a list that is written as it comes', () => {
  it.each(['json', 'jsonl', 'yaml', 'csv', 'value'] as const)('holds no task of %s back', async (format) => {
    const writer = await writerFor(format)
    writer.begin()
    for (const id of ['first', 'second', 'third']) expect(await writer.rows([listed({ id })])).toContain(id)
    expect(writer.end()).not.toContain('third')
  })

  it.each(FORMATS.filter((format) => format !== 'shell'))('survives a deeply nested task as %s', async (format) => {
    let input: JsonObject = {}
    for (let depth = 0; depth < 200; depth++) input = { a: [input] }
    expect(await many(format, [whole({ input }) as Task])).toContain('a')
  })
})
