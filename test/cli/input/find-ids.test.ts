import { describe, expect, it } from 'vitest'
import { run } from '../../helpers/cli.js'
import { createTask, login, sandbox, type TestSandbox } from '../../helpers/sandbox.js'

/** A task in the sandbox, as the server lists and shows it. */
const row = (id: string, more: object = {}) => ({
  id,
  type: 'import',
  status: 'failure',
  owner: 'p',
  created_at: '2026-11-23T18:09:25Z',
  updated_at: '2026-11-23T18:09:25Z',
  ...more,
})

const A = '72a7c77f-5e93-4d48-903b-f98a6f7ec65d'
const B = '72a7d000-0000-4000-8000-000000000001'
const OTHER = '90000000-0000-4000-8000-000000000002'
const NOW = Date.parse('2026-11-23T18:12:30Z')

/** A cloud with these tasks. The list has two of them a page. */
async function cloudWith(...ids: string[]): Promise<TestSandbox> {
  return sandbox({
    script({ method, path, query }) {
      const [, one] = /^\/v2\/tasks\/([^?]+)$/.exec(path) ?? []
      if (one !== undefined) return ids.includes(one) ? { json: row(one) } : undefined
      if (method !== 'GET' || !path.startsWith('/v2/tasks')) return undefined
      const start = ids.indexOf(query.get('marker') ?? '') + 1
      const tasks = ids.slice(start, start + 2).map((id) => row(id))
      const next = start + 2 < ids.length ? `/v2/tasks?marker=${ids[start + 1]}` : undefined
      return { json: { tasks, next } }
    },
  })
}

const glance = (cloud: TestSandbox, ...argv: string[]) =>
  run(argv, { clouds: cloud.cloudsYaml, env: { OS_CLOUD: 'sandbox' }, now: () => NOW })

