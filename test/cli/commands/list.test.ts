import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/http/clock.js'
import type { ReadyTask } from '../../../src/sandbox/index.js'
import { cloud, commandsOf, FAILING, severalClouds } from '../../helpers/command.js'
import { type ReceivedRequest, type ScriptedAnswer, sandbox } from '../../helpers/sandbox.js'

const NEWEST = Date.parse('2026-11-23T12:00:00Z')

const id = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`

/** Tasks 0, 1, 2, …, the newest first. */
function tasks(count: number): ReadyTask[] {
  return Array.from({ length: count }, (_, i) => ({
    id: id(i),
    status: 'pending', // an ended one would have expired
    created_at: new Date(NEWEST - i * 60_000).toISOString(),
    input: { number: i },
  }))
}

/** A cloud with this many tasks, and a function that runs command lines against it. `answer` may answer instead. */
async function cloudWith(count: number, answer?: (asked: ReceivedRequest) => ScriptedAnswer | undefined) {
  const box = await sandbox({ tasks: tasks(count), ...(answer && { script: answer }) })
  return commandsOf(box, box.cloudsYaml, 'sandbox')
}

/** A stdout that fails with a system error when it is written to for the nth time. */
function failingStdout(code: string, nth: number): Writable {
  let count = 0
  return new Writable({
    write(_chunk, _encoding, done) {
      done(++count >= nth ? Object.assign(new Error(code), { code }) : null)
    },
  })
}

const idsIn = (text: string) => text.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? []

describe('list', () => {
  it('prints the tasks, newest first, in every format', async () => {
    const { glance, create } = await cloud()
    const ids = [await create(), await create()]
    const sorted = (text: string) => text.trim().split('\n').sort()
    expect(JSON.parse((await glance(['list', '-f', 'json'])).stdout)).toHaveLength(2)
    expect(sorted((await glance(['list', '-f', 'value', '-c', 'id'])).stdout)).toEqual([...ids].sort())
    expect(sorted((await glance(['list', '-f', 'jsonl', '-c', 'id'])).stdout)).toEqual(
      ids.map((id) => JSON.stringify({ id })).sort(),
    )
    expect((await glance(['list', '-f', 'csv', '-c', 'type,status'])).stdout).toMatch(
      /^"type","status"\n"import","\w+"\n/,
    )
    expect((await glance(['list', '-f', 'yaml'])).stdout).toContain(`- id: ${ids[0]}`)
    expect((await glance(['list'])).stdout).toContain(`| ${ids[1]} |`)
  })

  it('prints an empty list as one', async () => {
    const { glance } = await cloud()
    expect(await glance(['list', '-f', 'json'])).toEqual({ status: 0, stdout: '[]\n', stderr: '' })
    expect((await glance(['list', '-f', 'value'])).stdout).toBe('')
    expect((await glance(['list', '-f', 'yaml'])).stdout).toBe('[]\n')
  })

  it('makes one request for three tasks with --limit 3', async () => {
    const { glance, create, box } = await cloud()
    for (let i = 0; i < 5; i++) await create()
    const before = box.requests.length
    expect(JSON.parse((await glance(['list', '--limit', '3', '-f', 'json'])).stdout)).toHaveLength(3)
    const asked = box.requests.slice(before).filter(({ path }) => path.startsWith('/v2/tasks'))
    expect(asked.map(({ path }) => path)).toEqual(['/v2/tasks?limit=3'])
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

describe('list --long with a task whose details cannot be fetched', () => {
  const one404 = ({ path }: ReceivedRequest): ScriptedAnswer | undefined =>
    path.endsWith(id(3)) ? { status: 404, headers: { 'x-openstack-request-id': 'req-1' } } : undefined

  it('marks the task in the data, names it, and ends with 1', async () => {
    const { glance } = await cloudWith(5, one404)
    const { status, stdout, stderr } = await glance(['list', '--long', '-f', 'json'])
    expect(status).toBe(1)
    const found = JSON.parse(stdout)
    expect(found.map((task: object) => '_incomplete' in task)).toEqual([false, false, false, true, false])
    expect(found[3]._incomplete).toBe('it no longer exists')
    expect(stderr).toContain(`warning: the details of task ${id(3)} are missing: it no longer exists\n`)
  })

  it('names it also with --quiet, and as JSON if the output is JSON', async () => {
    const { glance } = await cloudWith(5, one404)
    const { status, stderr } = await glance(['list', '--long', '-q', '-f', 'json'])
    expect(status).toBe(1)
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'incomplete',
      message: `1 of 5 tasks are shown without their details: ${id(3)}.`,
    })
  })

  it('has a column for it', async () => {
    const { glance } = await cloudWith(5, one404)
    const { stdout } = await glance(['list', '--long', '-q', '-f', 'csv', '-c', 'id,_incomplete', '--no-header'])
    expect(stdout.split('\n').slice(2, 4)).toEqual([`"${id(2)}",""`, `"${id(3)}","it no longer exists"`])
  })

  it('ends with 0 when all tasks are complete', async () => {
    const { glance } = await cloudWith(5)
    const { status, stdout, stderr } = await glance(['list', '--long', '-f', 'json'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).not.toContain('_incomplete')
  })
})

describe('a list that breaks in the middle', () => {
  const secondPageFails = ({ query }: ReceivedRequest): ScriptedAnswer | undefined =>
    query.has('marker') ? { status: 403 } : undefined

  it.each(['table', 'json', 'jsonl', 'yaml', 'csv', 'value'])('prints in %s what came', async (format) => {
    const { glance } = await cloudWith(30, secondPageFails)
    const { status, stdout, stderr } = await glance(['list', '--page-size', '10', '-f', format])
    expect(status).toBe(4)
    expect(new Set(idsIn(stdout).filter((each) => each.startsWith('00000000-')))).toEqual(
      new Set(tasks(10).map(({ id }) => id)),
    )
    expect(stdout.endsWith('\n')).toBe(true)
    expect(stderr).toContain('403')
  })

  it('closes neither the array nor the table', async () => {
    const { glance } = await cloudWith(30, secondPageFails)
    const { stdout } = await glance(['list', '--page-size', '10', '-f', 'json'])
    expect(() => JSON.parse(stdout)).toThrow()
    expect(JSON.parse(`${stdout}]`)).toHaveLength(10)
    const table = (await glance(['list', '--page-size', '10'])).stdout.trimEnd().split('\n')
    expect(table.at(-1)).toContain(id(9))
  })

  it('prints nothing when nothing came', async () => {
    const { glance } = await cloudWith(30, ({ path }) => (path.includes('/tasks') ? { status: 403 } : undefined))
    for (const format of ['table', 'json', 'csv'])
      expect(await glance(['list', '-f', format])).toMatchObject({ status: 4, stdout: '' })
  })

  it('prints the tasks of the other clouds too, and what came of the one that breaks', async () => {
    const shared = { tasks: tasks(30) }
    const broken = {
      tasks: tasks(30).map((task) => ({ ...task, id: `${task.id}`.replace('00000000', '11111111') })),
      script: secondPageFails,
    }
    const { glance } = await severalClouds({ east: shared, west: broken })
    const argv = ['list', '--os-cloud', 'east', '--os-cloud', 'west', '--page-size', '10']
    const { status, stdout, stderr } = await glance(argv)
    expect(status).toBe(4)
    expect(idsIn(stdout).filter((each) => each.startsWith('00000000-'))).toHaveLength(30)
    expect(idsIn(stdout).filter((each) => each.startsWith('11111111-'))).toHaveLength(10)
    expect(stderr).toMatch(/^error: west \(RegionOne\): /m)
  })
})

describe('a stdout that fails', () => {
  const detailsHang = ({ path }: ReceivedRequest): ScriptedAnswer | undefined =>
    Number(path.split('-').at(-1)) >= 1 && path.includes('/tasks/') ? 'hang' : undefined

  /** Runs `list --long` with that stdout, and counts the pauses: a request that is sent again pauses first. */
  async function longList(format: string, stdout: Writable) {
    let pauses = 0
    const sleep = async (ms: number, signal?: AbortSignal) => {
      pauses++
      return systemClock.sleep(ms, signal)
    }
    const { glance } = await cloudWith(250, detailsHang)
    const { status, stderr } = await glance(['list', '--long', '-f', format], { stdout, sleep })
    await new Promise(setImmediate)
    return { status, stderr, pauses }
  }

  it('ends quietly with 0 when the reader has gone, and sends nothing again', async () => {
    expect(await longList('jsonl', failingStdout('EPIPE', 1))).toEqual({ status: 0, stderr: '', pauses: 0 })
  })

  it('ends with an error when the disk is full, and sends nothing again', async () => {
    const { status, stderr, pauses } = await longList('yaml', failingStdout('ENOSPC', 1))
    expect({ status, pauses }).toEqual({ status: 1, pauses: 0 })
    expect(stderr).toMatch(/^error: .*no space left on the device.*\nhint: .*\n$/)
  })
})

describe('filters that cannot mean what they say', () => {
  it.each([
    [
      ['--since', '2h', '--until', '3h'],
      /^error: No task can match: since \(.*Z\) is later than until \(.*Z\)\.\nhint: Swap/,
    ],
    [
      ['--until', '2026-02-31'],
      /^error: --until: 2026-02-31 is not a valid date\.\nhint: The last day of that month is 2026-02-28\.\n$/,
    ],
    [
      ['--sort', 'status', '--sort', 'id'],
      /^error: --sort was given twice: "status" and "id"\.\nhint: Glance sorts by one/,
    ],
    [
      ['--sort', 'status,id'],
      /^error: --sort: "status,id" is more than one column\.\nhint: Glance sorts by one column only\./,
    ],
    [['--sort-key', 'status', '--sort-key', 'id'], /^error: --sort-key was given twice/],
    [['--owner', 'a', '--owner', 'b'], /^error: --owner was given twice: "a" and "b"\.\nhint: Use --owner once\./],
    [['--image', 'a', '--image', 'b'], /^error: --image was given twice/],
    [['--since', '2h', '--since', '1h'], /^error: --since was given twice/],
    [['--marker', 'a', '--marker', 'b'], /^error: --marker was given twice/],
  ])('%j is refused before any login', async (argv, message) => {
    const { glance, box } = await cloudWith(1)
    const { status, stdout, stderr } = await glance(['list', ...argv])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(box.requests).toEqual([])
  })

  it.each([
    ['imprt', 'Did you mean "import"?'],
    ['download', 'The known types are import, api_image_import, location_import.'],
    ['api-image', 'Did you mean "api_image_import"?'],
    ['frobnicate', 'The known types are import, api_image_import, location_import.'],
  ])('--type %s gives a warning, since a newer server may know it', async (type, remedy) => {
    const { glance } = await cloudWith(1)
    const { status, stdout, stderr } = await glance(['list', '--type', `api_image_import,${type}`, '-f', 'json'])
    expect({ status, stdout }).toEqual({ status: 0, stdout: '[]\n' })
    expect(stderr).toBe(`warning: Unknown task type "${type}". ${remedy}\n`)
  })

  it.each([
    [['--user-id', 'alice'], '--user-id expects a user ID, not a name: openstack user show alice -f value -c id'],
    [['--request-id', '5'], '--request-id expects a request ID, which starts with req-'],
  ])('%j finds nothing, and the warning says what is needed', async (argv, text) => {
    const { glance } = await cloudWith(1)
    const { status, stdout, stderr } = await glance(['list', ...argv, '-f', 'json'])
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: '[]\n',
      stderr: `warning: No task found. ${text}\n`,
    })
    expect((await glance(['list', ...argv, '-q'])).stderr).toBe('')
  })

  it.each([
    ['--owner', '13d7bc3dd0584ff589dc7a6c2b7e386b'],
    ['--owner', '13d7bc3d-d058-4ff5-89dc-7a6c2b7e386b'],
    ['--user-id', '13d7bc3dd0584ff589dc7a6c2b7e386b13d7bc3dd0584ff589dc7a6c2b7e386b'],
    ['--request-id', 'req-1'],
    ['--type', 'location_import'],
  ])('%s %s may well find nothing', async (...argv) => {
    const { glance } = await cloudWith(1)
    expect(await glance(['list', ...argv, '-f', 'json'])).toEqual({ status: 0, stdout: '[]\n', stderr: '' })
  })

  it('says why the image of an import has no tasks', async () => {
    const { glance, create } = await cloudWith(0)
    const task = await create(undefined, '--wait', '--poll-interval', '20ms')
    const image = (await glance(['get', task, '-f', 'value', '-c', 'result.image_id'])).stdout.trim()
    const { status, stdout, stderr } = await glance(['list', '--image', image, '-f', 'json'])
    expect({ status, stdout }).toEqual({ status: 0, stdout: '[]\n' })
    expect(stderr).toContain(`jq 'select(.result.image_id == "${image}")'`)
  })
})

describe('the order of a list', () => {
  it('is by id when asked so, which Glance itself cannot do', async () => {
    const { glance } = await cloudWith(30)
    const idsBy = async (sort: string, ...more: string[]) =>
      idsIn((await glance(['list', '--sort', sort, '-f', 'value', '-c', 'id', ...more])).stdout)
    const sorted = tasks(30).map(({ id }) => `${id}`)
    expect(await idsBy('id:asc', '--page-size', '10')).toEqual(sorted)
    expect(await idsBy('id', '--limit', '3')).toEqual(sorted.reverse().slice(0, 3))
  })

  it('takes the name of a column as -c does', async () => {
    const { glance, box } = await cloudWith(3)
    expect((await glance(['list', '--sort', 'Updated-At:asc'])).status).toBe(0)
    expect(box.requests.at(-1)?.path).toContain('sort_key=updated_at')
  })

  it('says which column was meant', async () => {
    const { glance } = await cloudWith(3)
    const { status, stderr } = await glance(['list', '--sort', 'creatd_at'])
    expect(status).toBe(1)
    expect(stderr).toMatch(/^hint: Did you mean "created_at"\? Sort by id, type, /m)
  })
})

describe('an id that is not found', () => {
  const whole = '0000000a-0000-4000-8000-00000000000b'
  const NO_SUCH_ID =
    'No task has an ID that begins with 0000000a. The server deletes ended tasks after some days. List the existing ones: glance-tasks list'
  it.each([
    ['get', '0000000a', NO_SUCH_ID],
    [
      'get',
      whole.toUpperCase(),
      'The server deletes ended tasks after some days. List the existing tasks: glance-tasks list',
    ],
    [
      'get',
      'my-task',
      'A task ID looks like 72a7c77f-5e93-4d48-903b-f98a6f7ec65d. List the existing tasks: glance-tasks list',
    ],
    ['get', whole, 'The server deletes ended tasks after some days. List the existing tasks: glance-tasks list'],
    ['list', '0000000a', NO_SUCH_ID],
    ['list', whole, 'A marker is the ID of an existing task. Omit the marker, or use another one.'],
  ])('%s says what is wrong with %s', async (command, id, hint) => {
    const { glance } = await cloudWith(3)
    const { status, stderr } = await glance([command, ...(command === 'list' ? ['--marker', id] : [id])])
    expect(status).not.toBe(0)
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(`hint: ${hint}`)
  })
})
