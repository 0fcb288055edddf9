import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/cli/commands/wait.js'
import { UsageError } from '../../../src/errors.js'
import { TestClock } from '../../helpers/clock.js'
import { cloud, FAILING, severalClouds } from '../../helpers/command.js'
import { optionsOf } from '../../helpers/options.js'
import { byPassword, inProject, send } from '../../helpers/sandbox.js'

const QUICK = ['--poll-interval', '20ms']
const NOWHERE = '00000000-0000-4000-8000-000000000000'

describe('the plan of wait', () => {
  it('has the tasks, the limits of the wait, and whether several clouds are searched', () => {
    const given = { timeout: 0, pollInterval: 20, any: true, osCloud: ['a', 'b', 'a'] }
    expect(parse(['task-1', '-'], optionsOf(given))).toMatchObject({
      ids: ['task-1', '-'],
      image: undefined,
      isOne: false,
      any: true,
      wait: { timeout: 0, pollInterval: 20 },
      clouds: [{ cloud: 'a' }, { cloud: 'b' }],
      isSeveral: true,
    })
  })

  it('is about one task with --image', () => {
    expect(parse([], optionsOf({ image: 'i' }))).toMatchObject({ ids: [], image: 'i', isOne: true, any: false })
    const id = '72a7c77f-5e93-4d48-903b-f98a6f7ec65d'
    expect(parse([], optionsOf({ image: id.toUpperCase() }))).toMatchObject({ image: id })
  })

  it.each<[string[], object, string]>([
    [[], {}, 'requires a task ID or --image'],
    [['task-1'], { image: 'i' }, 'cannot be used together'],
    [[], { image: '' }, '--image must not be empty'],
    [['task-1'], { pollInterval: 0 }, '--poll-interval'],
    [['a/b'], {}, 'not a task ID'],
    [['-'], { format: 'shell' }, '-f shell'],
    [['task-1'], { allRegions: true, osRegionName: 'r' }, '--all-regions'],
  ])('%j with %j is a usage error', (ids, options, message) => {
    expect(() => parse(ids, optionsOf(options))).toThrow(UsageError)
    expect(() => parse(ids, optionsOf(options))).toThrow(message)
  })
})

describe('wait', () => {
  it('for tasks that do not exist, interrupted at any moment, ends with 130, or with 5 once it has ended', async () => {
    const { glance } = await cloud()
    const statuses: number[] = []
    const ids = [NOWHERE, NOWHERE.replace('8000', '9000')]
    // The last run ends before it is interrupted.
    for (let turns = 0; statuses.at(-1) !== 5; turns++) {
      const interruption = new AbortController()
      const running = glance(['wait', ...ids], { signal: interruption.signal })
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
      interruption.abort('SIGINT')
      const { status, stderr } = await running
      expect([turns, status, stderr]).toEqual([turns, status === 5 ? 5 : 130, expect.stringMatching(/^error: /)])
      statuses.push(status)
    }
    expect(statuses.length).toBeGreaterThan(10)
  })

  it('follows several at once and prints them all', async () => {
    const { glance, create } = await cloud()
    const ids = [await create(), await create()]
    const { status, stdout } = await glance(['wait', ...ids, '--poll-interval', '20ms', '-f', 'json'])
    expect(status).toBe(0)
    expect(JSON.parse(stdout).map(({ id, status }: { id: string; status: string }) => [id, status])).toEqual(
      ids.map((id) => [id, 'success']),
    )
  })

  it('ends with 124 when its time is over, and prints the task as it was seen last', async () => {
    const { glance, create } = await cloud({ taskDuration: 3_600_000 })
    const id = await create()
    const argv = ['wait', id, '--timeout', '30s', '--poll-interval', '5s']
    const { status, stdout, stderr } = await glance([...argv, '-f', 'value', '-c', 'id,status'])
    expect({ status, stdout }).toEqual({ status: 124, stdout: `${id}\npending\n` })
    expect((await glance(argv)).stdout).toMatch(/\| status +\| pending/)
    expect(stderr).toContain('hint: The task continues. Wait for it again: glance-tasks wait ')
  })

  it('exits with 130 if it is interrupted, and says that the task continues', async () => {
    const { glance, create, clock } = await cloud({ taskDuration: 3_600_000 })
    const id = await create()
    const interrupted = (world = {}) => {
      const controller = new AbortController()
      // It is interrupted when it pauses between two polls.
      const sleep = (ms: number, signal?: AbortSignal) => {
        controller.abort()
        return clock.sleep(ms, signal)
      }
      return glance(['wait', id, '-q'], { signal: controller.signal, sleep, ...world })
    }
    const { status, stdout, stderr } = await interrupted()
    expect({ status, stdout }).toEqual({ status: 130, stdout: expect.stringContaining(id) })
    expect(stderr).toContain('The task continues')
    // Ctrl-C also ends `| jq`, which reads the output.
    const gone = new Writable({ write: (_, __, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })) })
    expect(await interrupted({ stdout: gone })).toMatchObject({ status: 130, stderr })
  })
})

