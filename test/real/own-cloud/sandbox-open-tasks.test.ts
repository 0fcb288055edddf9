import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, test } from 'vitest'
import { TestClock } from '../../helpers/clock.js'
import { expectSame } from '../differential/compare.js'
import type { Role, Step } from '../differential/exchange.js'
import { create as createImage, FORMATS, get, MEMBER, startImport, upload } from '../differential/images/requests.js'
import { type Pair, startPair } from '../differential/pair.js'
import { startRealCloud } from '../setup.js'

/** The same comparison with the Tasks API open to members and with quotas, against a new real cloud without other tasks. */

let cloud: Awaited<ReturnType<typeof startRealCloud>>
let pair: Pair
const clock = new TestClock(Date.now())
const QUOTAS = { image_size_total: 3, image_stage_total: 2, image_count_total: 6, image_count_uploading: 2 }

beforeAll(async () => {
  const limits = Object.entries(QUOTAS).map(([name, limit]) => `${name}=${limit}`)
  cloud = await startRealCloud({ REAL_CLOUD_OPEN_TASKS: '1', REAL_CLOUD_LIMITS: limits.join(' ') })
  pair = await startPair(cloud, {
    openTasks: true,
    quotas: QUOTAS,
    clock,
    taskDuration: 0,
    tokenTtl: 7 * 24 * 3_600_000,
  })
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

test('quotas are enforced alike', async () => {
  const mib = 'x'.repeat(1.5 * 2 ** 20)
  const usage: Step = { method: 'GET', path: '/v2/info/usage', as: 'member', headers: JSON_TYPE }
  const names = ['one', 'two', 'three', 'four']
  const records = names.map((name) => createImage({ name, ...FORMATS }, { ...MEMBER, saveAs: name }))
  const web = { method: { name: 'web-download', uri: '{www}/image.raw' } }
  const stages = [...['one', 'two', 'three'].map((name) => upload(`/{${name}}/stage`, mib, MEMBER)), usage]
  const imports = ['one', 'two', 'three'].map((name) =>
    startImport(name, name === 'three' ? web : { method: { name: 'glance-direct' } }, MEMBER),
  )
  const look = names.flatMap((name) => [get(`/{${name}}`, MEMBER), get(`/{${name}}/tasks`, MEMBER)])
  const uploads = ['three', 'four'].map((name) => upload(`/{${name}}/file`, mib, MEMBER))
  const more = Array.from({ length: 3 }, () => createImage({ name: 'more', ...FORMATS }, MEMBER))
  await expectSame(pair, [
    [usage, ...records, usage, ...stages, imports[2] as Step],
    [...look, imports[0] as Step],
    [usage, imports[1] as Step],
    [usage, ...look, ...uploads, usage, startImport('four', web, MEMBER), ...more, usage],
  ])
})
