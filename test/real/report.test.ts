import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { type GlanceApi, glanceApi } from './helpers/glance-api.js'
import { type Ran, run } from './helpers/run.js'

/**
 * Reports what a real Glance did, and compares it with counts from the raw API. `promtool` is that of Debian's prometheus
 * (test/real/cloud install).
 */

const { cloudsYaml, www } = inject('realCloud')

let folder: string
let admin: GlanceApi
let member: GlanceApi
/** Just before the first task of this suite. */
let since: string
/** An image of the member, whose import failed. */
let image: string

const image_properties = { disk_format: 'raw', container_format: 'bare' }

/** Starts a task, as an administrator. */
async function start(type: string, input: object): Promise<string> {
  const { status, json } = await admin.ask('POST', 'tasks', { type, input })
  expect({ status, json }).toMatchObject({ status: 201 })
  return json.id
}

/** Waits until a task has one of these statuses. */
async function reaches(id: string, ...statuses: string[]): Promise<void> {
  const check = async () => expect(statuses).toContain((await admin.ask('GET', `tasks/${id}`)).json.status)
  await vi.waitFor(check, { timeout: 120_000, interval: 500 })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glance-tasks-report-'))
  admin = await glanceApi(cloudsYaml, 'real')
  member = await glanceApi(cloudsYaml, 'member')
  since = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString()

  const good = { import_from: `${www}/image.raw`, import_from_format: 'raw', image_properties }
  const ended = [
    await start('import', good),
    await start('import', good),
    await start('import', { import_from: `${www}/nope`, import_from_format: 'raw', image_properties }),
    await start('import', { import_from: `${www}/image.raw`, image_properties }),
    await start('import', { import_from: `${www}/image.raw`, image_properties }),
  ]
  // Glance never ends a task of this type that a user created.
  const hanging = await start('api_image_import', { image_id: '00000000-0000-4000-8000-000000000000' })

  const { json } = await member.ask('POST', 'images', { name: 'report-test', ...image_properties })
  image = json.id
  await member.ask('POST', `images/${image}/import`, { method: { name: 'web-download', uri: `${www}/nope` } })
  for (const id of ended) await reaches(id, 'success', 'failure')
  await reaches(hanging, 'processing', 'failure')
})

afterAll(async () => {
  if (image) await member.ask('DELETE', `images/${image}`)
  await rm(folder, { recursive: true, force: true })
})

const env = () => ({ OS_CLIENT_CONFIG_FILE: cloudsYaml, OS_CLOUD: 'real', XDG_CACHE_HOME: folder })

function report(...more: string[]): Promise<Ran> {
  return run(['report', ...more], env())
}

interface RawTask {
  id: string
  status: string
  type: string
  created_at: string
  updated_at: string
}

/** All tasks of the real cloud, by the raw API. */
async function rawTasks(): Promise<RawTask[]> {
  const tasks: RawTask[] = []
  for (let marker = ''; ; ) {
    const { json } = await admin.ask('GET', `tasks?limit=1000${marker && `&marker=${marker}`}`)
    tasks.push(...json.tasks)
    if (json.next === undefined) return tasks
    marker = json.tasks.at(-1).id
  }
}

function countBy(tasks: readonly RawTask[], key: 'status' | 'type'): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const task of tasks) counts[task[key]] = (counts[task[key]] ?? 0) + 1
  return counts
}

/** The report and the raw tasks of the same moment: others may use the same cloud. */
// biome-ignore lint/suspicious/noExplicitAny: the test knows the keys
async function both(...more: string[]): Promise<{ found: any; raw: RawTask[] }> {
  let before = await rawTasks()
  for (let i = 0; i < 10; i++) {
    const { stdout, stderr } = await report('-f', 'json', ...more)
    expect(stderr).toBe('')
    const after = await rawTasks()
    if (JSON.stringify(before) === JSON.stringify(after)) return { found: JSON.parse(stdout), raw: after }
    before = after
  }
  throw new Error('The tasks of the cloud change all the time.')
}

describe('the figures', () => {
  it('are those of the raw API', async () => {
    const { found, raw } = await both()
    const recent = raw.filter(({ created_at }) => Date.parse(created_at) >= Date.parse(found.since))
    expect(recent.length).toBeGreaterThan(5)
    const none = { pending: 0, processing: 0, success: 0, failure: 0 }
    expect(found).toMatchObject({
      total: recent.length,
      by_status: { ...none, ...countBy(recent, 'status') },
      by_type: countBy(recent, 'type'),
    })
    const tookSeconds = recent
      .filter(({ status }) => status === 'success' || status === 'failure')
      .map(({ created_at, updated_at }) => (Date.parse(updated_at) - Date.parse(created_at)) / 1000)
    expect(found.duration_seconds.longest).toBe(Math.max(...tookSeconds))
    const atMost = (seconds: number) => tookSeconds.filter((each) => each <= seconds).length / tookSeconds.length
    expect(atMost(found.duration_seconds.median)).toBeGreaterThanOrEqual(0.5)
    expect(atMost(found.duration_seconds.p95)).toBeGreaterThanOrEqual(0.95)
    const counted = found.failures.reduce((sum: number, { count }: { count: number }) => sum + count, 0)
    expect(counted).toBe(found.by_status.failure)
  })

  it('a stuck task has not changed for the given time', async () => {
    const { found, raw } = await both('--since', '1s', '--stuck-after', '1h')
    const open = raw.filter(({ status }) => status === 'pending' || status === 'processing')
    const isOld = ({ updated_at }: RawTask) => Date.parse(found.until) - Date.parse(updated_at) >= 3_600_000
    expect(found.stuck.map(({ id }: RawTask) => id).sort()).toEqual(
      open
        .filter(isOld)
        .map(({ id }) => id)
        .sort(),
    )
  })

  it('the failures of real tasks have the causes that explain finds', async () => {
    const { stdout } = await report('-f', 'json', '--since', since, '--type', 'import')
    const { failures } = JSON.parse(stdout)
    const codes = failures.map(({ cause, count }: { cause: { code: string }; count: number }) => [cause.code, count])
    expect(Object.fromEntries(codes)).toMatchObject({ input_incomplete: expect.any(Number) })
    for (const { cause, examples } of failures) {
      const explained = await run(['explain', examples[0], '-f', 'json'], env())
      // explain looks at the source of the image as well, where the message explains nothing.
      if (cause.code !== 'server_side') expect(JSON.parse(explained.stdout).cause.code).toBe(cause.code)
    }
  })

  it('a plain member reports the tasks of an image', async () => {
    await expect
      .poll(
        async () => JSON.parse((await report('-f', 'json', '--os-cloud', 'member', '--image', image)).stdout).by_status,
        {
          timeout: 60_000,
        },
      )
      .toMatchObject({ failure: 1 })
    expect(await report('--os-cloud', 'member')).toMatchObject({ status: 4, stdout: '' })
  })

  it('--fail-on ends with status 3', async () => {
    expect(await report('--since', since, '--fail-on', 'failure', '-f', 'json')).toMatchObject({ status: 3 })
    expect(await report('--since', since, '--fail-on', 'stuck', '--stuck-after', '1s', '-f', 'json')).toMatchObject({
      status: 3,
    })
    expect(await report('--since', since, '--type', 'none', '--fail-on', 'failure,stuck', '-q')).toMatchObject({
      status: 0,
    })
  })
})

