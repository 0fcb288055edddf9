import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/cli/commands/retry.js'
import { cloud, FAILING, INPUT } from '../../helpers/command.js'
import { optionsOf } from '../../helpers/options.js'

/** A cloud in which one task has failed. */
async function withFailed(input: object = FAILING) {
  const world = await cloud()
  const failed = await world.create(input)
  await world.glance(['wait', failed, '--poll-interval', '20ms', '-q'])
  return { ...world, failed }
}

describe('the plan of retry', () => {
  const retry = (ids: string[], given: object = {}) => parse(ids, optionsOf({ ifUnknown: 'resend' as const, ...given }))

  it('has the tasks, and how to start and to wait', () => {
    expect(retry(['task-1', 'other'])).toMatchObject({
      ids: ['task-1', 'other'],
      isOne: false,
      ifUnknown: 'resend',
      wait: undefined,
    })
    expect(retry(['task-1'], { wait: true, pollInterval: 5 })).toMatchObject({ isOne: true, wait: { pollInterval: 5 } })
  })

  it.each<[string[], object, string]>([
    [['task-1'], { timeout: 5 }, '--timeout requires --wait'],
    [['a b'], {}, 'not a task ID'],
    [['task-1'], { column: ['nothing'] }, 'Unknown column'],
  ])('%j with %j is a usage error', (ids, given, message) => {
    expect(() => retry(ids, given)).toThrow(message)
  })
})

