import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runBinary } from '../../helpers/binary.js'
import { requestsIn, someId } from '../helpers/verbose.js'
import { startRealCloud } from '../setup.js'

/** Counts the logins of the built program while a real Keystone issues tokens that expire after five seconds. */

let cloud: Awaited<ReturnType<typeof startRealCloud>>
beforeAll(async () => {
  cloud = await startRealCloud({ REAL_CLOUD_TOKEN_TTL: '5' })
  await cloud.run('seed', '50')
})
afterAll(() => cloud?.stop())

function glance(...argv: string[]) {
  const home = join(cloud.state, 'home')
  return runBinary(argv, { OS_CLIENT_CONFIG_FILE: cloud.cloudsYaml, OS_CLOUD: 'real', HOME: home })
}

/** Retries, because the first answer of a new Glance may take longer than the lifetime of a token. */
async function firstAnswer<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt < 10; attempt++) {
    try {
      return await ask()
    } catch {}
  }
  return ask()
}

// Retried, because on a busy machine an answer may take longer than the lifetime of a token.
it('a wait of thirty seconds uses several tokens, with one login each', { retry: 3 }, async () => {
  const id = await firstAnswer(() => someId(glance, '--status', 'processing'))
  const { status, stderr } = await glance('wait', id, '--timeout', '30s', '--poll-interval', '500ms', '-v')
  expect(status).toBe(124)
  const requests = requestsIn(stderr)
  const logins = requests.filter((line) => line.includes('/auth/tokens: 201'))
  const polls = requests.filter((line) => line.includes(`/tasks/${id}`))
  const refused = polls.filter((line) => line.includes(': 401'))
  expect(polls.length).toBeGreaterThan(4)
  expect(logins.length).toBeGreaterThanOrEqual(4)
  // Each token is used for at least four of its five seconds. A token that expires earlier costs one refused request.
  expect(logins.length).toBeLessThanOrEqual(1 + 30 / 4 + refused.length)
  expect(refused.length).toBeLessThanOrEqual(2)
})
