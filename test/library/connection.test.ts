import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Agent, MockAgent } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Clock, connect } from '../../src/index.js'
import { TestClock } from '../helpers/clock.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { library } from '../helpers/library.js'
import { IMPORT, sandbox } from '../helpers/sandbox.js'

const CLOSED = { code: 'aborted', message: 'The connection to the cloud is closed.' }

describe('close()', () => {
  it('is called at the end of a block with `await using`', async () => {
    const box = await sandbox()
    let kept: Awaited<ReturnType<typeof library>>
    {
      await using cloud = await library(box.cloudsYaml)
      await cloud.tasks.list().all()
      kept = cloud
    }
    await expect(kept.tasks.list().all()).rejects.toMatchObject(CLOSED)
    expect(kept.service.closed?.aborted).toBe(true)
  })

  it('ends a list, a get and a create that are under way', async () => {
    let allHang = () => {}
    const hanging = new Promise<void>((resolve) => {
      allHang = resolve
    })
    let asked = 0
    const box = await sandbox({
      script: ({ path }) => {
        if (!path.startsWith('/v2/')) return undefined
        if (++asked === 3) allHang()
        return 'hang'
      },
    })
    const { tasks, close } = await library(box.cloudsYaml)
    const calls = [tasks.list().all(), tasks.get('a'), tasks.create({ type: 'import', input: IMPORT })]
    const ends = calls.map((call) => expect(call).rejects.toMatchObject({ code: 'aborted' }))
    await hanging
    await close()
    await Promise.all(ends)
  })

  it('ends a wait whose next poll is in an hour', async () => {
    const box = await sandbox({ taskDuration: 7_200_000 })
    const { tasks, close } = await library(box.cloudsYaml)
    const { id } = await tasks.create({ type: 'import', input: IMPORT })
    const options = { pollInterval: 3_600_000, onUpdate: () => void setImmediate(close) }
    await expect(tasks.wait(id, { ...options, timeout: 0 })).rejects.toMatchObject({ code: 'aborted' })
    const other = await library(box.cloudsYaml)
    const many = other.tasks.waitMany([id], { ...options, onUpdate: () => void setImmediate(other.close) })
    expect(await many).toMatchObject({ running: [id], error: { code: 'aborted' } })
  })

  it('makes every later call fail', async () => {
    const box = await sandbox()
    const { tasks, service, close } = await library(box.cloudsYaml)
    await tasks.list().all()
    await close()
    await close()
    const before = box.asked.length
    const calls = [
      () => tasks.get('a'),
      () => tasks.list().all(),
      () => tasks.create({ type: 'import', input: IMPORT }),
      () => tasks.retry('a'),
      () => tasks.wait('a'),
      () => tasks.waitMany(['a']),
      () => service.request({ method: 'GET', path: 'schemas/task' }),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject(CLOSED)
    expect(box.asked).toHaveLength(before)
  })
})

describe('settings that name a cloud by its auth_url', () => {
  // Otherwise, a shell with a login of its own would change whose requests a service sends.
  it('are all its settings: neither clouds.yaml nor OS_* variables count', async () => {
    const box = await sandbox()
    const env = { OS_CLOUD: 'other', OS_AUTH_TYPE: 'token', OS_TOKEN: 'foreign', OS_CLIENT_CONFIG_FILE: '/missing' }
    const { environment, write } = cloudFolder(env)
    write(
      'work/clouds.yaml',
      'clouds: {other: {region_name: RegionTwo, image_endpoint_override: http://other.invalid}}',
    )
    const settings = { 'auth.auth_url': box.identityUrl, 'auth.username': 'admin', 'auth.project_name': 'admin' }
    const warnings: string[] = []
    const cloud = await connect({
      settings: { ...settings, 'auth.password': 'secret' },
      environment,
      onWarning: (text) => warnings.push(text),
    })
    expect(await cloud.tasks.list().all()).toEqual([])
    expect(warnings).toEqual([])
    const { tasks } = await connect({ settings, environment })
    await expect(tasks.get('a')).rejects.toMatchObject({
      message: 'The cloud "options" has no password.',
      hint: "Add settings['auth.password'].",
    })
    await expect(connect({ cloud: 'other', settings, environment })).rejects.toThrow('/missing')
  })
})

it('a clock can be an object of a class', async () => {
  const clock = new (class implements Clock {
    readonly #clock = new TestClock()
    now() {
      return this.#clock.now()
    }
    monotonic() {
      return this.#clock.monotonic()
    }
    sleep(ms: number, signal?: AbortSignal) {
      return this.#clock.sleep(ms, signal)
    }
    startTimer(ms: number, onEnd: () => void) {
      return this.#clock.startTimer(ms, onEnd)
    }
    random() {
      return this.#clock.random()
    }
  })()
  const box = await sandbox({ clock, faults: '429:0.4' })
  const everyThird = await sandbox({ clock, script: (_, count) => (count % 3 === 2 ? { status: 503 } : undefined) })
  const { tasks } = await library(box.cloudsYaml, { clock })
  const { images } = await library(everyThird.cloudsYaml, { clock })
  const { id } = await tasks.create({ type: 'import', input: IMPORT })
  expect((await tasks.wait(id)).status).toBe('success')
  const image = await images.import({ source: new URL('http://example.org/a'), diskFormat: 'raw', wait: true })
  await images.delete(image.id)
})

describe('tokens', () => {
  const connected = async (tokenCache?: boolean) => {
    const box = await sandbox()
    const { environment, root, write } = cloudFolder()
    write('work/clouds.yaml', box.cloudsYaml)
    for (let run = 0; run < 2; run++) {
      const cloud = await connect({ cloud: 'sandbox', environment, tokenCache })
      await cloud.tasks.list().all()
      await cloud.close()
    }
    return { logins: box.logins(), files: await readdir(join(root, 'home'), { recursive: true }) }
  }

  it('are not written to the disk by default', async () => {
    expect(await connected()).toEqual({ logins: 2, files: [] })
  })

  it('are cached on disk with tokenCache', async () => {
    const { logins, files } = await connected(true)
    expect(logins).toBe(1)
    expect(files.length).toBeGreaterThan(0)
  })
})

describe('a dispatcher of the caller', () => {
  it('sends all requests, also the login, and is not closed', async () => {
    const box = await sandbox()
    const agent = new Agent()
    onTestFinished(() => agent.close())
    const paths: string[] = []
    const dispatcher = {
      dispatch(options: { path: string }, handler: never) {
        paths.push(options.path)
        return agent.dispatch(options as never, handler)
      },
    }
    const cloud = await library(box.cloudsYaml, { dispatcher })
    await cloud.tasks.list().all()
    expect(paths).toEqual(box.asked.map(({ path }) => path))
    expect(paths[0]).toBe('/identity/v3/auth/tokens')
    await cloud.close()
    expect(agent.closed).toBe(false)
  })

  it('can be undici’s MockAgent, so that tests need no server', async () => {
    const agent = new MockAgent()
    agent.disableNetConnect()
    const json = { headers: { 'content-type': 'application/json' } }
    agent
      .get('http://glance.invalid')
      .intercept({ path: '/v2/tasks/a' })
      .reply(200, { id: 'a', type: 'import', status: 'success' }, json)
    const cloud = await connect({
      environment: cloudFolder().environment,
      settings: { auth_type: 'none', image_endpoint_override: 'http://glance.invalid' },
      dispatcher: agent,
    })
    expect(await cloud.tasks.get('a')).toMatchObject({ id: 'a', status: 'success' })
  })
})

describe('a call', () => {
  it('returns its raw answer with withResponse()', async () => {
    const box = await sandbox({ taskDuration: 0 })
    const { tasks } = await library(box.cloudsYaml)
    const created = await tasks.create({ type: 'import', input: IMPORT }).withResponse()
    expect(created.response.status).toBe(201)
    expect(JSON.parse(created.response.body)).toMatchObject({ id: created.data.id, status: 'pending' })
    const got = await tasks.get(created.data.id).withResponse()
    expect(got.data).toEqual(await tasks.get(created.data.id))
    expect(got.response.headers['x-openstack-request-id']).toMatch(/^req-/)
    expect(JSON.parse(got.response.body).id).toBe(created.data.id)
    await expect(tasks.get('missing').withResponse()).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is a promise like any other', async () => {
    const box = await sandbox()
    const { tasks } = await library(box.cloudsYaml)
    const then = tasks.get('missing').then(() => 1)
    expect(then).not.toHaveProperty('withResponse')
    await expect(then).rejects.toMatchObject({ code: 'not_found' })
    await expect(tasks.get('missing').finally(() => {})).rejects.toMatchObject({ code: 'not_found' })
  })

  it('has its own number of retries', async () => {
    const box = await sandbox({ script: ({ path }) => (path.startsWith('/v2/') ? { status: 503 } : undefined) })
    const { tasks } = await library(box.cloudsYaml, { clock: new TestClock(), retries: 3 })
    const counts: number[] = []
    for (const options of [{}, { retries: 0 }, { retries: 1 }]) {
      const before = box.asked.length
      await expect(tasks.get('a', options)).rejects.toMatchObject({ status: 503 })
      await expect(tasks.list(options).all()).rejects.toMatchObject({ status: 503 })
      counts.push(box.asked.length - before)
    }
    // Each asks twice: a task, and a list. The first of all logs in.
    expect(counts).toEqual([9, 2, 4])
  })

  it('takes its own time for each request', async () => {
    const box = await sandbox({ script: ({ path }) => (path.startsWith('/v2/') ? 'hang' : undefined) })
    const { tasks } = await library(box.cloudsYaml, { retries: 0 })
    const requestTimeout = 30
    await expect(tasks.get('a', { requestTimeout })).rejects.toThrow('did not respond within 0.03 s')
    await expect(tasks.list({ requestTimeout }).all()).rejects.toThrow('did not respond within 0.03 s')
  })
})
