import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { mapInOrder } from '../../src/tasks/map-in-order.js'

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** Work that ends only after its signal aborts, in the next tick. */
function untilAborted(signal: AbortSignal, onEnd: () => void): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      setImmediate(() => {
        onEnd()
        reject(new Error('aborted'))
      })
    })
  })
}

it('yields the results in the order of the items, with limited concurrency', async () => {
  let atWork = 0
  let most = 0
  const work = async (item: number) => {
    most = Math.max(most, ++atWork)
    for (let turns = 10 - item; turns > 0; turns--) await null
    atWork--
    return item * 2
  }
  expect(await collect(mapInOrder([1, 2, 3, 4, 5, 6, 7, 8], work, { concurrency: 3 }))).toEqual([
    2, 4, 6, 8, 10, 12, 14, 16,
  ])
  expect(most).toBe(3)
})

it('aborts and awaits all work if the consumer stops', async () => {
  let ended = 0
  const work = (item: number, signal: AbortSignal) =>
    item === 0 ? Promise.resolve(item) : untilAborted(signal, () => ended++)
  for await (const _first of mapInOrder([0, 1, 2, 3], work, { concurrency: 4 })) break
  expect(ended).toBe(3)
})

it('aborts and awaits all work if one item fails', async () => {
  let ended = 0
  const work = (item: number, signal: AbortSignal) =>
    item === 0 ? Promise.reject(new Error('no')) : untilAborted(signal, () => ended++)
  await expect(collect(mapInOrder([0, 1, 2], work))).rejects.toThrow('no')
  expect(ended).toBe(2)
})

it('yields the results of the items before a failure of the iteration', async () => {
  async function* items() {
    yield 1
    yield 2
    throw new Error('no more')
  }
  const found: number[] = []
  const all = async () => {
    for await (const item of mapInOrder(items(), async (item) => item)) found.push(item)
  }
  await expect(all()).rejects.toThrow('no more')
  expect(found).toEqual([1, 2])
})

it("passes on the caller's abort and its reason, and leaves no listener", async () => {
  const controller = new AbortController()
  const reasons: unknown[] = []
  const work = (_: number, signal: AbortSignal) =>
    untilAborted(signal, () => reasons.push(signal.reason)).catch(() => 'ended')
  const found = collect(mapInOrder([1, 2], work, { signal: controller.signal }))
  await new Promise(setImmediate)
  controller.abort('enough')
  expect(await found).toEqual(['ended', 'ended'])
  expect(reasons).toEqual(['enough', 'enough'])
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})
