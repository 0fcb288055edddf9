import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, test } from 'vitest'
import { TestClock } from '../helpers/clock.js'
import { expectSame } from './differential/compare.js'
import type { Role, Step } from './differential/exchange.js'
import { type Pair, startPair } from './differential/pair.js'
import { startRealCloud } from './setup.js'

/** The same comparison with the Tasks API open to members, against a new real cloud that has no other tasks. */

let cloud: Awaited<ReturnType<typeof startRealCloud>>
let pair: Pair
const clock = new TestClock(Date.now())

beforeAll(async () => {
  cloud = await startRealCloud({ REAL_CLOUD_OPEN_TASKS: '1' })
  pair = await startPair(cloud, { openTasks: true, clock, taskDuration: 0, tokenTtl: 7 * 24 * 3_600_000 })
})

afterAll(async () => {
  await pair?.close()
  await cloud?.stop()
})

const JSON_TYPE = { 'Content-Type': 'application/json', Accept: 'application/json' }
const EVERYONE: Role[] = ['admin', 'member', 'other', 'system']

function create(as: Role, saveAs: string, properties: object = {}): Step {
  const input = {
    import_from: '{www}/image.raw',
    import_from_format: 'raw',
    image_properties: { name: 'image', disk_format: 'raw', container_format: 'bare', ...properties },
  }
  const body = { type: 'import', input }
  return { method: 'POST', path: '/v2/tasks', as, headers: JSON_TYPE, body, saveAs }
}

function readAs(path: string, roles = EVERYONE): Step[] {
  return roles.map((as) => ({ method: 'GET', path, as, headers: JSON_TYPE }))
}

const TASKS = ['of-admin', 'of-member', 'of-other', 'own', 'foreign']

const READS = [
  ...TASKS.flatMap((name) => readAs(`/v2/tasks/{${name}}`)),
  ...['', '?limit=2', '?limit=1&sort_dir=asc', '?owner={project}', '?owner={other_project}', '?status=success'].flatMap(
    (query) => readAs(`/v2/tasks${query}`),
  ),
  ...TASKS.flatMap((name) => readAs(`/v2/tasks?limit=1&marker={${name}}`)),
  ...readAs('/v2/images/x/tasks'),
]

test('users see the tasks of their own project, admins see all tasks', async () => {
  const creates = [
    create('other', 'of-other'),
    create('member', 'of-member'),
    create('admin', 'of-admin'),
    create('member', 'own', { owner: '{project}' }),
    create('member', 'foreign', { owner: '{other_project}' }),
  ]
  await expectSame(pair, [creates, [create('system', 'nothing'), ...READS]])
})

test('expired tasks are removed when a user of their project lists tasks', async () => {
  const python = `import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute("update tasks set expires_at = '2020-01-01 00:00:00' where expires_at is not null"); db.commit()`
  await promisify(execFile)('/usr/bin/python3', ['-c', python, `${cloud.state}/glance/glance.db`])
  clock.advance(49 * 3_600_000)
  const step = (as: Role, path: string): Step => ({ method: 'GET', path, as, headers: JSON_TYPE })
  await expectSame(pair, [
    [
      step('system', '/v2/tasks'),
      step('member', '/v2/tasks/{of-member}'),
      step('other', '/v2/tasks/{of-other}'),
      step('member', '/v2/tasks'),
      step('member', '/v2/tasks/{of-member}'),
      step('system', '/v2/tasks'),
      step('system', '/v2/tasks/{of-member}'),
      step('system', '/v2/tasks?marker={of-member}'),
      step('member', '/v2/tasks?marker={of-member}'),
      step('other', '/v2/tasks?marker={of-other}'),
      ...READS,
    ],
  ])
})
