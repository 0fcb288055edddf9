import { once } from 'node:events'
import { watch } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { finish, runBinary, start } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { linkCompiled, usedHome } from '../helpers/home.js'
import { needsPosix } from '../helpers/platform.js'
import { IMPORT, type ReceivedRequest, sandbox } from '../helpers/sandbox.js'

needsPosix('signals that other processes send')

/** The real program, interrupted and killed: `npm run build` comes first. */

const CREATE = ['create', '--type', 'import', '--input', JSON.stringify(IMPORT), '-f', 'json']
const isPost = ({ method, path }: ReceivedRequest) => method === 'POST' && path === '/v2/tasks'
const isLookUp = ({ method, path }: ReceivedRequest) => method === 'GET' && path.startsWith('/v2/tasks')

/** The state of a request: it has arrived, or it was executed and its answer was not sent yet. */
type Stage = 'asked' | 'carried out'

/** A cloud that calls `at` at each stage of each request, and continues when that resolves. */
async function stagedCloud(at: (stage: Stage, request: ReceivedRequest) => Promise<unknown> | undefined) {
  const tasks: { id: string; request_id: string }[] = []
  const underWay = new Set<ReceivedRequest>()
  const cloud = await sandbox({
    async script(request) {
      underWay.add(request)
      await at('asked', request)
      return {
        kind: 'change',
        async change(answer) {
          if (isPost(request)) tasks.push(JSON.parse(`${answer.body}`))
          underWay.delete(request)
          await at('carried out', request)
          return answer
        },
      }
    },
  })
  const home = await folder()
  const file = join(home, 'clouds.yaml')
  await writeFile(file, cloud.cloudsYaml)
  await linkCompiled(join(home, 'cache'))
  const env = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox', HOME: home }
  /** Resolves when the cloud has executed all requests. */
  const settled = async () => {
    while (underWay.size > 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return { cloud, tasks, home, settled, env: (cache = 'cache') => ({ ...env, XDG_CACHE_HOME: join(home, cache) }) }
}

/** A promise and what resolves it. */
function event() {
  let happen = () => {}
  const happened = new Promise<void>((resolve) => {
    happen = resolve
  })
  return { happen, happened }
}

const NEVER = new Promise<never>(() => {})

/** A cloud that carries out what is posted and never answers that; look-ups it answers, or not. */
async function cloudThatLoses(lookUps: 'answered' | 'hang') {
  const posted = event()
  const lookedUp = event()
  const staged = await stagedCloud((stage, request) => {
    if (isLookUp(request)) lookedUp.happen()
    if (isLookUp(request) && lookUps === 'hang') return NEVER
    if (!isPost(request) || stage === 'asked') return undefined
    posted.happen()
    return NEVER
  })
  return { ...staged, posted: posted.happened, lookedUp: lookedUp.happened }
}

describe('a list whose output nobody reads', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('ends at %s, and says that the output is incomplete', async (signal) => {
    const cloud = await sandbox({ seed: 3000 })
    const home = await usedHome()
    const file = join(home, 'clouds.yaml')
    await writeFile(file, cloud.cloudsYaml)
    const child = start(['list', '-f', 'json'], { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox', HOME: home })
    let stderr = ''
    child.stderr?.on('data', (text) => {
      stderr += text
    })
    // The list is longer than what the pipe and this buffer hold.
    if (child.stdout) await once(child.stdout, 'readable')
    child.kill(signal)
    expect(await once(child, 'exit')).toEqual([130, null])
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'aborted',
      message: expect.stringMatching(/^Interrupted\./),
    })
  })

  it('ends also if nobody reads its trace', async () => {
    const cloud = await sandbox({ seed: 1500 })
    const home = await usedHome()
    const file = join(home, 'clouds.yaml')
    await writeFile(file, cloud.cloudsYaml)
    const argv = ['list', '-f', 'value', '-c', 'id', '--debug', '--page-size', '20']
    const child = start(argv, { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox', HOME: home })
    let ids = ''
    for await (const text of child.stdout ?? []) {
      ids += text
      if (ids.length === 1500 * 37) break
    }
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([expect.any(Number), null])
  })
})

describe('a create that is interrupted after it was sent', () => {
  it('names the task that it started', async () => {
    const { env, posted, tasks } = await cloudThatLoses('answered')
    const child = start(CREATE, env())
    await posted
    child.kill('SIGINT')
    const { status, stdout, stderr } = await finish(child)
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' })
    expect(tasks).toHaveLength(1)
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'aborted',
      message: `Interrupted. The task was started: ${tasks[0]?.id}.`,
      hint: expect.stringContaining(`glance-tasks wait ${tasks[0]?.id}`),
    })
  })

  it('says how to find it if it does not appear in time', async () => {
    const { env, posted, cloud } = await cloudThatLoses('hang')
    const child = start(CREATE, env())
    await posted
    child.kill('SIGINT')
    const { status, stderr } = await finish(child)
    expect(status).toBe(130)
    expect(cloud.asked.filter(isLookUp)).not.toEqual([])
    const requestId = cloud.asked.find(isPost)?.headers['x-openstack-request-id']
    expect(stderr).toContain(`glance-tasks list --request-id ${requestId}`)
  })

  it('ends at once at the second signal', async () => {
    const { env, posted, lookedUp } = await cloudThatLoses('hang')
    const child = start(CREATE, env())
    await posted
    child.kill('SIGINT')
    await lookedUp
    child.kill('SIGINT')
    expect(await finish(child)).toMatchObject({ status: null, signal: 'SIGINT', stdout: '' })
  })
})

const STAGES = [
  'POST /identity/v3/auth/tokens asked',
  'POST /identity/v3/auth/tokens carried out',
  'POST /v2/tasks asked',
  'POST /v2/tasks carried out',
]

/**
 * Runs a create that gets the signal at each stage of each of its requests. The cloud stays at that stage until the
 * program has ended or asks for something else.
 */
async function createAtEachStage(signal: NodeJS.Signals) {
  let goOn = event()
  let count = 0
  let stopAt = 0
  let child: ReturnType<typeof start> | undefined
  let stoppedAt: string | undefined
  const staged = await stagedCloud((stage, request) => {
    if (++count !== stopAt) return void (count > stopAt && goOn.happen())
    stoppedAt = `${request.method} ${request.path} ${stage}`
    child?.kill(signal)
    return goOn.happened
  })
  const runs: { stoppedAt: string; told: string; tasks: typeof staged.tasks; cache: string }[] = []
  do {
    stoppedAt = undefined
    goOn = event()
    count = 0
    stopAt++
    const before = staged.tasks.length
    const cache = `cache-${stopAt}`
    await linkCompiled(join(staged.home, cache))
    child = start([...CREATE, '-v'], staged.env(cache))
    const { stdout, stderr } = await finish(child)
    goOn.happen()
    await staged.settled()
    if (stoppedAt !== undefined) {
      runs.push({
        stoppedAt,
        told: stdout + stderr,
        tasks: staged.tasks.slice(before),
        cache: join(staged.home, cache),
      })
    }
  } while (stoppedAt !== undefined)
  return { ...staged, runs }
}
it('interrupted at any moment, a create names the task that it started', async () => {
  const { runs } = await createAtEachStage('SIGINT')
  expect(runs.map(({ stoppedAt }) => stoppedAt)).toEqual(STAGES)
  for (const { stoppedAt, told, tasks } of runs) {
    expect(tasks.length, stoppedAt).toBe(stoppedAt.startsWith('POST /v2/tasks') ? 1 : 0)
    for (const { id, request_id } of tasks) expect(told.includes(id) || told.includes(request_id), stoppedAt).toBe(true)
  }
})

it('killed at any moment, a create that says what it does can be found, and the kept token is whole', async () => {
  const { runs, env } = await createAtEachStage('SIGKILL')
  expect(runs.map(({ stoppedAt }) => stoppedAt)).toEqual(STAGES)
  for (const { stoppedAt, told, tasks, cache } of runs) {
    expect(tasks.length, stoppedAt).toBe(stoppedAt.startsWith('POST /v2/tasks') ? 1 : 0)
    for (const { request_id } of tasks) expect(/req-[0-9a-f-]+/.exec(told)?.[0], stoppedAt).toBe(request_id)
    for (const token of await tokenFiles(cache)) expect(token).toHaveProperty('token')
    expect(await runBinary(['list', '-f', 'json'], env(cache)), stoppedAt).toMatchObject({ status: 0, stderr: '' })
  }
})

it.each([1, 2, 3])('killed at change %i in the folder of the tokens, it leaves a whole token or none', async (at) => {
  const killed = event()
  const { env, home } = await stagedCloud((stage, request) =>
    stage === 'asked' && isPost(request) ? killed.happened : undefined,
  )
  const tokens = join(home, 'cache/glance-tasks/tokens')
  await mkdir(tokens, { recursive: true, mode: 0o700 })
  let changes = 0
  const watcher = watch(tokens, () => {
    if (++changes !== at) return
    child.kill('SIGKILL')
    killed.happen()
  })
  const child = start(CREATE, env())
  expect(await finish(child)).toMatchObject({ signal: 'SIGKILL' })
  watcher.close()
  for (const token of await tokenFiles(tokens)) expect(token).toHaveProperty('token')
  expect(await runBinary(['list', '-f', 'json'], env())).toMatchObject({ status: 0, stderr: '' })
  expect(await tokenFiles(tokens)).toHaveLength(1)
})

/** The tokens that are kept; files that were never finished are none. */
async function tokenFiles(folder: string): Promise<unknown[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const files = names.filter((name) => name.endsWith('.json')).map((name) => readFile(join(folder, name), 'utf8'))
  return (await Promise.all(files)).map((text) => JSON.parse(text))
}
