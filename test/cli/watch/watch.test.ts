import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/cli/commands/list.js'
import type { ReadyTask, SandboxOptions } from '../../../src/sandbox/index.js'
import { run, type World } from '../../helpers/cli.js'
import { cloud, severalClouds } from '../../helpers/command.js'
import { optionsOf } from '../../helpers/options.js'
import { TestTerminal } from '../../helpers/test-terminal.js'

const IDS = {
  ends: '11111111-1111-4111-8111-111111111111',
  fails: '22222222-2222-4222-8222-222222222222',
  done: '33333333-3333-4333-8333-333333333333',
}

/** One task that fails 13 seconds later, one that succeeds after 17, and one that has ended. */
function tasks(message = 'Disk full\nat line 3'): ReadyTask[] {
  const started = new Date(Date.now() - 3000).toISOString()
  const earlier = new Date(Date.now() - 60_000).toISOString()
  return [
    { id: IDS.fails, duration: 16_000, status: 'failure', message, created_at: started },
    { id: IDS.ends, duration: 20_000, type: 'api_image_import', created_at: started },
    { id: IDS.done, created_at: earlier },
  ]
}

const FORBIDDEN = {
  kind: 'answer',
  status: 403,
  headers: { 'content-type': 'application/json', 'x-openstack-request-id': 'req-1' },
  body: JSON.stringify({ message: 'Not allowed', code: '403 Forbidden', title: 'Forbidden' }),
} as const

const BUSY = { kind: 'answer', status: 503, headers: { 'retry-after': '42' }, body: '' } as const

const LIST_WITHOUT_IDS = {
  kind: 'answer',
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ tasks: [{}], schema: '/v2/schemas/tasks', first: '/v2/tasks' }),
} as const

type Step = () => unknown

/** A cloud, and a function that watches it. It takes a step before each refresh except the first, and sends Ctrl-C after the last. */
async function watched(options: SandboxOptions = { tasks: tasks() }) {
  const made = await cloud(options)
  const watch = async (argv: string[], steps: Step[], world: World = {}) => {
    const stop = new AbortController()
    const left = [...steps]
    const sleep: World['sleep'] = async (ms, signal) => {
      const step = left.shift()
      if (step === undefined) stop.abort('SIGINT')
      await made.clock.sleep(ms, signal)
      await step?.()
    }
    return made.glance(['list', '--watch', ...argv], { signal: stop.signal, sleep, ...world })
  }
  return { ...made, watch }
}

const nothing = () => {}