describe('wait for several', () => {
  it('of which one fails ends with 3, and prints them all in the order of their ids', async () => {
    const { glance, create } = await cloud()
    const ids = [await create(), await create(FAILING), await create()]
    const { status, stdout, stderr } = await glance(['wait', '-', ...QUICK, '-f', 'json'], { stdin: ids.join('\n') })
    expect(status).toBe(3)
    expect(JSON.parse(stdout).map(({ id, status }: Record<string, string>) => [id, status])).toEqual([
      [ids[0], 'success'],
      [ids[1], 'failure'],
      [ids[2], 'success'],
    ])
    expect(stderr).toContain(`Task ${ids[1]} failed: `)
    expect(stderr).toContain(`glance-tasks explain ${ids[1]}`)
    expect(stderr).not.toContain('--os-cloud')
  })

  it('of which one is not there ends with 5, and waits for the others', async () => {
    const { glance, create } = await cloud()
    const id = await create()
    const { status, stdout, stderr } = await glance(['wait', id, NOWHERE, ...QUICK, '-f', 'json'])
    expect(status).toBe(5)
    expect(JSON.parse(stdout)).toMatchObject([{ id, status: 'success' }])
    expect(stderr).toContain(`1 of 2 tasks could not be found: ${NOWHERE}.`)
  })

  it('of which one fails and one is not there ends with 3', async () => {
    const { glance, create } = await cloud()
    const { status } = await glance(['wait', await create(FAILING), NOWHERE, ...QUICK])
    expect(status).toBe(3)
  })

  it('prints those that have ended, and the others as they were seen last, when its time is over', async () => {
    const { glance, create } = await cloud({ taskDuration: 60_000 })
    const slow = ['--poll-interval', '5s']
    const first = await create()
    await glance(['wait', first, ...slow])
    const second = await create()
    const argv = ['wait', second, first, '--timeout', '20s', ...slow, '-f', 'json']
    const { status, stdout, stderr } = await glance(argv)
    expect(status).toBe(124)
    expect(JSON.parse(stdout)).toMatchObject([
      { id: second, status: expect.stringMatching(/pending|processing/) },
      { id: first, status: 'success' },
    ])
    expect(stderr).toContain(`The task continues. Wait for it again: glance-tasks wait ${second}`)
  })

  it('prints [] and ends with 124 when none of them could be seen in time', async () => {
    const { glance } = await cloud({ faults: ({ path }) => (path.includes('/tasks') ? { kind: 'reset' } : undefined) })
    const argv = ['wait', NOWHERE, `${NOWHERE}1`, '--timeout', '20s', '--poll-interval', '5s', '-f', 'json']
    const { status, stdout, stderr } = await glance(argv)
    expect({ status, stdout }).toEqual({ status: 124, stdout: '[]\n' })
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '').error.message).toMatch(
      /^2 of 2 tasks did not end within 20 s: .*closed the connection/,
    )
  })

  it('prints no empty table when none of them could be seen: after an interruption, a timeout, and if there are none', async () => {
    const { glance } = await cloud({ faults: ({ path }) => (path.includes('/tasks') ? { kind: 'reset' } : undefined) })
    const ids = [NOWHERE, `${NOWHERE}1`]
    const interruption = new AbortController()
    interruption.abort('SIGINT')
    expect(await glance(['wait', ...ids], { signal: interruption.signal })).toMatchObject({ status: 130, stdout: '' })
    expect(await glance(['wait', ...ids, '--timeout', '1s'])).toMatchObject({ status: 124, stdout: '' })
    expect(await glance(['wait', '-'])).toMatchObject({ status: 0, stdout: '' })
    // Programs get a list nevertheless.
    const json = await glance(['wait', ...ids, '-f', 'json'], { signal: interruption.signal })
    expect(json).toMatchObject({ status: 130, stdout: '[]\n' })
    const empty = await cloud()
    expect(await empty.glance(['wait', ...ids])).toMatchObject({ status: 5, stdout: '' })
    expect(await empty.glance(['get', ...ids])).toMatchObject({ status: 5, stdout: '' })
    expect((await empty.glance(['get', ...ids, '-f', 'csv', '-c', 'id,status'])).stdout).toBe('"id","status"\n')
  })

  it('with --any ends with the first ended task, and prints only this task', async () => {
    const { glance, create } = await cloud({ taskDuration: 400 })
    const first = await create()
    await glance(['wait', first, ...QUICK])
    const second = await create()
    const { status, stdout } = await glance(['wait', '--any', second, first, ...QUICK, '-f', 'json'])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([{ id: first }])
  })

  it('asks for many at a time', async () => {
    const { glance, create, box } = await cloud({ taskDuration: 3_600_000 })
    const ids: string[] = []
    for (let i = 0; i < 40; i++) ids.push(await create())
    const before = box.requests.length
    const argv = ['wait', ...ids, '--timeout', '60s', '--poll-interval', '5s']
    const { status, stderr } = await glance(argv, { ...new TestClock(Date.now()) })
    expect(status).toBe(124)
    const asked = box.requests.slice(before).map(({ path }) => path)
    expect(asked.filter((path) => /\/tasks\/[0-9a-f-]+$/.test(path))).toEqual([])
    // At 0, 5, …, 60 s the list of those that are pending, which has them all.
    expect(asked.filter((path) => path.includes('?status='))).toHaveLength(13)
    expect(stderr.match(/^40 tasks: 40 pending$/gm)).toHaveLength(1)
  })

  it('finds nothing to wait for on an empty standard input', async () => {
    const { glance, box } = await cloud()
    expect(await glance(['wait', '-', '-f', 'json'])).toEqual({ status: 0, stdout: '[]\n', stderr: '' })
    void box
  })
})