describe('retry', () => {
  it('starts a task of the same type with the same input, to its last digit, and prints it', async () => {
    const { glance, failed, create } = await withFailed()
    const { status, stdout, stderr } = await glance(['retry', failed, '-f', 'json'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const task = JSON.parse(stdout)
    expect(task).toMatchObject({ type: 'import', status: 'pending', input: FAILING })
    expect(task.id).not.toBe(failed)

    const exact = `{"import_from":"http://h/404","import_from_format":"raw","image_properties":{"big":12345678901234567890}}`
    void create
    const argv = ['create', '--type', 'import', '--input', exact, '--wait', '--poll-interval', '20ms', '-q']
    const first = (await glance([...argv, '-f', 'value', '-c', 'id'])).stdout.trim()
    expect((await glance(['retry', first, '-f', 'json'])).stdout).toContain('"big": 12345678901234567890')
  })

  it('with --wait follows the new task, and ends with 3 when it fails again', async () => {
    const { glance, failed } = await withFailed()
    const { status, stdout } = await glance(['retry', failed, '--wait', '--poll-interval', '20ms', '-f', 'json'])
    expect(status).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'failure' })
  })

  it('warns that a task of an import, which only Glance can start, may never end', async () => {
    const ids = ['1', '2'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`)
    const tasks = ids.map((id) => ({ id, type: 'api_image_import' as const, status: 'failure' as const, input: {} }))
    const { glance } = await cloud({ tasks })
    const warned = 'Glance itself creates tasks of type api_image_import. If you create one directly, it may never end'
    const one = await glance(['retry', ids[0] ?? ''])
    expect(one).toMatchObject({ status: 0, stderr: expect.stringContaining(`warning: ${warned}`) })
    const { stderr } = await glance(['retry', ...ids])
    for (const id of ids) expect(stderr).toContain(`warning: task ${id}: ${warned}`)
  })

  it('takes ids from standard input, and prints an array', async () => {
    const { glance, failed } = await withFailed()
    const { status, stdout } = await glance(['retry', '-', '-f', 'json'], { stdin: `${failed}\n` })
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([{ status: 'pending', input: FAILING }])
    expect(await glance(['retry', '-', '-f', 'json'])).toEqual({ status: 0, stdout: '[]\n', stderr: '' })
  })

  it('starts several, each once with a separate request ID, in the order of the IDs', async () => {
    const { glance, create, box } = await cloud()
    const inputs = ['a', 'b', 'c'].map((name) => ({ ...FAILING, import_from: `http://images.example.org/${name}/404` }))
    const failed: string[] = []
    for (const input of inputs) failed.push(await create(input, '--wait', '-q', '--poll-interval', '20ms'))
    const before = box.requests.length
    const ids = [...failed, (failed[0] ?? '').toUpperCase()]
    const { status, stdout, stderr } = await glance(['retry', ...ids, '-f', 'json'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const started = JSON.parse(stdout)
    expect(started.map(({ input }: { input: object }) => input)).toEqual(inputs)
    expect(new Set(started.map((task: { request_id: string }) => task.request_id)).size).toBe(3)
    expect(
      box.requests.slice(before).filter(({ method, path }) => method === 'POST' && path.endsWith('/v2/tasks')),
    ).toHaveLength(3)
  })

  it('says with -v which of several tasks a request starts again', async () => {
    const { glance, create } = await cloud()
    const failed = [await create(FAILING), await create(FAILING)]
    await glance(['wait', ...failed, '--poll-interval', '20ms', '-q'])
    const several = await glance(['retry', ...failed, '-v'])
    for (const id of failed) expect(several.stderr).toMatch(new RegExp(`^task ${id}: .*req-`, 'm'))
    const one = await glance(['retry', failed[0] ?? '', '-v'])
    expect(one.stderr).toMatch(/^creating .*req-/im)
  })

  it('starts the others if one cannot be retried, and names that one', async () => {
    const { glance, create } = await cloud()
    const good = await create()
    const failed = await create(FAILING, '--wait', '-q', '--poll-interval', '20ms')
    const nowhere = '00000000-0000-4000-8000-000000000000'
    await glance(['wait', good, '--poll-interval', '20ms'])
    const { status, stdout, stderr } = await glance(['retry', good, nowhere, failed])
    expect(status).toBe(5)
    expect(stdout).toContain('pending')
    expect(stderr).toContain(`error: task ${good}: Task ${good} has not failed. Its status is success, and`)
    expect(stderr).toContain(`1 of 3 tasks could not be found: ${nowhere}. (HTTP 404)`)
    expect(JSON.parse((await glance(['list', '-f', 'json'])).stdout)).toHaveLength(3)
  })

  it('with --wait follows all of them, and prints them when the time is over', async () => {
    const { glance, create } = await cloud({ taskDuration: 60_000 })
    const failed = [await create(FAILING), await create(FAILING)]
    const quick = ['--poll-interval', '5s', '-f', 'json']
    await glance(['wait', ...failed, ...quick])
    const late = await glance(['retry', ...failed, '--wait', '--timeout', '20s', ...quick])
    expect(late.status).toBe(124)
    expect(JSON.parse(late.stdout)).toHaveLength(2)
    const { status, stdout } = await glance(['retry', ...failed, '--wait', ...quick])
    expect(status).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject([{ status: 'failure' }, { status: 'failure' }])
  })

  it('starts nothing if the task has not failed or does not exist', async () => {
    const { glance, create } = await cloud({ taskDuration: 3_600_000 })
    const id = await create(INPUT)
    const { status, stdout, stderr } = await glance(['retry', id])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(`Task ${id} has not failed. Its status is pending, and`)
    expect(stderr).toContain(`hint: Wait until it ends: glance-tasks wait ${id}`)
    expect(await glance(['retry', '00000000-0000-4000-8000-000000000000'])).toMatchObject({ status: 5 })
    expect(JSON.parse((await glance(['list', '-f', 'json'])).stdout)).toHaveLength(1)
  })

  it('says how to start once more what has succeeded', async () => {
    const { glance, create } = await cloud()
    const id = await create(INPUT, '--wait', '--poll-interval', '20ms')
    const { status, stderr } = await glance(['retry', id])
    expect(status).toBe(1)
    expect(stderr).toContain('glance-tasks create --type import --input -\n')
  })

  it('knows the options of a wait only with --wait', async () => {
    const { glance } = await cloud()
    const { status, stderr } = await glance(['retry', 'task-1', '--timeout', '5'])
    expect(status).toBe(2)
    expect(stderr).toContain('--timeout requires --wait')
  })
})

describe('the id of a task that was started is on stdout', () => {
  const argv = ['--wait', '--poll-interval', '5s', '-f', 'value', '-c', 'id']
  const createArgv = ['create', '--type', 'import', '--input', JSON.stringify(INPUT), ...argv]
  const newest = async ({ glance }: Awaited<ReturnType<typeof cloud>>) =>
    (await glance(['list', '--limit', '1', '-f', 'value', '-c', 'id'])).stdout

  it('when the wait for it times out', async () => {
    const world = await cloud({ taskDuration: 3_600_000 })
    const { status, stdout, stderr } = await world.glance([...createArgv, '--timeout', '30s'])
    expect({ status, stdout }).toEqual({ status: 124, stdout: await newest(world) })
    expect(stderr).toContain(`glance-tasks wait ${stdout.trim()}`)
  })

  it('when the wait for it is interrupted', async () => {
    const interruption = new AbortController()
    const world = await cloud({
      taskDuration: 3_600_000,
      faults: ({ method, path }) => {
        if (method === 'GET' && path.includes('/v2/tasks/')) interruption.abort('SIGINT')
        return undefined
      },
    })
    const { status, stdout } = await world.glance(createArgv, { signal: interruption.signal })
    expect({ status, stdout }).toEqual({ status: 130, stdout: await newest(world) })
  })

  it('when it cannot be seen', async () => {
    const world = await cloud({
      faults: ({ method, path }) =>
        method === 'GET' && path.includes('/v2/tasks/')
          ? { kind: 'answer', status: 403, headers: { 'x-openstack-request-id': 'req-1' }, body: '{}' }
          : undefined,
    })
    const { status, stdout } = await world.glance(createArgv)
    expect({ status, stdout }).toEqual({ status: 4, stdout: await newest(world) })
  })
})