/** Runs promtool on a file with this text. Throws what it prints if it finds a problem. */
async function promtool(text: string, ...command: string[]): Promise<string> {
  const file = join(folder, `${command.join('-')}.yaml`)
  await writeFile(file, text)
  const checked = await promisify(execFile)('sh', ['-c', 'promtool "$@"', 'sh', ...command, file], { cwd: folder })
  return checked.stdout + checked.stderr
}

/** `promtool check metrics` of this text: its problems, or nothing. */
async function checkMetrics(text: string): Promise<string> {
  const child = promisify(execFile)('promtool', ['check', 'metrics'])
  child.child.stdin?.end(text)
  const { stdout, stderr } = await child.catch((error) => error)
  return stdout + stderr
}

const DOCUMENT = readFileSync(new URL('../../docs/report.md', import.meta.url), 'utf8')

describe('promtool', () => {
  it('accepts the metrics of one cloud, of all regions, and of a cloud that refuses', async () => {
    const args = ['-f', 'prometheus', '--by', 'owner', '--stuck-after', '1s', '--since', since]
    const one = await report(...args)
    expect(one.stdout).toMatch(/^glance_tasks_recent\{cloud="real",region="RegionOne",status="success"\} [1-9]/m)
    expect(one.stdout).toMatch(/^glance_tasks_recent_failures\{.*cause="input_incomplete"\} [1-9]/m)
    expect(one.stdout).toMatch(/^glance_tasks_stuck\{.*status="processing"\} [1-9]/m)
    const several = await report(...args, '--all-regions', '--os-cloud', 'real', '--os-cloud', 'member')
    expect(several.stdout).toContain('glance_tasks_up{cloud="real",region="RegionTwo"} 1')
    expect(several.stdout).toContain('glance_tasks_up{cloud="member",region="RegionOne"} 0')
    for (const { stdout } of [one, several]) expect(await checkMetrics(stdout)).toBe('')
    // The check finds problems.
    expect(await checkMetrics(one.stdout.replace(/^# HELP glance_tasks_up .*\n/m, ''))).toContain('no help text')
  })

  it('accepts the alert rules of docs/report.md, and they fire', async () => {
    const rules = [...DOCUMENT.matchAll(/```yaml\n(groups:[\s\S]*?)```/g)].map(([, text = '']) => text)
    expect(rules).toHaveLength(1)
    expect(await promtool(rules[0] ?? '', 'check', 'rules')).toContain('SUCCESS: 4 rules found')
    const series = (name: string, value: string) => `      - {series: '${name}', values: '${value}'}`
    const alert = (alertname: string, summary: string, labels: object = { cloud: 'prod', region: 'RegionOne' }) => {
      const expected = { exp_labels: { severity: 'warning', ...labels }, exp_annotations: { summary } }
      return `      - ${JSON.stringify({ eval_time: '2h', alertname, exp_alerts: [expected] })}`
    }
    const tests = [
      'rule_files: [check-rules.yaml]',
      'tests:',
      '  - interval: 5m',
      '    input_series:',
      series('glance_tasks_stuck{cloud="prod",region="RegionOne",status="pending"}', '0x30'),
      series('glance_tasks_stuck{cloud="prod",region="RegionOne",status="processing"}', '2x30'),
      series('glance_tasks_recent{cloud="prod",region="RegionOne",status="failure"}', '3x30'),
      series('glance_tasks_recent{cloud="prod",region="RegionOne",status="success"}', '7x30'),
      series('glance_tasks_up{cloud="prod",region="RegionOne"}', '0x30'),
      series('glance_tasks_report_timestamp_seconds', '0x30'),
      '    alert_rule_test:',
      alert('GlanceTasksStuck', '2 tasks of prod (RegionOne) are stuck'),
      alert('GlanceTasksFail', '30% of the tasks of prod (RegionOne) failed'),
      alert('GlanceTasksCloudDown', 'prod (RegionOne) cannot be read'),
      alert('GlanceTasksReportOld', 'There has been no report for half an hour', {}),
    ]
    expect(await promtool(tests.join('\n'), 'test', 'rules')).toContain('SUCCESS')
  })
})