describe('list --watch in a pipe', () => {
  it('prints the list once, and then only what changes', async () => {
    const { watch } = await watched()
    const { status, stdout, stderr } = await watch(['-f', 'value', '-c', 'id,status'], [nothing, nothing, nothing])
    expect(stdout.split('\n')).toEqual([
      `${IDS.fails} pending`,
      `${IDS.ends} pending`,
      `${IDS.done} success`,
      `${IDS.fails} processing`,
      `${IDS.ends} processing`,
      `${IDS.fails} failure`,
      '',
    ])
    expect(stderr).toBe('')
    expect(status).toBe(130)
  })

  it('prints JSON lines with all keys of a list', async () => {
    const { watch } = await watched()
    const { stdout } = await watch(['-f', 'jsonl'], [nothing])
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows.map(({ id, status }) => [id, status])).toEqual([
      [IDS.fails, 'pending'],
      [IDS.ends, 'pending'],
      [IDS.done, 'success'],
      [IDS.fails, 'processing'],
      [IDS.ends, 'processing'],
    ])
    expect(rows[3]).toMatchObject({ type: 'import', updated_at: expect.any(String), schema: '/v2/schemas/task' })
  })

  it('prints one header, and the rows of a table below it', async () => {
    const { watch } = await watched()
    const { stdout } = await watch(['-c', 'id,status'], [nothing])
    expect(stdout).toBe(
      [
        '+--------------------------------------+------------+',
        '| id                                   | status     |',
        '+--------------------------------------+------------+',
        `| ${IDS.fails} | pending    |`,
        `| ${IDS.ends} | pending    |`,
        `| ${IDS.done} | success    |`,
        `| ${IDS.fails} | processing |`,
        `| ${IDS.ends} | processing |`,
        '',
      ].join('\n'),
    )
  })

  it('prints the header of an empty list, and tasks as they are created', async () => {
    const { watch, create } = await watched({})
    let id = ''
    const { stdout, stderr } = await watch(['-f', 'csv', '-c', 'id,status'], [async () => (id = await create())])
    expect(stdout).toBe(`"id","status"\n"${id}","pending"\n`)
    expect(stderr).toBe('')
  })

  it.each([{ CI: 'true' }, { TERM: 'dumb' }])('is what a terminal shows with %j', async (env) => {
    const { watch } = await watched()
    const stdout = new TestTerminal(80)
    await watch([], [nothing], { stdout, env: { ...env, NO_COLOR: '1' } })
    expect(stdout.raw).not.toContain('\u001b')
    const rows = stdout.raw.split('\n').filter((line) => line.includes(IDS.fails))
    expect(rows).toHaveLength(2)
    // The rows may be read much later.
    for (const row of rows) expect(row).toMatch(/ 2\d{3}-\d\d-\d\dT/)
  })

  it.each([[], ['-q']])('says once, also with --quiet, that a task is missing: %j', async (...quiet) => {
    const { watch } = await watched({
      tasks: [],
      faults: ({ path }) => (path.startsWith('/v2/tasks') ? LIST_WITHOUT_IDS : undefined),
    })
    const { stderr } = await watch(['-f', 'value', '-c', 'id', ...quiet], [nothing, nothing])
    expect(stderr).toBe("warning: skipped a task without an ID in the server's response\n")
  })

  it.each(['-v', '--debug', '--timing'])('is what a terminal shows with %s, which prints lines', async (option) => {
    const { watch } = await watched()
    const stdout = new TestTerminal(80)
    const { stderr } = await watch([option, '--color', 'never'], [nothing], { stdout })
    expect(stdout.raw).not.toContain('\u001b')
    expect(stderr).toContain('/v2/tasks')
  })
})

