import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.js'
import type { Fault } from '../../src/sandbox/index.js'
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
  test('by status answers as a proxy does, and does nothing', async () => {
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
  ] as const)('by %s drops the connection and leaves %i tasks', async (kind, left) => {
    const { cloud, token, arm, disarm } = await faulty({ kind })
    arm()
    await expect(createTask(cloud, token)).rejects.toThrow()
    disarm()
    expect(await count(cloud, token)).toBe(left)
  })

  test('by delay waits by the clock that was given', async () => {
    const clock = new TestClock()
    const { cloud, token, arm } = await faulty({ kind: 'slow', delay: 5000 }, { clock })
    arm()
    const before = clock.now()
    expect(await count(cloud, token)).toBe(0)
    expect(clock.now()).toBe(before + 5000)
  })

  test('by hanging answers nothing until the sandbox is closed', async () => {
    const cloud = await startSandbox({ faults: 'hang' })
    const asked = send(cloud.imageUrl).catch((error) => error)
    while (cloud.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await cloud.close()
    expect(await asked).toBeInstanceOf(Error)
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
    'such as %j is a usage error',
    async (faults) => {
      await expect(startSandbox({ faults })).rejects.toBeInstanceOf(UsageError)
    },
  )
})
