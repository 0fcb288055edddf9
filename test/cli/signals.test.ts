import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { finish, runBinary, start } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { tokenReply } from '../helpers/fake-cloud.js'
import { type Asked, serve, type Told } from '../helpers/server.js'

/** The real program, interrupted and killed: `npm run build` comes first. */

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const CREATE = ['create', '--type', 'x', '--input', '{}', '-f', 'json']

/** A slow cloud, which keeps what is posted to it before it answers; `script` may answer otherwise. */
async function slowCloud(script: (asked: Asked) => Told | undefined = () => undefined, slowness = 60) {
  const tasks: Record<string, unknown>[] = []
  const server = await serve(async (asked): Promise<Told> => {
    await pause(slowness)
    if (asked.path.endsWith('/auth/tokens')) {
      const { headers, body } = tokenReply('token', {}, server.url)
      return { status: 201, headers: headers ?? {}, json: body }
    }
    const id = `task-${String(tasks.length).padStart(3, '0')}`
    if (asked.method === 'POST') {
      const request_id = asked.headers['x-openstack-request-id']
      tasks.push({ ...JSON.parse(asked.body), id, status: 'pending', request_id })
    }
    const other = script(asked)
    if (other) return other
    await pause(asked.method === 'POST' ? slowness : 0)
    if (asked.method === 'POST') return { status: 201, json: tasks.at(-1) }
    const one = tasks.find((task) => asked.path.endsWith(`/${task.id}`))
    const wanted = asked.query.get('request_id')
    return { json: one ?? { tasks: tasks.filter(({ request_id }) => wanted === null || wanted === request_id) } }
  })
  const home = await folder()
  const file = join(home, 'clouds.yaml')
  await writeFile(
    file,
    `clouds:\n  slow:\n    auth: {auth_url: "${server.url}v3", username: u, password: p, project_name: x, user_domain_id: default, project_domain_id: default}\n`,
  )
  const env = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'slow', HOME: home, XDG_CACHE_HOME: join(home, 'cache') }
  /** Resolves when something was asked that fits. */
  const asked = async (fits: (asked: Asked) => boolean) => {
    while (!server.asked.some(fits)) await pause(5)
  }
  return { server, tasks, env, home, asked }
}

const isPost = ({ method, path }: Asked) => method === 'POST' && path.endsWith('/tasks')

describe('a create that is interrupted after it was sent', () => {
  it('names the task that it started', async () => {
    const { env, asked } = await slowCloud((request) => (isPost(request) ? 'hang' : undefined))
    const child = start(CREATE, env)
    await asked(isPost)
    await pause(100)
    child.kill('SIGINT')
    const { status, stdout, stderr } = await finish(child)
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' })
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'aborted',
      message: 'Interrupted. The task was started: task-000.',
      hint: 'Follow it with: glance-tasks wait task-000',
    })
  })

  it('says how to find it where it cannot be seen in time, and ends soon', async () => {
    const { env, asked, server } = await slowCloud(() => 'hang')
    const child = start(CREATE, env)
    await asked(isPost)
    const interrupted = Date.now()
    child.kill('SIGINT')
    const { status, stderr } = await finish(child)
    expect(status).toBe(130)
    const requestId = server.asked.find(isPost)?.headers['x-openstack-request-id']
    expect(stderr).toContain(`glance-tasks list --request-id ${requestId}`)
    expect(Date.now() - interrupted).toBeGreaterThan(1500) // it has looked
  })

  it('ends at once at the second signal', async () => {
    const { env, asked } = await slowCloud(() => 'hang')
    const child = start(CREATE, env)
    await asked(isPost)
    child.kill('SIGINT')
    await asked(({ method }) => method === 'GET') // it looks for the task now
    child.kill('SIGINT')
    expect(await finish(child)).toMatchObject({ status: null, signal: 'SIGINT', stdout: '' })
  })
})

it('interrupted at any moment, no create leaves a task that nobody is told of', async () => {
  const { env, tasks } = await slowCloud()
  const told: string[] = []
  for (let ms = 0; ms < 600; ms += 40) {
    const child = start(CREATE, env)
    setTimeout(() => child.kill('SIGINT'), ms)
    const { stdout, stderr } = await finish(child)
    told.push(stdout + stderr)
  }
  await pause(300)
  for (const { id, request_id } of tasks) {
    expect(told.filter((text) => text.includes(`${id}`) || text.includes(`${request_id}`))).toHaveLength(1)
  }
  expect(told.some((text) => text.includes('task-'))).toBe(true)
})

it('killed at any moment, it leaves no half-written token, and a create that says what it does can be found', async () => {
  const { env, home, tasks } = await slowCloud(undefined, 20)
  for (let ms = 60; ms < 500; ms += 30) {
    const before = tasks.length
    const child = start([...CREATE, '-v'], { ...env, XDG_CACHE_HOME: join(home, `cache-${ms}`) })
    setTimeout(() => child.kill('SIGKILL'), ms)
    const { stderr } = await finish(child)
    await pause(60)
    const [requestId] = /req-[0-9a-f-]+/.exec(stderr) ?? []
    for (const { request_id } of tasks.slice(before)) expect(request_id).toBe(requestId)
    for (const file of await tokenFiles(join(home, `cache-${ms}`))) {
      expect(() => JSON.parse(file), `after ${ms} ms`).not.toThrow()
    }
    const next = await runBinary(['list', '-f', 'json'], { ...env, XDG_CACHE_HOME: join(home, `cache-${ms}`) })
    expect(next).toMatchObject({ status: 0, stderr: '' })
  }
})

/** The texts of the tokens that are kept; files that were never finished are none. */
async function tokenFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  return Promise.all(names.filter((name) => name.endsWith('.json')).map((name) => readFile(join(folder, name), 'utf8')))
}