describe('a refresh of list --watch', () => {
  /** The requests for tasks since a moment. */
  const requestsOf = (box: { requests: readonly { path: string }[] }) =>
    box.requests.map(({ path }) => path).filter((path) => path.includes('/v2/tasks'))

  it('sends one small request, however long the list is', async () => {
    const { watch, box, create } = await watched({ seed: 2500 })
    let first = 0
    const { stdout } = await watch(
      ['-f', 'value', '-c', 'id'],
      [() => (first = requestsOf(box).length), nothing, create as Step, nothing],
    )
    expect(stdout.trim().split('\n')).toHaveLength(2501)
    const later = requestsOf(box)
      .slice(first)
      .filter((path) => path.startsWith('/v2/tasks?'))
    expect(later).toEqual(Array(4).fill('/v2/tasks?sort_key=updated_at&sort_dir=desc&limit=100'))
  })

  it('requests more if more has changed', async () => {
    const created_at = new Date(Date.now() - 3000).toISOString()
    const { watch, box } = await watched({
      tasks: Array.from({ length: 120 }, () => ({ created_at, duration: 20_000 })),
    })
    const { stdout } = await watch(['-f', 'value', '-c', 'status'], [nothing])
    expect(stdout.trim().split('\n')).toEqual([...Array(120).fill('pending'), ...Array(120).fill('processing')])
    expect(requestsOf(box).slice(-2)).toEqual([
      '/v2/tasks?sort_key=updated_at&sort_dir=desc&limit=100',
      '/v2/tasks?sort_key=updated_at&sort_dir=desc&limit=1000',
    ])
  })

  it('fetches with --long only the details of what has changed', async () => {
    const { watch, box } = await watched()
    let first = 0
    const steps = [() => (first = requestsOf(box).length), nothing, nothing]
    const { stdout } = await watch(['--long', '-f', 'value', '-c', 'status,message'], steps)
    expect(stdout.trim().split('\n').at(-1)).toBe('failure Disk full\\nat line 3')
    expect(
      requestsOf(box)
        .slice(first)
        .filter((path) => !path.includes('?')),
    ).toEqual([`/v2/tasks/${IDS.ends}`, `/v2/tasks/${IDS.fails}`, `/v2/tasks/${IDS.fails}`])
  })

  it('finds every change after an outage in which the details failed', async () => {
    const created_at = new Date(Date.now() - 3000).toISOString()
    let isDown = false
    const { watch, clock } = await watched({
      tasks: Array.from({ length: 150 }, (_, i) => ({ created_at, duration: 20_000 + i * 4000 })),
      faults: ({ path }) => (isDown && /tasks\/./.test(path) ? { kind: 'status', status: 503 } : undefined),
    })
    const end = () => {
      clock.advance(700_000)
      isDown = true
    }
    const { stdout } = await watch(['--long', '-f', 'value', '-c', 'status'], [end, () => (isDown = false)])
    expect(
      stdout
        .trim()
        .split('\n')
        .filter((status) => status === 'success'),
    ).toHaveLength(150)
  })

  it('keeps what leaves a filter by status, and ignores what never matched it', async () => {
    const { watch, create } = await watched()
    let id = ''
    const { stdout } = await watch(
      ['--status', 'pending', '-f', 'value', '-c', 'id,status'],
      [nothing, nothing, async () => (id = await create())],
    )
    expect(stdout.split('\n')).toEqual([
      `${IDS.fails} pending`,
      `${IDS.ends} pending`,
      `${IDS.fails} processing`,
      `${IDS.ends} processing`,
      `${IDS.fails} failure`,
      `${id} pending`,
      '',
    ])
  })

  it('shows of a list with a limit only what belongs to it', async () => {
    const { watch, create } = await watched()
    let id = ''
    // Of the two oldest, one changes.
    const { stdout } = await watch(
      ['--limit', '1', '-f', 'value', '-c', 'id,status'],
      [async () => (id = await create()), nothing],
    )
    expect(stdout.split('\n')).toEqual([expect.stringMatching(/ pending$/), `${id} pending`, `${id} success`, ''])
  })

  it('finds the project of --owner by its name', async () => {
    const { watch, create } = await watched()
    let id = ''
    const { stdout } = await watch(['--owner', 'admin', '-f', 'value', '-c', 'id'], [async () => (id = await create())])
    expect(stdout.split('\n')[3]).toBe(id)
    expect((await watch(['--owner', 'demo', '-f', 'value', '-c', 'id'], [create as Step])).stdout).toBe('')
  })

  it('reads all tasks of an image, which come in one answer', async () => {
    const image = '55555555-5555-4555-8555-555555555555'
    const started = new Date(Date.now() - 3000).toISOString()
    const { watch, box } = await watched({
      tasks: [{ id: IDS.ends, image_id: image, duration: 20_000, created_at: started }],
    })
    const { stdout, stderr } = await watch(['--image', image, '-f', 'value', '-c', 'id,status'], Array(5).fill(nothing))
    expect(stderr).toBe('')
    expect(stdout.split('\n')).toEqual([`${IDS.ends} pending`, `${IDS.ends} processing`, `${IDS.ends} success`, ''])
    expect(requestsOf(box).filter((path) => path.includes('updated_at'))).toEqual([])
  })
})

