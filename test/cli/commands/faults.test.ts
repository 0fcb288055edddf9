import { describe, expect, it } from 'vitest'
import { run, type World } from '../../helpers/cli.js'
import { TestClock } from '../../helpers/clock.js'
import { refusing } from '../../helpers/closed-port.js'
import { cloud, INPUT } from '../../helpers/command.js'
import { withSlashes } from '../../helpers/platform.js'
import { sandbox } from '../../helpers/sandbox.js'

describe('what goes wrong', () => {
  it('exits with 4 and a hint for a user without the admin role', async () => {
    const { glance } = await cloud()
    const { status, stderr } = await glance(['--os-cloud', 'sandbox-member', 'list'])
    expect(status).toBe(4)
    expect(stderr).toContain('tasks_api_access')
    expect(stderr).toMatch(/hint: .*admin/)
  })

  it('names another way if the user is not allowed to create tasks', async () => {
    const { glance } = await cloud()
    const argv = ['--os-cloud', 'sandbox-member', 'create', '--type', 'import', '--input', JSON.stringify(INPUT)]
    const { status, stderr } = await glance(argv)
    expect(status).toBe(4)
    expect(stderr).toMatch(
      /hint: .*tasks_api_access.* Ask the operator, .*glance-tasks import URL --name NAME --wait --os-cloud sandbox-member$/m,
    )
  })

  it('says what to sort by, and what a marker is', async () => {
    const { glance } = await cloud()
    const hint = async (...argv: string[]) => (await glance(['list', ...argv])).stderr.split('\nhint: ')[1]
    expect(await hint('--sort', 'bogus')).toContain('Sort by id, type, status, owner, created_at')
    for (const marker of ['nosuch', '00000000-0000-4000-8000-000000000000'])
      expect(await hint('--marker', marker)).toContain('A marker is the ID of an existing task')
  })

  it('ends with 4 for a wrong password, which is shown nowhere', async () => {
    const { glance } = await cloud()
    const { status, stdout, stderr } = await glance(['list', '--os-password', 'wr0ng-s3cret', '--debug'])
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' })
    expect(stderr).not.toContain('wr0ng-s3cret')
    expect(stderr).toContain('hint: ')
  })

  it.each([
    ['an object', { a: 1 }, '{"a":1}'],
    ['a number', 5, '5'],
    ['a list', ['a'], '["a"]'],
  ])('shows the message of a failed task also if a faulty server sends %s', async (_, message, text) => {
    const id = '11111111-2222-4333-8444-555555555555'
    const time = new Date(Date.now() - 3_600_000).toISOString()
    const other = id.replaceAll('1', '6')
    const task = { id, type: 'import', status: 'failure', owner: 'p', created_at: time, updated_at: time, message }
    let looks = 0
    const script = ({ path }: { path: string }) => {
      // A wait sees it processing first.
      if (path.endsWith(`/tasks/${other}`)) return { json: { ...task, id: other } }
      if (path.endsWith(`/tasks/${id}`)) return { json: looks++ % 2 === 0 ? { ...task, status: 'processing' } : task }
      return path.includes('/v2/tasks?') ? { json: { tasks: [task] } } : undefined
    }
    const { glance } = await cloud({ script })
    const waited = await glance(['wait', id, '-f', 'json', '--progress', 'plain'])
    expect(waited).toMatchObject({
      status: 3,
      stderr: expect.stringContaining(JSON.stringify(`Task ${id} failed: ${text}`)),
    })
    expect(JSON.parse(waited.stdout)).toEqual(task)
    expect(await glance(['wait', id, '--progress', 'json'])).toMatchObject({ status: 3 })
    const live = await glance(['wait', id, other], { terminal: { columns: 80 }, env: { TERM: 'xterm' } })
    expect(live).toMatchObject({ status: 3, stderr: expect.stringContaining(`task ${other}: failure (${text})`) })
    for (const argv of [['explain', id], ['report'], ['list', '--long'], ['get', id]])
      expect(await glance(argv)).toMatchObject({ status: 0, stdout: expect.stringContaining(id.slice(0, 8)) })
  })

  it('exits with 2 without a clouds.yaml, and lists the searched paths', async () => {
    const { status, stderr } = await run(['list'], { cwd: '/nowhere' })
    expect(status).toBe(2)
    for (const place of ['/nowhere', '.config/openstack', '/etc/openstack'])
      expect(withSlashes(stderr)).toContain(place)
  })

  it('exits with 6 if the connection is refused', async () => {
    const { status, stderr } = await run(['list', '--retries', '0'], {
      clouds: await refusing(await sandbox()),
      env: { OS_CLOUD: 'sandbox' },
    })
    expect(status).toBe(6)
    expect(stderr).toContain('the connection was refused')
  })

  it('reports a long pause before a retry', async () => {
    const { cloudsYaml: clouds } = await sandbox({
      script: ({ path }, count) =>
        /^\/v2\/tasks/.test(path) && count < 4
          ? { status: 503, headers: { 'retry-after': '7' }, text: 'busy' }
          : undefined,
    })
    const world: World = { clouds, env: { OS_CLOUD: 'sandbox' }, sleep: async () => {} }
    const { status, stderr } = await run(['list', '--retries', '9'], world)
    expect(status).toBe(0)
    expect(stderr).toMatch(/^(warning: GET http:\S+ returned 503; retrying in 7 s\n)+$/)
    expect((await run(['list', '--retries', '9', '-q'], world)).stderr).toBe('')
  })

  it('prints the request ID of a create with an unknown outcome, in JSON and as text', async () => {
    const { cloudsYaml: clouds } = await sandbox({
      script: ({ path }) => (/^\/v2\/tasks/.test(path) ? 'drop' : undefined),
    })
    const { now, monotonic, sleep } = new TestClock(Date.now())
    const world: World = { clouds, env: { OS_CLOUD: 'sandbox' }, now, monotonic, sleep }
    const argv = ['create', '--type', 'import', '--input', JSON.stringify(INPUT), '--retries', '0', '-q']
    const json = await run([...argv, '-f', 'json'], world)
    expect(json.status).toBe(1)
    expect(JSON.parse(json.stderr).error).toMatchObject({
      code: 'unknown_outcome',
      request_id: expect.stringMatching(/^req-[0-9a-f-]{36}$/),
      hint: expect.stringContaining('glance-tasks list --request-id req-'),
    })
    expect((await run(argv, world)).stderr).toMatch(/^error: It is unknown whether .* \(request req-[0-9a-f-]{36}\)\n/)
  })
})
