import { describe, expect, it } from 'vitest'
import { FAILING, severalClouds } from '../../helpers/command.js'

const EAST_AND_WEST = ['--os-cloud', 'east', '--os-cloud', 'west']
const WITH_DOWN = [...EAST_AND_WEST, '--os-cloud', 'down', '--retries', '0']

/** What a list of tasks in JSON says of where they come from. */
const origins = (json: string) =>
  JSON.parse(json).map(({ cloud, region, id }: Record<string, string>) => `${cloud} ${region} ${id}`)

/** Two tasks in east, one of them in its second region, and one in west. */
async function withTasks() {
  const world = await severalClouds()
  const { create } = world
  const one = await create()
  const two = await create(undefined, '--os-region-name', 'RegionTwo')
  const west = await create(undefined, '--os-cloud', 'west')
  return { ...world, one, two, west }
}

const NOWHERE = '00000000-0000-4000-8000-000000000000'

describe('list', () => {
  it('searches several clouds, and shows the origin of each task', async () => {
    const { glance, one, west } = await withTasks()
    const { status, stdout, stderr } = await glance(['list', ...EAST_AND_WEST, '-f', 'json'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(origins(stdout).sort()).toEqual([`east RegionOne ${one}`, `west RegionOne ${west}`])
    expect(Object.keys(JSON.parse(stdout)[0]).slice(0, 2)).toEqual(['cloud', 'region'])
    expect((await glance(['list', ...EAST_AND_WEST])).stdout).toMatch(/^\| cloud +\| region +\| id /m)
  })

  it('asks all regions of a cloud, and of several clouds', async () => {
    const { glance, one, two, west } = await withTasks()
    const inEast = [`east RegionOne ${one}`, `east RegionTwo ${two}`]
    expect(origins((await glance(['list', '--all-regions', '-f', 'json'])).stdout).sort()).toEqual(inEast)
    const { stdout } = await glance(['list', '--all-regions', ...EAST_AND_WEST, '-f', 'json'])
    expect(origins(stdout).sort()).toEqual([...inEast, `west RegionOne ${west}`])
  })

  it('searches all regions of the catalog if clouds.yaml lists none', async () => {
    const { west, glance, create } = await severalClouds()
    const inOne = await create(undefined, '--os-cloud', 'west')
    const inTwo = await create(undefined, '--os-cloud', 'west', '--os-region-name', 'RegionTwo')
    const argv = ['list', '--all-regions', '--os-cloud', 'west', '-f', 'json']
    const { status, stdout, stderr } = await glance(argv)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(origins(stdout).sort()).toEqual([`west RegionOne ${inOne}`, `west RegionTwo ${inTwo}`])
    expect(west.logins()).toBeGreaterThan(0)
    const down = await glance(['list', '--all-regions', '--os-cloud', 'down', '--retries', '0', '-f', 'json'])
    expect(down.status).toBe(6)
  })

  it('does not mention clouds if there is only one', async () => {
    const { glance } = await withTasks()
    for (const argv of [['--os-cloud', 'west'], []]) {
      const [task] = JSON.parse((await glance(['list', ...argv, '-f', 'json'])).stdout)
      expect(task).not.toHaveProperty('cloud')
    }
    const twice = ['--os-cloud', 'west', '--os-cloud', 'west']
    expect(JSON.parse((await glance(['list', ...twice, '-f', 'json'])).stdout)).toHaveLength(1)
  })

  it('takes --limit for the number of tasks in all', async () => {
    const { glance } = await withTasks()
    const { stdout } = await glance(['list', '--all-regions', ...EAST_AND_WEST, '--limit', '2', '-f', 'json'])
    expect(JSON.parse(stdout)).toHaveLength(2)
  })

  it('reports an unreachable cloud, exits with its status, and prints the tasks of the others', async () => {
    const { glance, one, west } = await withTasks()
    const { status, stdout, stderr } = await glance(['list', ...WITH_DOWN, '-f', 'json'])
    expect(status).toBe(6)
    expect(origins(stdout).sort()).toEqual([`east RegionOne ${one}`, `west RegionOne ${west}`])
    expect(JSON.parse(stderr).error.message).toMatch(/^down \(RegionOne\): .*refused/)
  })

  it('prints nothing when all are down', async () => {
    const { glance } = await severalClouds()
    const { status, stdout, stderr } = await glance(['list', '--os-cloud', 'down', '--all-regions', '--retries', '0'])
    expect({ status, stdout }).toEqual({ status: 6, stdout: '' })
    expect(stderr).toContain('error: down (RegionOne): ')
  })

  it('of an image does not need all clouds to have it; nor does a report', async () => {
    const { glance } = await severalClouds()
    const source = ['import', 'http://images.example.org/x', '--name', 'n', '--disk-format', 'raw', '-q']
    const image = (await glance([...source, '-f', 'value', '-c', 'image_id'])).stdout.trim()
    const list = ['list', '--image', image, '-f', 'value', '-c', 'region']
    expect(await glance([...list, ...EAST_AND_WEST, '--all-regions'])).toEqual({
      status: 0,
      stdout: 'RegionOne\n',
      stderr: '',
    })
    expect(await glance(['report', ...list.slice(1, 3), '--all-regions', '-f', 'json'])).toMatchObject({ status: 0 })
    expect(await glance([...list, ...WITH_DOWN])).toMatchObject({ status: 6, stdout: 'RegionOne\n' })
    expect(await glance([...list, '--os-region-name', 'RegionTwo'])).toMatchObject({ status: 5, stdout: '' })
  })

  it('refuses a cloud that is not configured before any is asked, and options that exclude each other', async () => {
    const { glance, east } = await severalClouds()
    expect(await glance(['list', '--os-cloud', 'east', '--os-cloud', 'wets'])).toMatchObject({ status: 2, stdout: '' })
    expect(east.requests).toEqual([])
    expect(await glance(['list', '--all-regions', '--os-region-name', 'RegionOne'])).toMatchObject({ status: 2 })
  })

  it('is for list and wait; other commands work on one cloud', async () => {
    const { glance } = await severalClouds()
    const { status, stderr } = await glance(['get', 'task-1', ...EAST_AND_WEST])
    expect(status).toBe(2)
    expect(stderr).toContain('accepts --os-cloud only once')
  })
})

describe('wait', () => {
  it('finds each task in its cloud, and prints them in the order of their ids', async () => {
    const { glance, one, two, west } = await withTasks()
    const argv = ['wait', west, two, one, '--all-regions', ...EAST_AND_WEST, '--poll-interval', '20ms', '-f', 'json']
    const { status, stdout } = await glance(argv)
    expect(status).toBe(0)
    expect(origins(stdout)).toEqual([`west RegionOne ${west}`, `east RegionTwo ${two}`, `east RegionOne ${one}`])
  })

  it('names the cloud and the region of a failed task in its hint', async () => {
    const { glance, create } = await severalClouds()
    const failing = await create(FAILING, '--os-region-name', 'RegionTwo')
    const argv = ['wait', failing, '--all-regions', '--os-cloud', 'east', '--poll-interval', '20ms', '-q']
    const { status, stderr } = await glance(argv)
    expect(status).toBe(3)
    for (const command of ['explain', 'retry'])
      expect(stderr).toContain(`glance-tasks ${command} ${failing} --os-cloud east --os-region-name RegionTwo`)
  })

  it('reports the tasks that no cloud has, and waits for the others', async () => {
    const { glance, one } = await withTasks()
    const { status, stdout, stderr } = await glance(['wait', one, NOWHERE, ...EAST_AND_WEST, '-f', 'value'])
    expect(status).toBe(5)
    expect(stdout).toContain(one)
    expect(stderr).toContain(`1 of 2 tasks could not be found: ${NOWHERE}. (HTTP 404)`)
  })

  it('reports an unreachable cloud, and no missing tasks that may be there', async () => {
    const { glance, one } = await withTasks()
    const argv = ['wait', one, NOWHERE, ...WITH_DOWN, '--timeout', '10m', '--poll-interval', '5s', '-f', 'value']
    const { status, stdout, stderr } = await glance(argv)
    expect(status).toBe(124)
    expect(stdout).toContain(one)
    expect(stderr).toMatch(/error: down \(RegionOne\): .*its status is unknown: .*refused/)
    expect(stderr).not.toContain('could not be found')
  })

  it('does not wait for a cloud that is down when the others have all the tasks', async () => {
    const { glance, one, west } = await withTasks()
    const argv = ['wait', west, one, ...WITH_DOWN, '--poll-interval', '20ms', '-f', 'json']
    const { status, stdout, stderr } = await glance(argv)
    expect(status).toBe(0)
    expect(origins(stdout)).toEqual([`west RegionOne ${west}`, `east RegionOne ${one}`])
    expect(stderr).not.toContain('error:')
  })

  it('says why a cloud refuses if it may have the task', async () => {
    const { glance, one } = await withTasks()
    const wrong = ['--os-password', 'wrong', '--os-cloud', 'east']
    const { status, stderr } = await glance(['wait', one, ...wrong])
    expect(status).toBe(4)
    expect(stderr).toContain('Keystone rejected the login')
  })

  it('with --any ends with the first that ends anywhere', async () => {
    const { glance, create } = await severalClouds({ east: { taskDuration: 3_600_000 } })
    const slow = await create()
    const quick = await create(FAILING, '--os-cloud', 'west')
    const argv = ['wait', '--any', slow, quick, ...EAST_AND_WEST, '--poll-interval', '20ms', '-f', 'json']
    const { status, stdout, stderr } = await glance(argv)
    expect(status).toBe(3)
    expect(origins(stdout)).toEqual([`west RegionOne ${quick}`])
    expect(stderr).not.toContain('Interrupted')
  })

  it('says which had not ended in each cloud when its time is over', async () => {
    const long = { taskDuration: 3_600_000 }
    const { glance, create } = await severalClouds({ east: long, west: long })
    const ids = [await create(), await create(undefined, '--os-cloud', 'west')]
    const argv = ['wait', ...ids, ...EAST_AND_WEST, '--timeout', '20s', '--poll-interval', '5s', '-f', 'json']
    const { status, stdout, stderr } = await glance(argv)
    expect(status).toBe(124)
    expect(JSON.parse(stdout).map(({ id }: { id: string }) => id)).toEqual(ids)
    for (const id of ids) expect(stderr).toContain(`glance-tasks wait ${id}`)
  })
})