describe('list --watch when a cloud fails', () => {
  it('says once that it cannot reach the cloud, and catches up', async () => {
    let isDown = false
    const { watch } = await watched({
      tasks: tasks(),
      faults: ({ path }) => (isDown && path.includes('tasks') ? { kind: 'status', status: 503 } : undefined),
    })
    const down = () => (isDown = true)
    const up = () => (isDown = false)
    const { status, stdout, stderr } = await watch(['-f', 'value', '-c', 'id,status'], [down, nothing, nothing, up])
    expect(stderr).toMatch(
      /^warning: cannot reach the cloud since \d\d:\d\d; trying again \(503 .*\)\nwarning: the connection is working again\n$/,
    )
    expect(stdout.trim().split('\n').slice(3).sort()).toEqual([`${IDS.ends} success`, `${IDS.fails} failure`].sort())
    expect(status).toBe(130)
  })

  it('ends with the usual error if access is denied for three refreshes', async () => {
    let isDenied = false
    const { watch } = await watched({
      tasks: tasks(),
      faults: ({ path }) => (isDenied && path.includes('tasks') ? FORBIDDEN : undefined),
    })
    const deny = () => (isDenied = true)
    const allow = () => (isDenied = false)
    const ends = await watch(
      ['-f', 'value', '-c', 'id,status'],
      [deny, nothing, allow, deny, nothing, nothing, nothing],
    )
    expect(ends.status).toBe(4)
    expect(ends.stderr).toContain('\nerror: ')
    expect(ends.stdout).toContain(`${IDS.fails} failure`)
  })

  it('waits as long as the server demands', async () => {
    let isBusy = false
    const { watch, clock } = await watched({
      tasks: tasks(),
      faults: ({ path }) => (isBusy && path.includes('tasks') ? BUSY : undefined),
    })
    await watch(['-f', 'value', '-c', 'id'], [() => (isBusy = true), () => (isBusy = false), nothing])
    expect(clock.slept).toEqual([5000, 42_000, 5000])
  })

  it('ends with the usual error if the first refresh fails', async () => {
    const { watch } = await watched({
      faults: ({ path }) => (path.includes('tasks') ? FORBIDDEN : undefined),
    })
    const { status, stdout, stderr } = await watch(['-f', 'csv'], [nothing])
    expect(status).toBe(4)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^error: /)
  })

  it('watches the other clouds', async () => {
    const { glance, west } = await severalClouds({ east: { tasks: tasks() } })
    expect(west).toBeDefined()
    const stop = new AbortController()
    let refreshes = 0
    const { stdout, stderr, status } = await glance(
      [
        'list',
        '--watch',
        '--os-cloud',
        'east',
        '--os-cloud',
        'down',
        '-f',
        'value',
        '-c',
        'cloud,id',
        '--retries',
        '0',
      ],
      {
        signal: stop.signal,
        sleep: async () => {
          if (++refreshes === 2) stop.abort()
        },
      },
    )
    expect(stdout.trim().split('\n')).toEqual([`east ${IDS.fails}`, `east ${IDS.ends}`, `east ${IDS.done}`])
    expect(stderr).toMatch(/^warning: cannot reach down \(RegionOne\) since \d\d:\d\d; trying again \(.*\)\n$/)
    expect(status).toBe(130)
  })

  it('warns, also with --quiet, of a cloud that denies access, and calls it no outage', async () => {
    const { glance } = await severalClouds({
      east: { tasks: tasks() },
      west: { faults: ({ path }) => (path.includes('tasks') ? FORBIDDEN : undefined) },
    })
    const stop = new AbortController()
    let refreshes = 0
    const { stdout, stderr } = await glance(
      ['list', '--watch', '-q', '--os-cloud', 'east', '--os-cloud', 'west', '-f', 'value', '-c', 'cloud'],
      {
        signal: stop.signal,
        sleep: async () => {
          if (++refreshes === 3) stop.abort()
        },
      },
    )
    expect(stdout).toBe('east\neast\neast\n')
    expect(stderr).toMatch(/^warning: west[^:]*: Not allowed[^\n]*\n$/)
  })
})

