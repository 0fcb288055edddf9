import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { compare, expectSame, settle } from './differential/compare.js'
import { AFTERWARDS, CHANGES, IMPORTS, LOOKS, RECORDS, SECOND_IMPORTS } from './differential/image-steps.js'
import { KEYSTONE } from './differential/keystone-steps.js'
import { MEANT } from './differential/known-differences.js'
import { makePair, type Pair } from './differential/pair.js'
import { randomSteps } from './differential/random-steps.js'
import { ASKED, CREATED, LOOKED_AT } from './differential/tasks-steps.js'

/** Every request goes to a real Keystone and Glance and to the sandbox, and both must answer the same. */

let pair: Pair

beforeAll(async () => {
  pair = await makePair(inject('realCloud'))
})

afterAll(() => pair?.close())

test('Keystone is the same', () => expectSame(pair, [KEYSTONE]))

test('tasks are the same', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
  console.log(`random requests from SEED=${seed}`)
  return expectSame(pair, [CREATED, LOOKED_AT, ASKED, randomSteps(seed, Number(process.env.RANDOM_REQUESTS ?? 300))])
})

test('images and their imports are the same', () => {
  return expectSame(pair, [RECORDS, LOOKS, CHANGES, IMPORTS, SECOND_IMPORTS, AFTERWARDS])
})

test.each(MEANT)('is meant to differ: $reason', async ({ steps }) => {
  const { real, fake } = pair
  const last = steps.slice(-1)
  await compare(real, fake, steps.slice(0, -1))
  await settle(real, fake)
  expect(await compare(real, fake, last)).toHaveLength(1)
})

test('what is meant to differ stays little', () => {
  expect(MEANT.length).toBeLessThanOrEqual(10)
})
