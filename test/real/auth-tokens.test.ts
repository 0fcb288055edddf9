import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { runBinary } from '../helpers/binary.js'
import { requestsIn, someId } from './helpers/verbose.js'

/** Counts the requests of the built program with a cached token. Tokens that expire: test/real/own-cloud/expiring-tokens.test.ts. */

const { cloudsYaml } = inject('realCloud')

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'glance-tasks-tokens-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

function glance(...argv: string[]) {
  return runBinary(argv, { OS_CLIENT_CONFIG_FILE: cloudsYaml, OS_CLOUD: 'real', HOME: home })
}

it('a cached token reduces a second get to one request', async () => {
  const id = await someId(glance)
  await glance('logout')
  const first = await glance('get', id, '-v')
  expect(requestsIn(first.stderr)).toHaveLength(2)
  const second = await glance('get', id, '-v')
  expect(requestsIn(second.stderr)).toEqual([expect.stringMatching(new RegExp(`^GET http.*/v2/tasks/${id}: 200`))])
  expect(second.stdout).toBe(first.stdout)
})
