import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { runBinary } from '../helpers/binary.js'
import { startRealCloud } from './setup.js'

/** Counts the logins of the built program against a real Keystone and Glance, with cached and expiring tokens. */

const { cloudsYaml } = inject('realCloud')

/** The requests in the output of -v. */
const requests = (stderr: string) => stderr.split('\n').filter((line) => /^(GET|POST) http/.test(line))
const logins = (stderr: string) => requests(stderr).filter((line) => line.includes('/auth/tokens: 201'))

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'glance-tasks-tokens-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

function glance(cloudsFile: string, ...argv: string[]) {
  return runBinary(argv, { OS_CLIENT_CONFIG_FILE: cloudsFile, OS_CLOUD: 'real', HOME: home })
}

async function idOf(cloudsFile: string, ...filter: string[]): Promise<string> {
  const argv = ['list', '--limit', '1', '-f', 'value', '-c', 'id', ...filter]
  const { status, stdout, stderr } = await glance(cloudsFile, ...argv)
  if (status !== 0 || stdout === '') throw new Error(`The cloud has no task: ${stderr}`)
  return stdout.trim()
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

describe('a cached token', () => {
  it('reduces a second get to one request', async () => {
    const id = await idOf(cloudsYaml)
    await glance(cloudsYaml, 'logout')
    const first = await glance(cloudsYaml, 'get', id, '-v')
    expect(requests(first.stderr)).toHaveLength(2)
    const second = await glance(cloudsYaml, 'get', id, '-v')
    expect(requests(second.stderr)).toEqual([expect.stringMatching(new RegExp(`^GET http.*/v2/tasks/${id}: 200`))])
    expect(second.stdout).toBe(first.stdout)
  })
})

describe('tokens that expire after five seconds', () => {
  let cloud: Awaited<ReturnType<typeof startRealCloud>>
  beforeAll(async () => {
    cloud = await startRealCloud({ REAL_CLOUD_TOKEN_TTL: '5' })
    await cloud.run('seed', '50')
  })
  afterAll(() => cloud?.stop())

  // Retried, because on a busy machine an answer may take longer than the lifetime of a token.
  it('a wait of thirty seconds uses several of them, with one login each', { retry: 3 }, async () => {
    const id = await firstAnswer(() => idOf(cloud.cloudsYaml, '--status', 'processing'))
    const { status, stderr } = await glance(
      cloud.cloudsYaml,
      ...['wait', id, '--timeout', '30s', '--poll-interval', '500ms', '-v'],
    )
    expect(status).toBe(124)
    const polls = requests(stderr).filter((line) => line.includes(`/tasks/${id}`))
    const refused = polls.filter((line) => line.includes(': 401'))
    expect(polls.length).toBeGreaterThan(4)
    expect(logins(stderr).length).toBeGreaterThanOrEqual(4)
    // Each token is used for at least four of its five seconds. A token that expires earlier costs one refused request.
    expect(logins(stderr).length).toBeLessThanOrEqual(1 + 30 / 4 + refused.length)
    expect(refused.length).toBeLessThanOrEqual(2)
  })
})
