import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mergePages } from '../../../src/tasks/list/merge-pages.js'
import type { Task } from '../../../src/tasks/task.js'

const task = (id: string, second: number): Task => ({
  id,
  type: 'import',
  status: 'success',
  owner: 'o',
  created_at: new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString().replace('.000', ''),
  updated_at: '',
})

async function* pagesOf(tasks: readonly Task[], size: number) {
  for (let i = 0; i < tasks.length; i += size) yield tasks.slice(i, i + size)
}

async function all(pages: AsyncIterable<Task[]>): Promise<Task[]> {
  const tasks: Task[] = []
  for await (const page of pages) tasks.push(...page)
  return tasks
}

it('yields every task of every list once, in order, up to the limit', async () => {
  const lists = fc.array(fc.array(fc.nat(50), { maxLength: 30 }), { maxLength: 4 })
  const options = fc.record({
    size: fc.integer({ min: 1, max: 7 }),
    limit: fc.option(fc.nat(40), { nil: undefined }),
    sortDir: fc.constantFrom('asc' as const, 'desc' as const),
  })
  await fc.assert(
    fc.asyncProperty(lists, options, async (seconds, { size, limit, sortDir }) => {
      const sign = sortDir === 'asc' ? 1 : -1
      const sorted = seconds.map((list, i) =>
        [...list].sort((a, b) => sign * (a - b)).map((second, j) => task(`${i}-${j}`, second)),
      )
      const found = await all(
        mergePages(
          sorted.map((list) => pagesOf(list, size)),
          { sortDir, limit },
        ),
      )
      const expected = sorted
        .flat()
        .sort((a, b) => sign * (Date.parse(a.created_at) - Date.parse(b.created_at)))
        .slice(0, limit)
      expect(found.map(({ created_at }) => created_at)).toEqual(expected.map(({ created_at }) => created_at))
      expect(new Set(found.map(({ id }) => id)).size).toBe(expected.length)
      for (const list of sorted) {
        const ids = new Set(list.map(({ id }) => id))
        const own = found.filter(({ id }) => ids.has(id))
        expect(own).toEqual(list.slice(0, own.length)) // each list keeps its order
      }
    }),
  )
})

it('reads all lists at the same time, and ends them when it ends', async () => {
  const log: string[] = []
  async function* list(name: string) {
    try {
      log.push(`${name} asked`)
      await Promise.resolve()
      for (let i = 0; ; i++) yield [task(`${name}${i}`, -i)]
    } finally {
      log.push(`${name} ended`)
    }
  }
  for await (const page of mergePages([list('a'), list('b')])) if (page[0]?.id === 'b0') break
  expect(log).toEqual(['a asked', 'b asked', 'a ended', 'b ended'])
})

it('yields equal tasks in the order of the lists, and reads no list further than necessary', async () => {
  const read: string[] = []
  async function* list(name: string) {
    for (let i = 0; i < 3; i++) {
      read.push(`${name}${i}`)
      yield i === 1 ? [] : [task(`${name}${i}`, -i)]
    }
  }
  const found = await all(mergePages([list('a'), list('b')], { limit: 3 }))
  expect(found.map(({ id }) => id)).toEqual(['a0', 'b0', 'a2'])
  expect(read.sort()).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2'])
})

it('accepts iterators without return(), and rejects an unknown order', async () => {
  let left = 50
  const plain: AsyncIterable<Task[]> = {
    [Symbol.asyncIterator]: () => ({ next: async () => ({ done: left-- === 0, value: [task('a', 1)] }) }),
  }
  expect(await all(mergePages([plain], { limit: 2 }))).toHaveLength(2)
  expect(await all(mergePages([]))).toEqual([])
  await expect(all(mergePages([], { sortDir: 'up' as 'asc' }))).rejects.toThrow("mergePages(): sortDir must be 'asc'")
  await expect(all(mergePages([], { sortkey: 'id' } as never))).rejects.toThrow('unknown option "sortkey"')
})

it('passes on the failure of one list, and ends the others', async () => {
  let ended = false
  async function* good() {
    try {
      for (let i = 0; ; i++) yield [task(`a${i}`, -i)]
    } finally {
      ended = true
    }
  }
  async function* bad(): AsyncGenerator<Task[]> {
    yield [task('b0', 0)]
    throw new Error('The list broke.')
  }
  await expect(all(mergePages([good(), bad()]))).rejects.toThrow('The list broke.')
  expect(ended).toBe(true)
})
