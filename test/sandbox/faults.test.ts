import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.js'
import type { Fault, FaultyRequest } from '../../src/sandbox/index.js'
import { startSandbox } from '../../src/sandbox/index.js'
import { TestClock } from '../helpers/clock.js'
import { createTask, login, sandbox, send } from '../helpers/sandbox.js'

async function faulty(fault: Fault, options = {}) {
  let armed = false
  const cloud = await sandbox({ ...options, faults: () => (armed ? fault : undefined) })
  const token = await login(cloud)
  return { cloud, token, arm: () => (armed = true), disarm: () => (armed = false) }
}

async function count({ imageUrl }: { imageUrl: string }, token: string): Promise<number> {
  return (await send(`${imageUrl}/v2/tasks`, { token })).json.tasks.length
}

describe('a fault', () => {
  test('status: answers like a proxy, and the request is not carried out', async () => {
    const { cloud, token, arm, disarm } = await faulty({ kind: 'status', status: 503 })
    arm()
    const reply = await createTask(cloud, token)
    expect(reply.status).toBe(503)
    expect(reply.headers.get('retry-after')).toBe('1')
    expect(reply.text).toContain('<h1>503 Service Unavailable</h1>')
    disarm()
    expect(await count(cloud, token)).toBe(0)
  })

  test.each([
    ['reset', 0],
    ['lost', 1],
  ] as const)('%s: closes the connection, and %i tasks exist afterwards', async (kind, left) => {
    const { cloud, token, arm, disarm } = await faulty({ kind })
    arm()
    await expect(createTask(cloud, token)).rejects.toThrow()
    disarm()
    expect(await count(cloud, token)).toBe(left)
  })

  test('slow: waits on the given clock', async () => {
    const clock = new TestClock()
    const { cloud, token, arm } = await faulty({ kind: 'slow', delay: 5000 }, { clock })
    arm()
    const before = clock.now()
    expect(await count(cloud, token)).toBe(0)
    expect(clock.now()).toBe(before + 5000)
  })

  test('answer: sends the given answer, and the request is not carried out', async () => {
    const { cloud, token, arm, disarm } = await faulty({
      kind: 'answer',
      status: 418,
      headers: { 'x-tea': 'é' },
      body: 'ü',
    })
    arm()
    const reply = await createTask(cloud, token)
    expect(reply).toMatchObject({ status: 418, text: 'ü' })
    expect(reply.headers.get('x-tea')).toBe('é')
    expect(reply.headers.get('content-length')).toBe('2')
    disarm()
    expect(await count(cloud, token)).toBe(0)
    expect(cloud.requests.map(({ status }) => status)).toEqual([201, 418, 200])
  })

  test('change: carries out the request, and sends the changed answer', async () => {
    const { cloud, token, arm, disarm } = await faulty({
      kind: 'change',
      change: ({ status, headers, body }) => ({
        status: status + 1,
        headers: { Location: `${headers.Location}#` },
        body: String(body).replace('pending', 'hibernating'),
      }),
    })
    arm()
    const reply = await createTask(cloud, token)
    expect(reply.status).toBe(202)
    expect(reply.text).toContain('"status": "hibernating"')
    expect(reply.headers.get('location')).toMatch(/#$/)
    disarm()
    expect(await count(cloud, token)).toBe(1)
  })

  test('change: executes the request before the promise resolves', async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { cloud, token, arm, disarm } = await faulty({ kind: 'change', change: (answer) => gate.then(() => answer) })
    arm()
    const late = createTask(cloud, token)
    while (cloud.requests.length < 2) await new Promise((resolve) => setImmediate(resolve))
    disarm()
    expect(await count(cloud, token)).toBe(1)
    release()
    expect((await late).status).toBe(201)
  })

  test('can be chosen asynchronously, by every part of a request', async () => {
    const seen: FaultyRequest[] = []
    const cloud = await sandbox({
      async faults(request) {
        await new Promise((resolve) => setImmediate(resolve))
        seen.push(request)
        return request.headers['x-fault'] ? { kind: 'status', status: Number(request.headers['x-fault']) } : undefined
      },
    })
    const token = await login(cloud)
    expect((await createTask(cloud, token, { type: 'x' }, { 'X-Fault': '502' })).status).toBe(502)
    expect(seen.map(({ service, method, path }) => `${service} ${method} ${path}`)).toEqual([
      'identity POST /identity/v3/auth/tokens',
      'image POST /v2/tasks',
    ])
    expect(JSON.parse(String(seen[1]?.body))).toEqual({ type: 'x' })
  })

  test('hang: never answers, until the sandbox closes', async () => {
    const cloud = await startSandbox({ faults: 'hang' })
    const pending = send(cloud.imageUrl).catch((error) => error)
    while (cloud.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await cloud.close()
    expect(await pending).toBeInstanceOf(Error)
  })
})

describe('a list of faults', () => {
  test.each([
    ['503:0.2', 0.19, 503],
    ['503:0.2', 0.2, 300],
    ['429', 0.99, 429],
    ['503:0.1,500:0.5', 0.3, 500],
    ['500@identity', 0, 300],
    ['500@image', 0, 500],
    ['slow:0:1,500:0', 0, 300],
  ])('%s at a chance of %f gives %i', async (faults, chance, status) => {
    const clock = new TestClock()
    clock.chance = chance
    const cloud = await sandbox({ clock, faults })
    expect((await send(cloud.imageUrl)).status).toBe(status)
  })

  test.each(['', '503:2', '200', 'bogus', 'slow', 'slow:x', '503:0.1:0.2', 'reset:', '503@nova', '503:0.1,'])(
    '%j is a usage error',
    async (faults) => {
      await expect(startSandbox({ faults })).rejects.toBeInstanceOf(UsageError)
    },
  )
})
