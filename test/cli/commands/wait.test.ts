import { describe, expect, it } from 'vitest'
import { cloud, FAILING } from '../../helpers/command.js'
import { byPassword, inProject, send } from '../../helpers/sandbox.js'

const QUICK = ['--poll-interval', '20ms']
const NOWHERE = '00000000-0000-4000-8000-000000000000'

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

  it('prints those that have ended when its time is over', async () => {
    const { glance, create } = await cloud({ taskDuration: 400 })
    const first = await create()
    await glance(['wait', first, ...QUICK])
    const second = await create()
    const argv = ['wait', first, second, '--timeout', '50ms', ...QUICK, '-f', 'json']
    const { status, stdout, stderr } = await glance(argv)
    expect(status).toBe(124)
    expect(JSON.parse(stdout)).toMatchObject([{ id: first }])
    expect(stderr).toContain(`The task goes on; take it up again with: glance-tasks wait ${second}`)
  })

  it('with --any is content with the first that ends', async () => {
    const { glance, create } = await cloud({ taskDuration: 400 })
    const first = await create()
    await glance(['wait', first, ...QUICK])
    const second = await create()
    const { status, stdout } = await glance(['wait', '--any', second, first, ...QUICK, '-f', 'json'])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([{ id: first }])
  })

  it('asks for many at a time', async () => {
    const { glance, create, box } = await cloud({ taskDuration: 1500 })
    const ids: string[] = []
    for (let i = 0; i < 40; i++) ids.push(await create())
    const before = box.requests.length
    const { status, stderr } = await glance(['wait', ...ids, '--poll-interval', '100ms'])
    expect(status).toBe(0)
    const asked = box.requests.slice(before).map(({ path }) => path)
    expect(asked.filter((path) => /\/tasks\/[0-9a-f-]+$/.test(path)).length).toBeLessThan(60) // one each, when it has ended
    expect(asked.filter((path) => path.includes('?status=')).length).toBeGreaterThan(2)
    expect(stderr).toMatch(/^40 tasks: .*\d+ (pending|processing)/m)
    expect(stderr.split('\n').length).toBeLessThan(40)
  })

  it('finds nothing to wait for on an empty standard input', async () => {
    const { glance, box } = await cloud()
    expect(await glance(['wait', '-', '-f', 'json'])).toEqual({ status: 0, stdout: '[]\n', stderr: '' })
    void box
  })
})

describe('wait --image', () => {
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

  it('ends with 5 where the image has no task, or is not there', async () => {
    const { glance } = await cloud()
    for (const command of ['wait', 'list']) {
      const { status, stdout, stderr } = await glance([command, '--image', NOWHERE])
      expect({ status, stdout }).toEqual({ status: 5, stdout: '' })
      expect(stderr).toMatch(`error: There is no image ${NOWHERE} here that this user may see. (HTTP 404, request req-`)
      expect(stderr).toContain('hint: Check its id, the cloud and the project.')
    }
  })

  it.each([
    [['wait'], 'wait needs the id of a task, or --image'],
    [['wait', 'x', '--image', 'y'], 'exclude each other'],
    [['wait', '--image', ''], '--image must not be empty'],
  ])('%j cannot be meant', async (argv, message) => {
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

describe('get of several', () => {
  it('prints those that are there, names the missing ones, and ends with 5', async () => {
    const { glance, create } = await cloud()
    const ids = [await create(), await create()]
    const { status, stdout, stderr } = await glance(['get', ids[0] ?? '', NOWHERE, ids[1] ?? '', '-f', 'json'])
    expect(status).toBe(5)
    expect(JSON.parse(stdout).map(({ id }: { id: string }) => id)).toEqual(ids)
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'not_found',
      message: `1 of 3 tasks could not be found: ${NOWHERE}.`,
    })
  })
})

describe('list --long', () => {
  it('shows input, message and result, task by task in their order', async () => {
    const { glance, create, box } = await cloud()
    for (const input of [undefined, FAILING, undefined]) await create(input)
    const plain = JSON.parse((await glance(['list', '-f', 'json'])).stdout)
    const before = box.requests.length
    const { status, stdout } = await glance(['list', '--long', '-f', 'json'])
    expect(status).toBe(0)
    const whole = JSON.parse(stdout)
    expect(whole.map(({ id }: { id: string }) => id)).toEqual(plain.map(({ id }: { id: string }) => id))
    for (const task of whole) expect(Object.keys(task)).toEqual(expect.arrayContaining(['input', 'message', 'result']))
    expect(box.requests.slice(before).filter(({ path }) => /\/v2\/tasks/.test(path))).toHaveLength(4)
    expect((await glance(['list', '--long', '-c', 'message', '-f', 'value'])).status).toBe(0)
    expect((await glance(['list', '--long'])).stdout).toContain('| message ')
  })
})
