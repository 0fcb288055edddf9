import { expect, it } from 'vitest'
import type { CloudConnection } from '../../../src/cli/cloud-connection.js'
import { WatchedCloud } from '../../../src/cli/watch/watched-cloud.js'
import { WatchedTasks } from '../../../src/cli/watch/watched-tasks.js'
import { ForbiddenError, RateLimitError, ServerError } from '../../../src/errors.js'
import type { ListOptions } from '../../../src/tasks/list/list.js'
import type { Task } from '../../../src/tasks/task.js'

const START = Date.parse('2026-11-29T12:00:00Z')

/** A task that was updated this many seconds after the start. */
const task = (id: number, updated: number): Task => ({
  id: `t${id}`,
  type: 'import',
  status: 'success',
  owner: 'p',
  created_at: new Date(START).toISOString(),
  updated_at: new Date(START + updated * 1000).toISOString(),
})

/** A watched cloud, whose lists `answer` returns or throws, and a function that refreshes it. */
function watching(answer: (options: ListOptions) => Task[]) {
  const list = (options: ListOptions) => ({ all: async () => answer(options) })
  const connection = { session: { cloud: 'c', region: undefined }, tasks: { list } } as unknown as CloudConnection
  const watched = new WatchedTasks({ order: {}, startedAt: START })
  let now = START
  const options = { query: {}, isSeveral: false, wantsReasons: false, watched }
  const cloud = new WatchedCloud(connection, { now: () => now }, options)
  const refresh = async () => {
    now += 5000
    const tasks = await cloud.refresh({ signal: new AbortController().signal, onWarning: () => {} })
    return watched.update(tasks).map(({ task }) => task.id)
  }
  return { cloud, refresh }
}

it('a refresh finds what a server stored up to a minute late', async () => {
  const limits: (number | undefined)[] = []
  // The first 100 updates are newer than what was seen, and then come two that are older by less and by more than a minute.
  const later = Array.from({ length: 99 }, (_, i) => task(i, 100))
  const updates = [...later, task(200, 41), task(201, 30)]
  let isLater = false
  const { refresh } = watching(({ limit }) => {
    limits.push(limit)
    return isLater ? updates.slice(0, limit) : [task(300, 100)]
  })
  await refresh()
  isLater = true
  expect(await refresh()).toHaveLength(101)
  expect(limits.slice(2)).toEqual([100, 1000])
})

it('a refusal counts as lasting at the third refresh in a row, and then no request follows', async () => {
  let requests = 0
  let error: Error | undefined
  const { cloud, refresh } = watching(() => {
    requests++
    if (error) throw error
    return []
  })
  const isLasting = async () => {
    await refresh()
    return cloud.outage?.isLasting
  }
  const refusal = new ForbiddenError('No.', { status: 403, isFromService: true })
  expect(await isLasting()).toBeUndefined()
  error = refusal
  expect([await isLasting(), await isLasting()]).toEqual([false, false])
  error = new ServerError('No.', { status: 503 })
  expect(await isLasting()).toBe(false)
  error = refusal
  expect([await isLasting(), await isLasting()]).toEqual([false, false])
  const since = cloud.outage?.since
  expect(await isLasting()).toBe(true)
  expect(cloud.outage?.since).toBe(since)
  const before = requests
  expect(await isLasting()).toBe(true)
  expect(requests).toBe(before)
})

it('a response resets the count of refusals', async () => {
  let isDenied = false
  const { cloud, refresh } = watching(() => {
    if (isDenied) throw new ForbiddenError('No.', { status: 403, isFromService: true })
    return []
  })
  await refresh()
  for (const denied of [true, true, false, true, true]) {
    isDenied = denied
    await refresh()
    expect(cloud.outage?.isLasting ?? false).toBe(false)
  }
})

it('waits as long as the server demands, up to a minute', async () => {
  let retryAfter: number | undefined
  const { cloud, refresh } = watching(() => {
    throw new RateLimitError('Wait.', { status: 429, ...(retryAfter !== undefined && { retryAfter }) })
  })
  for (const [seconds, pause] of [
    [undefined, 0],
    [7, 7000],
    [3600, 60_000],
  ] as const) {
    retryAfter = seconds
    await refresh()
    expect(cloud.retryAfter).toBe(pause)
  }
})
