import { readFile, writeFile } from 'node:fs/promises'
import { load } from 'js-yaml'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js'
import { compare, settle } from './differential/compare.js'
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

test('the sandbox answers as the real cloud does', async () => {
  const differences = [
    ...(await compare(real, fake, CREATED)),
    ...(await settle(real, fake)),
    ...(await compare(real, fake, LOOKED_AT)),
    ...(await compare(real, fake, ASKED)),
  ]
  console.log(`${CREATED.length + LOOKED_AT.length + ASKED.length} requests, ${differences.length} differences`)
  if (process.env.DIFFERENCES) await writeFile(process.env.DIFFERENCES, JSON.stringify(differences))
  expect(differences).toEqual([])
})
