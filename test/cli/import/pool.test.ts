import { expect, it } from 'vitest'
import { inPool } from '../../../src/cli/import/pool.js'

/** Work that ends when the test says so. */
function manual() {
  const started: string[] = []
  const ends = new Map<string, { resolve(result: string): void; reject(error: Error): void }>()
  const work = (item: string) => {
    started.push(item)
    return new Promise<string>((resolve, reject) => {
      ends.set(item, { resolve, reject })
    })
  }
  return { started, ends, work }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

it('a long one does not delay the others, and the results keep their order', async () => {
  const { started, ends, work } = manual()
  const results = inPool(['a', 'b', 'c', 'd'], 2, work)
  await turn()
  expect(started).toEqual(['a', 'b'])
  for (const item of ['b', 'c', 'd']) {
    ends.get(item)?.resolve(item.toUpperCase())
    await turn()
  }
  expect(started).toEqual(['a', 'b', 'c', 'd'])
  ends.get('a')?.resolve('A')
  expect(await results).toEqual(['A', 'B', 'C', 'D'])
})

it('throws after what is under way has ended', async () => {
  const { ends, work } = manual()
  let isOver = false
  const results = inPool(['a', 'b'], 5, work).finally(() => {
    isOver = true
  })
  results.catch(() => {})
  await turn()
  ends.get('a')?.reject(new Error('no'))
  await turn()
  expect(isOver).toBe(false)
  ends.get('b')?.resolve('B')
  await expect(results).rejects.toThrow('no')
})

it('throws the first of several errors', async () => {
  const { ends, work } = manual()
  const results = inPool(['a', 'b'], 2, work)
  results.catch(() => {})
  await turn()
  ends.get('b')?.reject(new Error('first'))
  await turn()
  ends.get('a')?.reject(new Error('second'))
  await expect(results).rejects.toThrow('first')
})

it('starts nothing more after an error', async () => {
  const { started, ends, work } = manual()
  const results = inPool(['a', 'b', 'c'], 2, work)
  results.catch(() => {})
  await turn()
  ends.get('a')?.reject(new Error('no'))
  await turn()
  ends.get('b')?.resolve('B')
  await expect(results).rejects.toThrow('no')
  expect(started).toEqual(['a', 'b'])
})

it('of nothing is nothing', async () => {
  expect(await inPool([], 3, () => Promise.reject(new Error('never')))).toEqual([])
})
