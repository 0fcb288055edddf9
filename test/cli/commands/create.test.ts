import { describe, expect, it } from 'vitest'
import type { SandboxOptions } from '../../../src/sandbox/index.js'
import { TestClock } from '../../helpers/clock.js'
import { commandsOf, FAILING, INPUT } from '../../helpers/command.js'
import { type Asked, sandbox, type Told } from '../../helpers/sandbox.js'

/** A cloud whose requests meet what a script says, and a way to create in it. */
async function cloud(script: (asked: Asked) => Told | undefined, options: SandboxOptions = {}) {
  const clock = new TestClock(Date.now())
  const box = await sandbox({ taskDuration: 50, clock, ...options, script })
  const { glance } = commandsOf(box, box.cloudsYaml, 'sandbox', clock)
  const create = (...more: string[]) =>
    glance(['create', '--type', 'import', '--input', JSON.stringify(INPUT), ...more])
  const posts = () => box.asked.filter(({ method, path }) => method === 'POST' && path === '/v2/tasks').length
  return { box, clock, glance, create, posts }
}

const isPost = ({ method, path }: Asked) => method === 'POST' && path === '/v2/tasks'
const isLogin = ({ path }: Asked) => path.startsWith('/identity')

describe('a create whose login fails says just that', () => {
  it.each<[string, Told, number]>([
    ['no answer', 'drop', 6],
    ['502', { status: 502, text: '<h1>Bad Gateway</h1>' }, 6],
    ['503', { status: 503, text: '<h1>Service Unavailable</h1>' }, 6],
    ['401', { status: 401, json: { error: { message: 'No.', code: 401, title: 'Unauthorized' } } }, 4],
  ])('%s', async (_, told, status) => {
    const { create, posts } = await cloud((asked) => (isLogin(asked) ? told : undefined))
    const ran = await create()
    expect(ran.status).toBe(status)
    expect(ran.stderr).not.toContain('not known')
    expect(ran.stderr).not.toContain('Looking')
    expect(posts()).toBe(0)
  })
})

it('a redirect starts nothing, and the error says so at once', async () => {
  const { create, posts, clock } = await cloud((asked) =>
    isPost(asked) ? { status: 302, headers: { location: 'http://elsewhere.example/' } } : undefined,
  )
  const { status, stderr } = await create()
  expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('answered 302, which leads') })
  expect(stderr).not.toContain('not known')
  expect([posts(), clock.slept]).toEqual([1, []])
})

it('an answer of a proxy is no refusal: exit status 1, the request id, and how to look', async () => {
  const { create, posts } = await cloud((asked) =>
    isPost(asked) ? { status: 403, headers: { 'content-type': 'text/html' }, text: '<h1>Forbidden</h1>' } : undefined,
  )
  const { status, stdout, stderr } = await create()
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(
    /^warning: Forbidden Looking whether the task was started \(request id req-[0-9a-f-]{36}\)\.\n/,
  )
  expect(stderr).toMatch(/^warning: Still looking whether the task was started, for \d+ s now\.$/m)
  expect(stderr).toMatch(/^error: It is not known whether the task was started\. .* \(request req-[0-9a-f-]{36}\)$/m)
  expect(stderr).toMatch(/\nhint: Look for it before you start it again: glance-tasks list --request-id req-\S+\n$/)
  expect(posts()).toBe(1)
})

it('--timeout bounds the search for the task too', async () => {
  const { create, clock } = await cloud((asked) => (isPost(asked) ? 'drop' : undefined))
  const { status, stderr } = await create('--wait', '--timeout', '5s', '-q')
  expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('After 5 s no task carries') })
  expect(clock.monotonic()).toBeLessThanOrEqual(5000)
})

it('a Glance that stays overloaded is a reason to try later', async () => {
  const { create, posts } = await cloud((asked) => {
    const headers = { 'x-openstack-request-id': asked.headers['x-openstack-request-id'] ?? '' }
    const json = { message: 'Busy.', code: '503 Service Unavailable', title: 'Service Unavailable' }
    return isPost(asked) ? { status: 503, headers, json } : undefined
  })
  const { status, stderr } = await create('--retries', '2')
  expect({ status, stderr }).toMatchObject({ status: 6, stderr: expect.stringContaining('error: Busy. (HTTP 503') })
  expect(posts()).toBe(3)
})

describe('--if-unknown', () => {
  const dropFirst = () => {
    let posts = 0
    return (asked: Asked) => (isPost(asked) && ++posts === 1 ? 'drop' : undefined)
  }

  it('resend sends the request again, and warns of a second task', async () => {
    const { create, posts } = await cloud(dropFirst())
    const { status, stderr } = await create('--if-unknown', 'resend', '-f', 'value', '-c', 'id')
    expect(status).toBe(0)
    expect(stderr).toContain('No task was found; sending the request again.')
    expect(stderr).toContain(
      'An earlier request may still start a second task. See all of them with: glance-tasks list',
    )
    expect(posts()).toBe(2)
  })

  it('is fail where it is left out', async () => {
    const { create, posts } = await cloud(dropFirst())
    expect((await create()).status).toBe(1)
    expect(posts()).toBe(1)
  })

  it('knows no other word', async () => {
    const { create, posts } = await cloud(() => undefined)
    expect(await create('--if-unknown', 'maybe')).toMatchObject({ status: 2, stdout: '' })
    expect(posts()).toBe(0)
  })

  it('is an option of retry, too', async () => {
    let posts = 0
    const { glance, clock } = await cloud((asked) => (isPost(asked) && ++posts === 2 ? 'drop' : undefined))
    const argv = ['create', '--type', 'import', '--input', JSON.stringify(FAILING), '-f', 'value', '-c', 'id']
    const id = (await glance(argv)).stdout.trim()
    clock.advance(1000)
    expect((await glance(['retry', id, '--if-unknown', 'resend'])).status).toBe(0)
    expect(posts).toBe(3)
  })
})

it('-v says the request id before anything is sent', async () => {
  const { create, box } = await cloud((asked) => (isPost(asked) ? { status: 400 } : undefined))
  const { stderr } = await create('-v', '--wait', '--timeout', '1s')
  const sent = box.asked.find(isPost)?.headers['x-openstack-request-id']
  expect(stderr).toContain(`creating a task; its request id is ${sent}`)
})