describe('a shortened ID', () => {
  it.each([['72a7c'], ['72A7C'], ['72a7c77f-5e93'], [A.slice(0, 35)]])(
    '%s finds its task on any page',
    async (short) => {
      const cloud = await cloudWith(OTHER, B, '80000000-0000-4000-8000-000000000003', A)
      const { status, stdout, stderr } = await glance(cloud, 'get', short, '-f', 'value', '-c', 'id')
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${A}\n`, stderr: '' })
      expect(cloud.to('/v2/tasks')).toHaveLength(2)
    },
  )

  it('of several tasks is an error that lists them', async () => {
    const cloud = await cloudWith(A, OTHER, B)
    expect(await glance(cloud, 'get', '72a7')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'error: The IDs of 2 tasks begin with 72a7:\n' +
        `  ${A}  import  failure  3 minutes ago\n` +
        `  ${B}  import  failure  3 minutes ago\n` +
        'hint: Type more characters of the ID.\n',
    })
    expect(cloud.asked.filter(({ path }) => path.startsWith('/v2/tasks/'))).toEqual([])
  })

  it('of many tasks names only some of them', async () => {
    const cloud = await cloudWith(...Array.from({ length: 13 }, (_, i) => `72a7${String(i).padStart(32, '0')}`))
    const { stderr } = await glance(cloud, 'get', '72a7')
    expect(stderr.split('\n')).toHaveLength(14)
    expect(stderr).toContain('\n  and 3 more\n')
  })

  it('that is also a complete ID selects this task', async () => {
    const cloud = await cloudWith('task-1', 'task-12')
    expect((await glance(cloud, 'get', 'task-1', '-f', 'value', '-c', 'id')).stdout).toBe('task-1\n')
  })

  it('of no task is not found', async () => {
    const { status, stdout, stderr } = await glance(await cloudWith(A), 'get', '72ab')
    expect({ status, stdout }).toEqual({ status: 5, stdout: '' })
    expect(stderr).toMatch(/^error: .*72ab.*\nhint: No task has an ID that begins with 72ab\. .*glance-tasks list\n$/)
  })

  it('does not stop the tasks that exist', async () => {
    const { status, stdout, stderr } = await glance(
      await cloudWith(A, OTHER),
      'get',
      '72ab',
      '9000',
      A,
      '72a7',
      '-f',
      'value',
      '-c',
      'id',
    )
    expect({ status, stdout }).toEqual({ status: 5, stdout: `${OTHER}\n${A}\n` })
    expect(stderr).toContain('1 of 3 tasks could not be found: 72ab. (HTTP 404)')
  })

  it.each([
    ['get', '72a'],
    ['wait', 'x'],
    ['retry', '1'],
    ['explain', 'abc'],
  ])('has at least four characters: %s %s', async (command, id) => {
    const { status, stderr } = await run([command, id])
    expect(status).toBe(2)
    expect(stderr).toMatch(/^error: "\w+" is too short for a task ID\.\nhint: Type at least 4 characters/)
  })

  it('needs no request if it is whole, and may lack its hyphens', async () => {
    const cloud = await cloudWith(A)
    for (const id of [A, A.toUpperCase().toLowerCase(), A.replaceAll('-', '')]) {
      expect((await glance(cloud, 'get', id, '-f', 'value', '-c', 'id')).stdout).toBe(`${A}\n`)
    }
    expect(cloud.to('/v2/tasks')).toEqual([])
  })

  it('of a user who is not allowed to list tasks is refused with the usual hint', async () => {
    const cloud = await sandbox()
    const { status, stderr } = await run(['get', '72a7'], {
      clouds: cloud.cloudsYaml,
      env: { OS_CLOUD: 'sandbox-member' },
    })
    expect(status).toBe(4)
    expect(stderr).toMatch(
      /^error: 72a7 is a shortened ID. To find the complete ID, the command must list all tasks, but this failed: You are not authorized/,
    )
    expect(stderr).toContain('\nhint: By default, only administrators can use the Tasks API (policy tasks_api_access).')
  })

  it('works for every command that takes one', async () => {
    const cloud = await sandbox({ taskDuration: 0 })
    const { json } = await createTask(cloud, await login(cloud), {
      type: 'import',
      input: { import_from: 'http://example.org/404' },
    })
    const short = json.id.slice(0, 8)
    const status = async (...argv: string[]) => (await glance(cloud, ...argv)).status
    expect(await status('wait', short)).toBe(3)
    expect(await status('explain', short)).toBe(0)
    expect(await status('retry', short)).toBe(0)
    const piped = await run(['get', '-', '-f', 'value', '-c', 'id'], {
      clouds: cloud.cloudsYaml,
      env: { OS_CLOUD: 'sandbox' },
      stdin: `${short}\n${json.id}\n`,
    })
    expect(piped.stdout).toBe(`${json.id}\n`)
  })

  it('may be the marker of a list', async () => {
    const cloud = await cloudWith(OTHER, B, A)
    const { stdout, stderr } = await glance(cloud, 'list', '--marker', '9000', '-f', 'value', '-c', 'id')
    expect({ stdout, stderr }).toEqual({ stdout: `${B}\n${A}\n`, stderr: '' })
    expect((await run(['list', '--marker', '90'])).stderr).toContain('"90" is too short for a task ID.')
  })

  it('is searched for in all clouds', async () => {
    const [one, two] = [await cloudWith(A), await cloudWith(B)]
    const both = `clouds:\n${[one, two].map(({ cloudsYaml }, i) => cloudsYaml.split('\n  sandbox-app:')[0]?.replace('clouds:\n  sandbox:', `  cloud${i}:`)).join('\n')}`
    const wait = (id: string) =>
      run(['wait', id, '--os-cloud', 'cloud0', '--os-cloud', 'cloud1', '-f', 'csv', '-c', 'cloud,id'], {
        clouds: both,
        now: () => NOW,
      })
    expect((await wait('72a7d')).stdout).toBe(`"cloud","id"\n"cloud1","${B}"\n`)
    const { status, stderr } = await wait('72a7')
    expect(status).toBe(2)
    expect(stderr).toContain(`  ${B}  import  failure  3 minutes ago  cloud1 (RegionOne)\n`)
  })
})

describe('the ID of an image', () => {
  it.each([
    ['get', 'list'],
    ['wait', 'wait'],
    ['explain', 'explain'],
  ])('in %s is recognised', async (command, meant) => {
    const cloud = await sandbox()
    const token = await login(cloud)
    const image = await (await import('../../helpers/sandbox.js')).send(`${cloud.imageUrl}/v2/images`, {
      method: 'POST',
      token,
      body: { name: 'x' },
    })
    const { status, stderr } = await glance(cloud, command, image.json.id)
    expect(status).toBe(5)
    expect(stderr).toMatch(
      new RegExp(`\nhint: This is the ID of an image. Use: glance-tasks ${meant} --image ${image.json.id}\n$`),
    )
  })
})