/** What a server answers that finds a task whatever the letter case of the id, and one that mixes tasks up. */
const answering =
  (body: object) =>
  ({ path }: { path: string }) =>
    path.endsWith('/v2/tasks/ABCD')
      ? ({
          kind: 'answer',
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        } as const)
      : undefined

describe('an id in another letter case', () => {
  const failed = { id: 'abcd', type: 'import', status: 'failure', message: 'no space' }

  it.each([[['ABCD']], [['ABCD', 'abcd']]])('waits for the task: %j', async (ids) => {
    const { glance } = await cloud({ faults: answering(failed) })
    const { status, stdout, stderr } = await glance(['wait', ...ids, ...QUICK, '-f', 'value', '-c', 'id,status'])
    expect({ status, stdout: stdout.trim().split(/\s/) }).toEqual({ status: 3, stdout: ['abcd', 'failure'] })
    expect(stderr).toContain('Task abcd failed: no space')
  })

  it.each(['plain', 'auto'])(
    'prints a message of a megabyte in full on stdout only, with --progress %s',
    async (progress) => {
      const message = `${'long '.repeat(200_000)}end`
      const { glance } = await cloud({ faults: answering({ ...failed, message }) })
      const argv = ['wait', 'ABCD', ...QUICK, '--progress', progress]
      const { stdout, stderr } = await glance([...argv, '-f', 'value', '-c', 'message'])
      expect(stdout).toBe(`${message}\n`)
      expect(stderr).toMatch(
        /^task abcd: failure \((long ?)+\.\.\.\)\nerror: Task abcd failed: (long ?)+\.\.\.\nhint: /,
      )
      expect(stderr.length).toBeLessThan(3000)
    },
  )

  it('waits for the task in the cloud that has it', async () => {
    const { glance } = await severalClouds({ west: { faults: answering(failed) } })
    const argv = ['wait', 'ABCD', '--os-cloud', 'east', '--os-cloud', 'west', ...QUICK, '-f', 'json']
    const { status, stdout } = await glance(argv)
    expect(status).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ cloud: 'west', id: 'abcd' })
  })

  it('is never a success if the server returns another task', async () => {
    const { glance } = await cloud({ faults: answering({ ...failed, id: 'dcba', status: 'success' }) })
    const { status, stdout, stderr } = await glance(['wait', 'ABCD', ...QUICK, '-f', 'json'])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '').error.code).toBe('internal')
  })
})

