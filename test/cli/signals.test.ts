import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { finish, runBinary, start } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { type Asked, IMPORT, sandbox } from '../helpers/sandbox.js'

/** The real program, interrupted and killed: `npm run build` comes first. */

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const CREATE = ['create', '--type', 'import', '--input', JSON.stringify(IMPORT), '-f', 'json']
const isPost = ({ method, path }: Asked) => method === 'POST' && path === '/v2/tasks'

/** A slow cloud, whose Glance carries out what is posted to it before it answers, if it `answers` at all. */
async function slowCloud(answers: (asked: Asked) => boolean = () => true, slowness = 60) {
  const tasks: { id: string; request_id: string }[] = []
  const cloud = await sandbox({
    async script(asked) {
      await pause(slowness)
      if (!isPost(asked)) return answers(asked) || asked.path.startsWith('/identity/') ? undefined : 'hang'
      return {
        kind: 'change',
        async change(answer) {
          tasks.push(JSON.parse(`${answer.body}`))
          await (answers(asked) ? pause(slowness) : new Promise(() => {}))
          return answer
        },
      }
    },
  })
  const home = await folder()
  const file = join(home, 'clouds.yaml')
  await writeFile(file, cloud.cloudsYaml)
  const env = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox', HOME: home, XDG_CACHE_HOME: join(home, 'cache') }
  /** Resolves when something was asked that fits. */
  const asked = async (fits: (asked: Asked) => boolean) => {
    while (!cloud.asked.some(fits)) await pause(5)
  }
  return { cloud, tasks, env, home, asked }
}

describe('a create that is interrupted after it was sent', () => {
  it('names the task that it started', async () => {
    const { env, asked, tasks } = await slowCloud((request) => !isPost(request))
    const child = start(CREATE, env)
    await asked(isPost)
    await pause(100)
    child.kill('SIGINT')
    const { status, stdout, stderr } = await finish(child)
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' })
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'aborted',
      message: `Interrupted. The task was started: ${tasks[0]?.id}.`,
      hint: `Follow it with: glance-tasks wait ${tasks[0]?.id}`,
    })
  })

  it('says how to find it where it cannot be seen in time, and ends soon', async () => {
    const { env, asked, cloud } = await slowCloud(() => false)
    const child = start(CREATE, env)
    await asked(isPost)
    const interrupted = Date.now()
    child.kill('SIGINT')
    const { status, stderr } = await finish(child)
    expect(status).toBe(130)
    const requestId = cloud.asked.find(isPost)?.headers['x-openstack-request-id']
    expect(stderr).toContain(`glance-tasks list --request-id ${requestId}`)
    expect(Date.now() - interrupted).toBeGreaterThan(1500) // it has looked
  })

  it('ends at once at the second signal', async () => {
    const { env, asked } = await slowCloud(() => false)
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
    expect(told.filter((text) => text.includes(id) || text.includes(request_id))).toHaveLength(1)
  }
  expect(tasks.some(({ id }) => told.some((text) => text.includes(id)))).toBe(true)
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
