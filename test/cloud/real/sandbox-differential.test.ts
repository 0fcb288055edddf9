import { appendFile, readFile } from 'node:fs/promises'
import { load } from 'js-yaml'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type RoleName, type Sandbox, startSandbox } from '../../../src/sandbox/index.js'
import { credentialId } from '../../../src/sandbox/keystone/accounts.js'
import { compare, type Difference, settle } from './differential/compare.js'
import type { Step } from './differential/exchange.js'
import { AFTERWARDS, CHANGES, IMPORTS, LOOKS, RECORDS, SECOND_IMPORTS } from './differential/image-steps.js'
import { KEYSTONE } from './differential/keystone-steps.js'
import { MEANT } from './differential/meant.js'
import { randomSteps } from './differential/random-steps.js'
import { makeProject, namesOf, TOTP_SECRET } from './differential/real-project.js'
import { Side } from './differential/side.js'
import { ASKED, CREATED, LOOKED_AT } from './differential/tasks-steps.js'

let sandbox: Sandbox
let real: Side
let fake: Side
const run = `d${Date.now().toString(36)}`
const names = namesOf(run)

beforeAll(async () => {
  const { cloudsYaml, www } = inject('realCloud')
  const { clouds } = load(await readFile(cloudsYaml, 'utf8')) as { clouds: { real: { auth: { auth_url: string } } } }
  const identityUrl = clouds.real.auth.auth_url
  const { credentialId: realCredential, imageUrl } = await makeProject(identityUrl, names)
  const member = { projects: { [run]: ['reader', 'member'] as RoleName[] } }
  sandbox = await startSandbox({
    taskDuration: 500,
    importFilter: { allowedHosts: ['127.0.0.1'], allowedPorts: [Number(new URL(www).port), 80, 443] },
    accounts: [
      { name: names.admin, password: names.admin, projects: { [run]: ['admin', 'member', 'reader'] } },
      {
        name: names.member,
        password: names.member,
        ...member,
        credentials: [{ name: names.credential, secret: names.credential, project: run }],
      },
      { name: names.totp, password: names.totp, ...member, totpSecret: TOTP_SECRET },
      {
        name: names.careful,
        password: names.careful,
        ...member,
        totpSecret: TOTP_SECRET,
        multiFactor: [['password', 'totp']],
      },
    ],
  })
  real = new Side({ identityUrl, imageUrl, www })
  fake = new Side({ identityUrl: sandbox.identityUrl, imageUrl: sandbox.imageUrl, www })
  real.call('credential', realCredential)
  fake.call('credential', credentialId(names.member, names.credential))
  for (const side of [real, fake]) {
    side.call('run', run)
    await side.login('member', names.member, names.member, run)
    await side.login('admin', names.admin, names.admin, run)
  }
})

afterAll(() => sandbox?.close())

/** The steps of a part, and what differed. Between parts every task that is under way is waited for. */
async function comparing(parts: Step[][]): Promise<void> {
  const differences: Difference[] = []
  for (const steps of parts) {
    differences.push(...(await compare(real, fake, steps)))
    await settle(real, fake)
  }
  console.log(`${parts.flat().length} requests, ${differences.length} differences`)
  const { DIFFERENCES } = process.env
  if (DIFFERENCES) await appendFile(DIFFERENCES, differences.map((one) => `${JSON.stringify(one)}\n`).join(''))
  expect(differences).toEqual([])
}

test('Keystone is the same', () => comparing([KEYSTONE]))

test('tasks are the same', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
  console.log(`random requests from SEED=${seed}`)
  return comparing([CREATED, LOOKED_AT, ASKED, randomSteps(seed, Number(process.env.RANDOM_REQUESTS ?? 300))])
})

test('images and their imports are the same', () => {
  return comparing([RECORDS, LOOKS, CHANGES, IMPORTS, SECOND_IMPORTS, AFTERWARDS])
})

test.each(MEANT)('is meant to differ: $reason', async ({ steps }) => {
  const last = steps.slice(-1)
  await compare(real, fake, steps.slice(0, -1))
  await settle(real, fake)
  expect(await compare(real, fake, last)).toHaveLength(1)
})

test('what is meant to differ stays little', () => {
  expect(MEANT.length).toBeLessThanOrEqual(10)
})
