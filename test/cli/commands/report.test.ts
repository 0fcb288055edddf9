import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { parse } from '../../../src/cli/commands/report.js'
import { UsageError } from '../../../src/errors.js'
import type { ReadyTask, SandboxOptions } from '../../../src/sandbox/index.js'
import type { TaskStatus } from '../../../src/tasks/task.js'
import { run, type World } from '../../helpers/cli.js'
import { TestClock } from '../../helpers/clock.js'
import { commandsOf, severalClouds } from '../../helpers/command.js'
import { COMMAND_NAMES } from '../../helpers/command-names.js'
import { optionsOf } from '../../helpers/options.js'
import { sandbox } from '../../helpers/sandbox.js'

const NOW = Date.parse('2026-11-29T12:00:00Z')
const HOUR = 3_600_000

const id = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`

/** A task that was created, and last changed, this many hours ago. */
function task(i: number, status: TaskStatus, created: number, changed = created, more: ReadyTask = {}): ReadyTask {
  const time = (hours: number) => new Date(NOW - hours * HOUR).toISOString()
  return { id: id(i), status, created_at: time(created), updated_at: time(changed), ...more }
}

const TASKS: ReadyTask[] = [
  task(1, 'success', 1, 0.5, { type: 'api_image_import' }),
  task(2, 'failure', 3, 2, { message: 'Uploading the image failed due to: HTTP Error 404: Not Found' }),
  task(3, 'failure', 4, 3, { message: 'No space left on device' }),
  task(4, 'failure', 5, 4, { message: 'No space left on device' }),
  task(5, 'pending', 0.1),
  task(6, 'processing', 30, 29),
]

/** A sandbox with these tasks, and a function that runs command lines against it. */
async function night(tasks: readonly ReadyTask[] = TASKS, options: SandboxOptions = {}) {
  const clock = new TestClock(NOW)
  const box = await sandbox({ tasks, clock, ...options })
  return commandsOf(box, box.cloudsYaml, 'sandbox', clock)
}

/** Runs a command line, and parses its output as JSON. */
async function json(glance: (argv: string[]) => Promise<{ stdout: string }>, ...more: string[]) {
  return JSON.parse((await glance(['report', '-f', 'json', ...more])).stdout)
}

describe('the plan of report', () => {
  const planOf = (options: Parameters<typeof optionsOf>[0] = {}) => parse(optionsOf(options) as never, NOW)

  it('covers the last 24 hours, and calls a task stuck after two hours', () => {
    expect(planOf()).toMatchObject({
      query: { since: NOW - 24 * HOUR, until: undefined, now: NOW, stuckAfter: 2 * HOUR, by: [] },
      stuckAfter: 2 * HOUR,
      failOn: [],
      output: 'text',
      isSeveral: false,
    })
  })

  it('covers the 24 hours before --until', () => {
    expect(planOf({ until: '2026-11-20' }).query).toMatchObject({
      since: Date.parse('2026-11-19T00:00:00Z'),
      until: Date.parse('2026-11-20T00:00:00Z'),
    })
  })

  it('has filters, groups and alarms', () => {
    const options = { since: '3d', owner: 'p', image: 'i', stuckAfter: 1000, by: ['owner', 'image'], failOn: ['stuck'] }
    expect(planOf({ ...options, osCloud: ['a', 'b'] })).toMatchObject({
      query: { since: NOW - 72 * HOUR, owner: 'p', imageId: 'i', stuckAfter: 1000, by: ['owner', 'image'] },
      failOn: ['stuck'],
      isSeveral: true,
    })
  })

  it.each([
    [{ format: 'table' }, 'text', 'table'],
    [{ format: 'table', column: ['total'] }, 'rows', 'table'],
    [{ format: 'json' }, 'rows', 'json'],
    [{ format: 'yaml' }, 'rows', 'yaml'],
    [{ format: 'prometheus' }, 'metrics', 'table'],
  ])('%j is printed as %s', (options, output, format) => {
    expect(planOf(options)).toMatchObject({ output, format })
  })

  it.each<[object, string]>([
    [{ format: 'csv' }, 'report cannot be printed with -f csv'],
    [{ format: 'jsonl' }, 'report cannot be printed with -f jsonl'],
    [{ format: 'value' }, 'report cannot be printed with -f value'],
    [{ format: 'shell' }, 'report cannot be printed with -f shell'],
    [{ format: 'prometheus', column: ['total'] }, '-c cannot be used with -f prometheus'],
    [{ format: 'prometheus', by: ['image'] }, '--by image cannot be used with -f prometheus'],
    [{ column: ['id'] }, 'Unknown column "id"'],
    [{ failOn: ['stuck'], status: ['success', 'failure'] }, '--fail-on stuck finds no tasks'],
    [{ failOn: ['failure'], status: ['pending'] }, '--fail-on failure finds no tasks'],
    [{ status: ['failed'] }, 'Unknown status "failed"'],
    [{ owner: '' }, '--owner must not be empty'],
    [{ since: '2026-11-20', until: '2026-11-19' }, 'No task can match'],
    [{ since: '2026-11-30' }, '--since (2026-11-30T00:00:00.000Z) is in the future'],
    [{ allRegions: true, osRegionName: 'RegionOne' }, '--all-regions and --os-region-name'],
  ])('%j is an error', (options, message) => {
    expect(() => planOf(options)).toThrow(UsageError)
    expect(() => planOf(options)).toThrow(message)
  })
})

describe('report', () => {
  it('is text for people', async () => {
    const { glance } = await night()
    const { status, stdout, stderr } = await glance(['report'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^Period {4}\d{4}-\d\d-\d\d \d\d:\d\d to \d{4}-\d\d-\d\d \d\d:\d\d UTC\n/)
    expect(stdout).toContain('Tasks     5 created in the period\n          pending  1\n          success  1\n')
    expect(stdout).toContain('Duration  median 1 h, 95th percentile 1 h, longest 1 h\n')
    expect(stdout).toMatch(/^Failures {2}2 tasks \(no_space\), the newest: The server has no space left/m)
    expect(stdout).toContain(`store.\n          - ${id(3)}\n          - ${id(4)}\n`)
    expect(stdout).toContain(`          glance-tasks explain ${id(3)}\n`)
    expect(stdout).toContain(`          processing ${id(6)} for 1 d 5 h\n`)
  })

  it('has the keys of the contract in JSON and YAML', async () => {
    const { glance } = await night()
    const report = await json(glance)
    expect(report).toMatchObject({
      total: 5,
      by_status: { pending: 1, processing: 0, success: 1, failure: 3 },
      by_type: { import: 4, api_image_import: 1 },
      waiting_seconds: { median: 360, p95: 360, longest: 360 },
      running_seconds: { median: null, p95: null, longest: null },
      duration_seconds: { median: 3600, p95: 3600, longest: 3600 },
      failures: [
        { cause: { code: 'no_space', summary: expect.any(String) }, count: 2, examples: [id(3), id(4)] },
        { cause: { code: 'source_not_found' }, count: 1, examples: [id(2)] },
      ],
      stuck: [{ id: id(6), status: 'processing', unchanged_seconds: 29 * 3600 }],
    })
    expect(Date.parse(report.until) - Date.parse(report.since)).toBe(24 * HOUR)
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining(['since', 'until', 'waiting_seconds', 'running_seconds', 'failures', 'stuck']),
    )
    expect(report).not.toHaveProperty('cloud')
    expect(parseYaml((await glance(['report', '-f', 'yaml'])).stdout)).toEqual(report)
  })

  it('prints an empty report as one', async () => {
    const { glance } = await night([])
    expect(await json(glance)).toMatchObject({ total: 0, failures: [], stuck: [] })
    const { status, stderr } = await glance(['report', '--user-id', 'demo'])
    expect(status).toBe(0)
    expect(stderr).toContain('--user-id expects a user ID')
  })

  it('accepts the name of a project, and the choices of its options in any case', async () => {
    const { glance } = await night()
    expect(await json(glance, '--owner', 'admin', '--by', 'Owner')).toMatchObject({
      total: 5,
      by_owner: [{ total: 5 }],
    })
    expect(await json(glance, '--owner', 'demo')).toMatchObject({ total: 0, stuck: [] })
    expect((await glance(['report', '--owner', 'nobody'])).stderr).toContain('warning: No project has the name')
    const { status, stderr } = await glance(['report', '--fail-on', 'failed'])
    expect(status).toBe(2)
    expect(stderr).toContain('Did you mean "failure"? Its values are: failure, stuck.')
    expect((await glance(['report', '--by', 'project'])).stderr).toContain('Its values are: owner, image.')
  })

  it('filters, groups, and prints chosen columns', async () => {
    const { glance } = await night()
    expect(await json(glance, '--since', '200m', '--status', 'failure')).toMatchObject({ total: 1, stuck: [] })
    const grouped = await json(glance, '--by', 'owner,image')
    expect(grouped.by_owner).toMatchObject([{ total: 5, by_status: { failure: 3 } }])
    expect(grouped.by_image).toMatchObject([{ image_id: null, total: 5 }])
    expect(await json(glance, '-c', 'total', '-c', 'by_type')).toEqual({
      total: 5,
      by_type: { import: 4, api_image_import: 1 },
    })
    expect((await glance(['report', '-c', 'total'])).stdout).toContain('| total | 5     |')
    expect(await json(glance, '--stuck-after', '30h')).toMatchObject({ stuck: [] })
  })

  it('reports the tasks of an image, and as a metric that the cloud refuses the others', async () => {
    const image_id = id(99)
    const { glance } = await night([task(1, 'failure', 1, 0.5, { image_id, message: 'No space left on device' })])
    const { status, stdout, stderr } = await glance(['report', '--os-cloud', 'sandbox-member', '-f', 'prometheus'])
    expect(status).toBe(4)
    expect(stdout).toContain('glance_tasks_up{cloud="sandbox-member",region="RegionOne"} 0\n')
    expect(stderr).toContain('error: ')
    expect(await json(glance, '--image', image_id)).toMatchObject({
      total: 1,
      failures: [{ cause: { code: 'no_space' } }],
    })
  })

  it('prints a failed task without its details, and says so', async () => {
    const { glance } = await night(TASKS, {
      faults: ({ path }) =>
        path.endsWith(`/tasks/${id(2)}`) ? { kind: 'answer', status: 500, headers: {}, body: '{}' } : undefined,
    })
    const { status, stdout, stderr } = await glance(['report', '-f', 'json'])
    expect(status).toBe(1)
    expect(JSON.parse(stdout).failures[1]).toMatchObject({ cause: { code: 'unknown' }, count: 1, examples: [id(2)] })
    expect(stderr).toContain(`1 failed task is counted without a cause: ${id(2)}.`)
  })

  it('fits a terminal, in colour', async () => {
    const { glance } = await night()
    let text = ''
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        text += chunk
        done()
      },
    })
    const world: World = { stdout: Object.assign(stdout, { isTTY: true, columns: 60 }) }
    await glance(['report'], world)
    expect(text).toContain('\u001b[31mfailure\u001b[39m')
    expect(text).toContain(`\u001b[36mprocessing\u001b[39m ${id(6)}`)
    const lines = text.replace(/\u001b\[\d+m/g, '').split('\n')
    expect(lines.filter((line) => line.length > 60)).toEqual([])
  })
})

describe('report --fail-on', () => {
  it.each([
    ['failure', 3, `error: 3 tasks failed.\nhint: Find out why with: glance-tasks explain ${id(3)}\n`],
    ['stuck', 3, `error: 1 task is stuck.\nhint: Find out why with: glance-tasks explain ${id(6)}\n`],
    [
      'failure,stuck',
      3,
      `error: 3 tasks failed, and 1 task is stuck.\nhint: Find out why with: glance-tasks explain ${id(3)}\n`,
    ],
  ])('%s ends with status 3 after the report', async (failOn, expected, message) => {
    const { glance } = await night()
    const { status, stdout, stderr } = await glance(['report', '--fail-on', failOn])
    expect({ status, stderr }).toEqual({ status: expected, stderr: message })
    expect(stdout).toMatch(/^Period/)
  })

  it('ends with 0 if there are none', async () => {
    const { glance } = await night([task(1, 'success', 1), task(2, 'pending', 1)])
    expect(await glance(['report', '--fail-on', 'failure', '--fail-on', 'stuck', '-q'])).toMatchObject({
      status: 0,
      stderr: '',
    })
  })
})

describe('report of several clouds', () => {
  /** The clouds of these tests have the real time. */
  const recent = (i: number, status: TaskStatus, hours = 1) => ({
    id: id(i),
    status,
    created_at: new Date(Date.now() - hours * HOUR).toISOString(),
  })
  const several = () =>
    severalClouds({
      east: { tasks: [recent(1, 'failure'), recent(6, 'processing', 30)] },
      west: { tasks: [recent(9, 'success')] },
    })

  it('is a list with cloud and region', async () => {
    const { glance } = await several()
    const rows = await json(glance, '--os-cloud', 'east', '--os-cloud', 'west', '--all-regions')
    expect(rows).toMatchObject([
      { cloud: 'east', region: 'RegionOne', total: 1, stuck: [{ id: id(6) }] },
      { cloud: 'east', region: 'RegionTwo', total: 0 },
      { cloud: 'west', region: 'RegionOne', total: 1 },
      { cloud: 'west', region: 'RegionTwo', total: 0 },
    ])
    const { stdout } = await glance(['report', '--os-cloud', 'east', '--os-cloud', 'west'])
    expect(stdout).toMatch(/^Cloud {5}east \(RegionOne\)\n[\s\S]+\n\nCloud {5}west \(RegionOne\)\n/)
    expect(stdout).toContain(`glance-tasks explain ${id(6)} --os-cloud east --os-region-name RegionOne\n`)
  })

  it('the hint of --fail-on names the cloud of the task', async () => {
    const { glance } = await several()
    const argv = ['report', '-f', 'json', '--os-cloud', 'west', '--os-cloud', 'east', '--fail-on']
    const { status, stderr } = await glance([...argv, 'stuck'])
    expect(status).toBe(3)
    expect(JSON.parse(stderr).error.hint).toBe(
      `Find out why with: glance-tasks explain ${id(6)} --os-cloud east --os-region-name RegionOne`,
    )
    expect(JSON.parse((await glance([...argv, 'failure,stuck'])).stderr).error).toMatchObject({
      message: '1 task failed, and 1 task is stuck.',
      hint: expect.stringContaining(`glance-tasks explain ${id(1)} --os-cloud east`),
    })
  })

  it('a cloud that fails is reported, and the others are printed', async () => {
    const { glance } = await several()
    const both = ['--os-cloud', 'down', '--os-cloud', 'west', '--retries', '0']
    const { status, stdout, stderr } = await glance(['report', '-f', 'json', ...both])
    expect(status).toBe(6)
    expect(JSON.parse(stdout)).toMatchObject([{ cloud: 'west', total: 1 }])
    expect(JSON.parse(stderr).error.message).toMatch(/^down/)
    const metrics = await glance(['report', '-f', 'prometheus', ...both])
    expect(metrics.status).toBe(6)
    expect(metrics.stdout).toMatch(/^glance_tasks_up\{cloud="down"[^}]*\} 0$/m)
    expect(metrics.stdout).toMatch(/^glance_tasks_up\{cloud="west"[^}]*\} 1$/m)
    expect(metrics.stdout).toMatch(/^glance_tasks_recent\{cloud="west",region="RegionOne",status="success"\} 1$/m)
    expect((await glance(['report', '--os-cloud', 'down', '--retries', '0'])).stdout).toBe('')
  })
})

describe('-f prometheus', () => {
  const OTHERS = COMMAND_NAMES.filter((name) => !['report', 'sandbox', 'completion'].includes(name))
  const ARGS: Record<string, string[]> = {
    get: ['0a1b2c3d'],
    wait: ['0a1b2c3d'],
    retry: ['0a1b2c3d'],
    explain: ['0a1b2c3d'],
    create: ['--type', 'import', '--input', '{}'],
    import: ['file.raw', '--name', 'x'],
  }

  it.each(OTHERS)('is for report only: %s refuses it', async (name) => {
    const { status, stdout, stderr } = await run([name, ...(ARGS[name] ?? []), '-f', 'prometheus'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('error: Only report supports -f prometheus.\nhint: Use -f table, json')
    expect(stderr).toContain('glance-tasks report -f prometheus')
  })

  it('is accepted before the command', async () => {
    const { glance } = await night()
    const { status, stdout } = await glance(['-f', 'prometheus', 'report', '--by', 'owner'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^glance_tasks_recent_by_owner\{cloud="sandbox",region="RegionOne",owner="\w+"\} 5$/m)
  })
})
