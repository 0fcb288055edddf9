import { appendFile, readFile } from 'node:fs/promises'
import { load } from 'js-yaml'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js'
import { compare, type Difference, settle } from './differential/compare.js'
import type { Step } from './differential/exchange.js'
import { AFTERWARDS, CHANGES, IMPORTS, LOOKS, RECORDS, SECOND_IMPORTS } from './differential/image-steps.js'
import { makeProject } from './differential/real-project.js'
import { Side } from './differential/side.js'
import { ASKED, CREATED, LOOKED_AT } from './differential/tasks-steps.js'

let sandbox: Sandbox
let real: Side
let fake: Side
const run = `d${Date.now().toString(36)}`

beforeAll(async () => {
  const { cloudsYaml, www } = inject('realCloud')
  const { clouds } = load(await readFile(cloudsYaml, 'utf8')) as { clouds: { real: { auth: { auth_url: string } } } }
  const identityUrl = clouds.real.auth.auth_url
  const { admin, member, imageUrl } = await makeProject(identityUrl, run)
  sandbox = await startSandbox({
    taskDuration: 500,
    importFilter: { allowedHosts: ['127.0.0.1'], allowedPorts: [Number(new URL(www).port), 80, 443] },
    accounts: [
      { name: admin, password: admin, projects: { [run]: ['admin', 'member', 'reader'] } },
      { name: member, password: member, projects: { [run]: ['reader', 'member'] } },
    ],
  })
  real = new Side({ identityUrl, imageUrl, www })
  fake = new Side({ identityUrl: sandbox.identityUrl, imageUrl: sandbox.imageUrl, www })
  for (const side of [real, fake]) {
    side.call('run', run)
    await side.login('member', member, member, run)
    await side.login('admin', admin, admin, run)
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

test('tasks are the same', () => comparing([CREATED, LOOKED_AT, ASKED]))

test('images and their imports are the same', () => {
  return comparing([RECORDS, LOOKS, CHANGES, IMPORTS, SECOND_IMPORTS, AFTERWARDS])
})