describe('wait --image', () => {
  it('continues after an outage at its first poll, and ends at its timeout', async () => {
    let requests = 0
    const { glance } = await cloud({
      faults: ({ path }) => (path.includes('/v2/images') && ++requests < 3 ? { kind: 'reset' } : undefined),
    })
    const argv = ['wait', '--image', NOWHERE, ...QUICK, '--retries', '0']
    const { status, stderr } = await glance(argv)
    expect(status).toBe(5)
    expect(stderr).toContain(
      `closed the connection before it responded. Still searching for a task of image ${NOWHERE}.`,
    )

    requests = Number.NEGATIVE_INFINITY
    const late = await glance([...argv, '--timeout', '20s', '--poll-interval', '5s', '-f', 'json'])
    expect(late).toMatchObject({ status: 124, stdout: '' })
    expect(late.stderr).toContain(`No task of image ${NOWHERE} was found within 20 s. `)
  })

  it('takes the newest of several, in any cloud and order', async () => {
    const images =
      (...made: [string, string][]) =>
      ({ path }: { path: string }) =>
        path.includes('/v2/images/')
          ? ({
              kind: 'answer',
              status: 200,
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ tasks: made.map(([id, created_at]) => ({ id, created_at, status: 'success' })) }),
            } as const)
          : undefined
    const { glance } = await severalClouds({
      east: {
        faults: images(['b', '2026-11-23T00:00:02'], ['d', '2026-11-23T00:00:04'], ['a', '2026-11-23T00:00:01']),
      },
      west: { faults: images(['c', '2026-11-23T00:00:03']) },
    })
    for (const clouds of [
      ['east', 'west'],
      ['west', 'east'],
    ]) {
      const argv = ['wait', '--image', 'i', ...clouds.flatMap((name) => ['--os-cloud', name]), ...QUICK]
      const { status, stdout } = await glance([...argv, '-f', 'value', '-c', 'cloud,id'])
      expect({ status, stdout }).toEqual({ status: 0, stdout: 'east\nd\n' })
    }
  })

  it('says once a minute that it still searches, and for how long', async () => {
    const { glance } = await cloud({
      faults: ({ path }) => (path.includes('/v2/images') ? { kind: 'status', status: 503 } : undefined),
    })
    const { status, stderr } = await glance(['wait', '--image', NOWHERE, '--timeout', '200', '--retries', '0'])
    expect(status).toBe(124)
    expect(stderr.match(/^Still waiting after \d min$/gm)).toEqual([1, 2, 3].map((n) => `Still waiting after ${n} min`))
  })

  it('waits for the newest task of the image, without the admin role', async () => {
    const { glance, box } = await cloud({ taskDuration: 300, openTasks: false })
    const token = (
      await send(`${box.identityUrl}/auth/tokens`, {
        method: 'POST',
        body: { auth: { identity: byPassword('demo', 'demo'), scope: inProject('demo') } },
      })
    ).headers.get('x-subject-token') as string
    const image = await send(`${box.imageUrl}/v2/images`, {
      method: 'POST',
      token,
      body: { name: 'i', disk_format: 'raw', container_format: 'bare' },
    })
    const { id } = image.json
    const uri = 'http://images.example.org/image.raw'
    await send(`${box.imageUrl}/v2/images/${id}/import`, {
      method: 'POST',
      token,
      body: { method: { name: 'web-download', uri } },
    })
    const argv = ['--os-cloud', 'sandbox-member', 'wait', '--image', id, ...QUICK, '-f', 'json']
    const { status, stdout, stderr } = await glance(argv)
    expect({ status, error: stderr.includes('error:') }).toEqual({ status: 0, error: false })
    expect(JSON.parse(stdout)).toMatchObject({ type: 'api_image_import', status: 'success', image_id: id })
  })

  it('exits with 5 if the image has no task or does not exist', async () => {
    const { glance } = await cloud()
    for (const command of ['wait', 'list']) {
      const { status, stdout, stderr } = await glance([command, '--image', NOWHERE])
      expect({ status, stdout }).toEqual({ status: 5, stdout: '' })
      expect(stderr).toMatch(`error: Image ${NOWHERE} not found, or not visible to this user. (HTTP 404, request req-`)
      expect(stderr).toContain('hint: Check the ID, the cloud and the project.')
    }
  })

  it.each([
    [['wait'], 'wait requires a task ID or --image'],
    [['wait', 'task-1', '--image', 'y'], 'cannot be used together'],
    [['wait', '--image', ''], '--image must not be empty'],
  ])('%j is rejected', async (argv, message) => {
    const { glance } = await cloud()
    const { status, stderr } = await glance(argv)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
  })
})

it.each(['get', 'wait'])('%s with several IDs prints an array, though they be the same', async (command) => {
  const { glance, create } = await cloud()
  const id = await create(undefined, '--wait', ...QUICK)
  for (const [argv, stdin] of [
    [[id, id], ''],
    [[id, '-'], ''],
    [['-', id], `${id}\n`],
  ] as const) {
    const { stdout } = await glance([command, ...argv, '-f', 'json'], { stdin })
    expect(JSON.parse(stdout).map((task: { id: string }) => task.id)).toEqual([id])
  }
})