describe('list --watch in a terminal', () => {
  const textOf = async (stdout: TestTerminal) =>
    (await stdout.lines()).join('\n').replaceAll(/\d\d:\d\d(:\d\d)?/g, '12:34')

  interface Options extends World {
    argv?: string[]
    /** What happens before each refresh but the first. */
    steps?: Step[]
    cloud?: SandboxOptions
  }

  /** The screen before each refresh but the first, and at the end. */
  async function screens(stdout: TestTerminal, options: Options = {}) {
    const { argv = [], steps = [nothing, nothing, nothing], cloud, ...world } = options
    const { watch, ...made } = await watched(cloud)
    const shown: string[] = []
    const isSecond: boolean[] = []
    const refresh = (step: Step) => async () => {
      shown.push(await textOf(stdout))
      isSecond.push(stdout.isSecondScreen)
      await step()
    }
    const ran = await watch(argv, steps.map(refresh), { stdout, ...world })
    return { ...ran, ...made, shown, isSecond, last: await textOf(stdout) }
  }

  it('shows the tasks and what changed, at 60 columns', async () => {
    const stdout = new TestTerminal(60)
    const { shown, last } = await screens(stdout)
    expect(shown[1]?.split('\n')).toEqual([
      'ID                                    STATUS        DURATION',
      `${IDS.fails}  → processing  9s`,
      `${IDS.ends}  → processing  8s`,
      `${IDS.done}  success       0s`,
      '3 tasks: 2 processing, 1 success',
      'last refresh at 12:34; next refresh in 0 s; Ctrl-C ends',
    ])
    expect(last.split('\n').slice(-3)).toEqual([
      `${IDS.done}  success       0s`,
      '3 tasks: 1 processing, 1 success, 1 failure',
      'Watched for 15 s: 1 failed; 1 has not ended.',
    ])
  })

  it('names a failure at once, and leaves the last state and a closing line, at 80 columns', async () => {
    const stdout = new TestTerminal(80)
    const { shown, last, isSecond, status, stderr } = await screens(stdout, { steps: Array(5).fill(nothing) })
    expect(shown[0]?.split('\n')).toEqual([
      'ID                                    STATUS                AGE     DURATION',
      `${IDS.fails}  pending               8s      8s`,
      `${IDS.ends}  pending               8s      8s`,
      `${IDS.done}  success               1m5s    0s`,
      '3 tasks: 2 pending, 1 success',
      'last refresh at 12:34; next refresh in 0 s; Ctrl-C ends',
    ])
    const state = [
      `task ${IDS.fails}: failure (Disk full)`,
      'ID                                    STATUS                AGE     DURATION',
      `${IDS.fails}  processing → failure  28s     16s`,
      `${IDS.ends}  processing → success  28s     20s`,
      `${IDS.done}  success               1m25s   0s`,
      '3 tasks: 2 success, 1 failure',
    ]
    expect(shown[4]?.split('\n')).toEqual([...state, 'last refresh at 12:34; next refresh in 0 s; Ctrl-C ends'])
    expect(last.split('\n')).toEqual([...state, 'Watched for 25 s: 1 succeeded, 1 failed; all tasks have ended.'])
    expect(isSecond).toEqual(Array(5).fill(true))
    expect(stdout.isSecondScreen).toBe(false)
    expect(stderr).toBe('')
    expect(status).toBe(130)
  })

  it('shows type and owner at 200 columns', async () => {
    const { shown } = await screens(new TestTerminal(200))
    const [header, first, second] = shown[1]?.split('\n') ?? []
    expect(header).toMatch(/^ID +TYPE +STATUS +OWNER +AGE +DURATION$/)
    expect(first).toMatch(new RegExp(`^${IDS.fails}  import {12}pending → processing  [0-9a-f]{32}  13s {5}9s$`))
    expect(second).toMatch(new RegExp(`^${IDS.ends}  api_image_import  pending → processing  [0-9a-f]{32}  13s {5}8s$`))
  })

  it('leaves nothing behind when it is resized', async () => {
    const stdout = new TestTerminal(200)
    const steps = [() => stdout.resize(60), () => stdout.resize(80, 5), () => stdout.resize(0, 0)]
    const { shown, last } = await screens(stdout, { steps: [...steps, nothing] })
    const countOf = (text = '') => text.split('\n').filter((line) => line.startsWith('ID ')).length
    expect(shown[1]).toMatch(/^ID +STATUS +DURATION\n/)
    expect(shown[1]?.split('\n')).toHaveLength(6)
    expect(shown[2]?.split('\n')).toEqual([
      'ID                                    STATUS                AGE     DURATION',
      expect.stringContaining('processing'),
      'and 2 more',
      '3 tasks: 2 processing, 1 success',
      expect.stringMatching('^last refresh'),
    ])
    expect([...shown, last].map(countOf)).toEqual([1, 1, 1, 1, 1])
  })

  it('shows what changed and what has not ended, if not all tasks fit', async () => {
    const many = Array.from({ length: 30 }, () => ({ status: 'success' }) as const)
    const stdout = new TestTerminal(80, 7)
    const { shown } = await screens(stdout, { cloud: { tasks: [...many, ...tasks()] } })
    const ids = (text = '') => [...text.matchAll(/[0-9a-f-]{36}/g)].map(([id]) => id)
    expect(ids(shown[1])).toEqual([expect.anything(), IDS.fails, IDS.ends])
    expect(shown[1]).toContain('\nand 30 more\n33 tasks: 2 processing, 31 success\n')
    expect(shown[1]?.split('\n')).toHaveLength(7)
  })

  it('names cloud and region as a whole at 80 columns', async () => {
    const { glance } = await severalClouds({ east: { tasks: tasks() } })
    const stdout = new TestTerminal(80)
    const stop = new AbortController()
    let shown: string[] = []
    const sleep: World['sleep'] = async () => {
      shown = await stdout.lines()
      stop.abort()
    }
    await glance(['list', '--watch', '--all-regions'], { stdout, signal: stop.signal, sleep })
    expect(shown.slice(0, 2)).toEqual([
      expect.stringMatching(/^CLOUD {2}REGION {5}ID {36}STATUS +DURATION$/),
      expect.stringMatching(`^east   RegionOne  ${IDS.fails}  pending`),
    ])
  })

  it('shows the latest notes as a whole', async () => {
    const created_at = new Date(Date.now() - 3000).toISOString()
    const failing = Array.from({ length: 9 }, (_, at) => {
      return {
        duration: 8000,
        status: 'failure',
        message: `Reason ${at} is longer than a line of 80 columns`,
        created_at,
      } as const
    })
    const { shown, last } = await screens(new TestTerminal(80, 16), {
      cloud: { tasks: failing },
      steps: [nothing, nothing],
    })
    const lines = shown[1]?.split('\n') ?? []
    expect(lines[0]).toMatch(/^task [0-9a-f-]{36}: failure \(Reason/)
    expect(lines[4]).toMatch(/^ID /)
    expect(lines).toHaveLength(16)
    expect(last.match(/^task /gm)).toHaveLength(9)
  })

  it('shows text of the server without its control sequences, and wide characters in their width', async () => {
    const message = '\u001b[31mred\u202eder\u009b2J 日本語\tend'
    const stdout = new TestTerminal(80)
    const argv = ['--long', '-c', 'id,message,status']
    const { shown } = await screens(stdout, { argv, steps: Array(5).fill(nothing), cloud: { tasks: tasks(message) } })
    const red = '\\u001b[31mred\\u202eder\\u009b2J 日本語'
    expect(shown[3]).toContain(`task ${IDS.fails}: failure\n(${red}`)
    expect(stdout.raw).not.toMatch(/\u202e|\u009b|\u001b\[31mred/)
    for (const line of (shown[3] ?? '').split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('colours the status, and marks changes in bold', async () => {
    const stdout = new TestTerminal(80)
    await screens(stdout)
    expect(stdout.raw).toContain(`\u001b[1m${IDS.fails}  \u001b[36mpending → processing`)
    expect(stdout.raw).toContain('\u001b[32m1 success')
    const plain = new TestTerminal(80)
    await screens(plain, { env: { NO_COLOR: '1' } })
    expect(plain.raw).not.toMatch(/\u001b\[\d*m/)
    const never = new TestTerminal(80)
    await screens(never, { argv: ['--color', 'never'] })
    expect(never.raw).not.toMatch(/\u001b\[\d*m/)
  })

  it('prints no messages with --quiet', async () => {
    const { shown, last } = await screens(new TestTerminal(80), { argv: ['-q'], steps: Array(4).fill(nothing) })
    expect(`${shown.at(-1)}${last}`).not.toMatch(/task |Watched/)
    expect(last).toContain('processing → failure')
  })

  it('says in its last line that it cannot reach the cloud, and keeps the last state', async () => {
    let isDown = false
    const { shown } = await screens(new TestTerminal(80), {
      steps: [() => (isDown = true), nothing, () => (isDown = false), nothing],
      cloud: {
        tasks: tasks(),
        faults: ({ path }) => (isDown && path.includes('tasks') ? { kind: 'reset' } : undefined),
      },
    })
    expect(shown[2]?.split('\n').slice(-2)).toEqual([
      '3 tasks: 2 pending, 1 success',
      expect.stringMatching(/^cannot reach the cloud since 12:34; trying again in 0 s \(.*…$/),
    ])
    expect(shown[3]).toMatch(/last refresh at/)
  })

  it('keeps a warning from before the table if the first refresh fails', async () => {
    const stdout = new TestTerminal(80)
    const { status, stderr } = await screens(stdout, {
      argv: ['--owner', 'nobody', '--retries', '0', '-q'],
      cloud: { faults: ({ path }) => (path.includes('/v2/tasks') ? { kind: 'status', status: 503 } : undefined) },
    })
    expect(status).toBe(6)
    expect(stderr).toMatch(/^warning: No project has the name or ID "nobody"\..*\nerror: /s)
  })

  it('names no task that had failed before', async () => {
    const { last } = await screens(new TestTerminal(80), {
      cloud: { tasks: [{ id: IDS.fails, status: 'failure', message: 'Disk full' }] },
    })
    expect(last).toContain(`${IDS.fails}  failure`)
    expect(last).not.toContain('task ')
  })

  it('fetches the messages of 20 failures at a refresh, and names the others without', async () => {
    const created_at = new Date(Date.now() - 3000).toISOString()
    const failing = Array.from({ length: 25 }, () => ({
      created_at,
      duration: 9000,
      status: 'failure',
      message: 'Full',
    }))
    const { box, last } = await screens(new TestTerminal(120), {
      steps: [nothing, nothing],
      cloud: { tasks: failing as ReadyTask[] },
    })
    expect(box.requests.filter(({ path }) => /tasks\/./.test(path))).toHaveLength(20)
    expect(last.match(/^task \S+: failure/gm)).toHaveLength(25)
    expect(last.match(/^task \S+: failure \(Full\)$/gm)).toHaveLength(20)
  })

  it('forgets the tasks that expire', async () => {
    const { watch, clock } = await watched()
    const stdout = new TestTerminal(80)
    const later = () => clock.set(clock.now() + 3 * 86_400_000)
    await watch([], [() => clock.advance(30_000), later, nothing], { stdout })
    expect(await textOf(stdout)).toMatch(/No task matches\.\n0 tasks\nWatched for .*: 1 succeeded, 1 failed; all tasks/)
  })

  it('says that no task matches', async () => {
    const { shown, last } = await screens(new TestTerminal(80), { argv: ['--user-id', 'nobody'], steps: [nothing] })
    expect(shown[0]?.split('\n')).toEqual([
      expect.stringMatching(/^warning: No task found\. --user-id expects a user ID/),
      expect.anything(),
      'No task matches.',
      '0 tasks',
      expect.stringMatching('^last refresh'),
    ])
    expect(last).toMatch(/Watched for 5 s: nothing changed; all tasks have ended\.$/)
  })
})

describe('the plan of list --watch', () => {
  const planOf = (options: object) => parse(optionsOf(options), 0)

  it('is an interval, by default five seconds', () => {
    expect(planOf({ watch: true }).watch).toBe(5000)
    expect(planOf({ watch: 1000 }).watch).toBe(1000)
    expect(planOf({}).watch).toBeUndefined()
  })

  it.each([
    [{ watch: 999 }, 'at least 1s'],
    [{ watch: true, marker: '5a17c0de-4c1d-4e2f-8a3b-9c0ffee00000' }, '--watch and --marker'],
    [{ watch: true, timeline: true }, '--watch and --timeline'],
    [{ watch: true, format: 'json' }, '-f json'],
    [{ watch: true, format: 'yaml' }, '-f yaml'],
    [{ watch: true, format: 'shell' }, '-f shell'],
  ])('refuses %j', (options, message) => {
    expect(() => planOf(options)).toThrow(message)
  })

  it('names jsonl instead of json', async () => {
    const { stderr, status } = await run(['list', '--watch', '-f', 'json'])
    expect(JSON.parse(stderr).error.hint).toContain('-f jsonl')
    expect(status).toBe(2)
  })

  it('names the option of a wrong interval', async () => {
    expect((await run(['list', '--watch', 'often'])).stderr).toMatch(/^error: --watch: "often" is not a duration/)
  })
})
