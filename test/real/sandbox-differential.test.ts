import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { compare, expectSame, waitUntilIdle } from './differential/compare.js'
import { IMAGE_PARTS } from './differential/images/index.js'
import { KEYSTONE_STEPS } from './differential/keystone/index.js'
import { KNOWN_DIFFERENCES } from './differential/known-differences.js'
import { type Pair, startPair } from './differential/pair.js'
import { randomSteps } from './differential/random-steps.js'
import { ACCEPTED_CREATES, READ_ONLY_STEPS, TASK_READS } from './differential/tasks/index.js'

/** Sends every request to a real Keystone and Glance and to the sandbox, and expects equal answers. */

let pair: Pair

beforeAll(async () => {
  pair = await startPair(inject('realCloud'))
})

afterAll(() => pair?.close())

test('Keystone answers alike', () => expectSame(pair, [KEYSTONE_STEPS]))

test('Glance answers alike for tasks', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
  console.log(`random requests from SEED=${seed}`)
  return expectSame(pair, [
    ACCEPTED_CREATES,
    TASK_READS,
    READ_ONLY_STEPS,
    randomSteps(seed, Number(process.env.RANDOM_REQUESTS ?? 300)),
  ])
})

test('Glance answers alike for images and imports', () => {
  return expectSame(pair, IMAGE_PARTS)
})

test.each(KNOWN_DIFFERENCES)('known difference: $reason', async ({ steps }) => {
  const { real, sandbox } = pair
  const last = steps.slice(-1)
  await compare(real, sandbox, steps.slice(0, -1))
  await waitUntilIdle(real, sandbox)
  expect(await compare(real, sandbox, last)).toHaveLength(1)
})

test('there are at most ten known differences', () => {
  expect(KNOWN_DIFFERENCES.length).toBeLessThanOrEqual(10)
})
