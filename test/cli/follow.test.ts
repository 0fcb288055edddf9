import { getEventListeners } from 'node:events'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { CloudConnection } from '../../src/cli/cloud-connection.js'
import type { Context } from '../../src/cli/context.js'
import { type Following, failedTasksError, followAll, followedTasks } from '../../src/cli/follow.js'
import { type ProgressPlan, withProgress } from '../../src/cli/progress/progress.js'
import { AbortedError, ConnectionError } from '../../src/errors.js'
import { whenAborted } from '../../src/http/signal.js'
import type { Task, WaitManyOptions, WaitResult } from '../../src/index.js'
import { TestClock } from '../helpers/clock.js'
import { textOf } from '../helpers/text-of.js'

type Options = WaitManyOptions & { signal: AbortSignal }
/** What a cloud does in a wait. */
type Cloud = (options: Options, ids: string[]) => Partial<WaitResult> | Promise<Partial<WaitResult>>

const NOTHING: WaitResult = { ended: [], missing: [], running: [], lastSeen: [] }
const task = (id: string, more: object = {}) => ({ id, type: 'import', status: 'success', ...more }) as Task

/** Follows tasks in these clouds, and gives what came of it and what stands on stderr. */
function follow(clouds: Record<string, Cloud>, following: Partial<Following>, plan: ProgressPlan = {}) {
  const interruption = new AbortController()
  const stderr = new PassThrough()
  const context = { ...new TestClock(), stderr, env: {}, signal: interruption.signal } as unknown as Context
  const connections = Object.entries(clouds).map(([cloud, wait]) => ({
    session: { cloud, region: undefined },
    tasks: { waitMany: async (ids: string[], given: Options) => ({ ...NOTHING, ...(await wait(given, ids)) }) },
  })) as unknown as CloudConnection[]
  const all = { ids: ['a'], startedAt: 0, ...following }
  const outcome = withProgress(context, plan, followedTasks(all), (progress) =>
    followAll(context, progress, connections, all),
  )
  return { outcome, interruption, said: () => textOf(stderr) }
}

/** A cloud that continues until it is stopped. */
const endless: Cloud = ({ signal }) =>
  new Promise((resolve) => {
    whenAborted(signal, () => resolve({ error: new AbortedError('stopped') }))
  })

describe('the way of a wait', () => {
  it('names each of three tasks, with the first line of its message', async () => {
    const { outcome, said } = follow(
      {
        east({ onUpdate, onPoll }) {
          onUpdate?.(task('a', { status: 'pending', message: '' }))
          onUpdate?.(task('b', { status: 'failure', message: 'no space\nat x' }))
          onPoll?.({ pending: 3 })
          return { ended: [task('a'), task('b'), task('c')] }
        },
      },
      { ids: ['a', 'b', 'c'] },
    )
    await outcome
    expect(said()).toBe('task a: pending\ntask b: failure (no space)\n')
  })

  it('counts four tasks by status, over all clouds', async () => {
    let go = () => {}
    const first = new Promise<void>((resolve) => {
      go = resolve
    })
    const { outcome, said } = follow(
      {
        east({ onPoll, onUpdate }) {
          onPoll?.({})
          onUpdate?.(task('a', { status: 'pending' }))
          onPoll?.({ success: 1, pending: 3 })
          onPoll?.({ success: 2, pending: 1 })
          go()
          return { ended: [task('a'), task('b')] }
        },
        async west({ onPoll }) {
          await first
          onPoll?.({ pending: 1, failure: 1 })
          return { ended: [task('c'), task('d')] }
        },
      },
      { ids: ['a', 'b', 'c', 'd'] },
    )
    await outcome
    expect(said().trim().split('\n')).toEqual([
      expect.stringMatching(/^4 tasks: no status yet/),
      '4 tasks: 3 pending, 1 success',
      '4 tasks: 1 pending, 2 success',
      '4 tasks: 1 failure, 2 pending, 2 success',
    ])
  })

  it('names the cloud of a notice if there are several', async () => {
    const notice: Cloud = ({ onNotice }) => {
      onNotice?.('Glance returned 503.')
      return { ended: [task('a')] }
    }
    const one = follow({ east: notice }, {})
    await one.outcome
    expect(one.said()).toBe('Glance returned 503.\n')
    const several = follow({ east: notice }, { several: true })
    await several.outcome
    expect(several.said()).toBe('east: Glance returned 503.\n')
  })

  it('is not told with --quiet', async () => {
    const { outcome, said } = follow({ east: ({ onUpdate }) => onUpdate?.(task('a')) ?? {} }, {}, { quiet: true })
    await outcome
    expect(said()).toBe('')
  })
})

describe('a wait', () => {
  it('gets the requested values', async () => {
    const seen: unknown[] = []
    const { outcome } = follow(
      {
        east({ timeout, pollInterval, startedAt, any, imageId, isNew }, ids) {
          seen.push({ ids, timeout, pollInterval, startedAt, any, imageId, isNew })
          return { ended: [task('a')] }
        },
      },
      { ids: ['a', 'b'], timeout: 5, pollInterval: 1, startedAt: 7, imageId: 'i', isNew: true, any: true },
    )
    await outcome
    expect(seen).toEqual([
      { ids: ['a', 'b'], timeout: 5, pollInterval: 1, startedAt: 7, any: true, imageId: 'i', isNew: true },
    ])
  })

  it('ends in a cloud when the others have all the tasks, without a failure', async () => {
    const { outcome } = follow(
      {
        east: endless,
        west({ onUpdate }) {
          onUpdate?.(task('a'))
          return { ended: [task('a')] }
        },
      },
      { several: true },
    )
    expect(await outcome).toEqual({ tasks: [{ cloud: 'west', region: null, ...task('a') }], failures: [] })
  })

  it('asks no cloud any more for a task that another has shown', async () => {
    const wanted: boolean[] = []
    const { outcome } = follow(
      {
        east({ onUpdate }) {
          onUpdate?.(task('a'))
          return { ended: [task('a')] }
        },
        west({ isWanted }) {
          for (const id of ['a', 'b']) wanted.push(isWanted?.(id) ?? true)
          return { ended: [task('b')] }
        },
      },
      { ids: ['a', 'b'] },
    )
    await outcome
    expect(wanted).toEqual([false, true])
  })

  it('of which one is enough ends everywhere with the first that ends', async () => {
    const { outcome } = follow({ east: endless, west: () => ({ ended: [task('b')] }) }, { ids: ['a', 'b'], any: true })
    expect(await outcome).toMatchObject({ tasks: [{ id: 'b' }], failures: [] })
  })

  it('for all tasks continues when one has ended', async () => {
    let isStopped = false
    const { outcome } = follow(
      {
        async east({ signal }) {
          await new Promise(setImmediate)
          isStopped = signal.aborted
          return { ended: [task('a')] }
        },
        west: () => ({ ended: [task('b')] }),
      },
      { ids: ['a', 'b'] },
    )
    expect((await outcome).tasks).toHaveLength(2)
    expect(isStopped).toBe(false)
  })

  it('for any task continues if a cloud has none', async () => {
    let isStopped = false
    const { outcome } = follow(
      {
        async east({ signal }) {
          await new Promise(setImmediate)
          isStopped = signal.aborted
          return { ended: [task('a')] }
        },
        west: () => ({}),
      },
      { any: true },
    )
    expect((await outcome).tasks).toHaveLength(1)
    expect(isStopped).toBe(false)
  })

  it('that is interrupted stops every cloud, and says so', async () => {
    const { outcome, interruption } = follow({ east: endless, west: endless }, { several: true })
    interruption.abort()
    const { failures } = await outcome
    expect(failures.map(({ error, where }) => [where, error instanceof AbortedError])).toEqual([
      ['east', true],
      ['west', true],
    ])
    expect(getEventListeners(interruption.signal, 'abort')).toEqual([])
  })

  it('fails as its cloud does, also after another was stopped', async () => {
    const lost = new ConnectionError('lost')
    const { outcome, interruption } = follow({ east: () => ({ error: lost }) }, {})
    expect((await outcome).failures).toMatchObject([{ error: lost }])
    expect(getEventListeners(interruption.signal, 'abort')).toEqual([])
  })
})

describe('tasks that have failed', async () => {
  const failed = (id: string, more: object = {}) => task(id, { status: 'failure', message: ' no space\n', ...more })

  it('are not an error if none has failed', async () =>
    expect(await failedTasksError([task('a'), task('b', { status: 'pending' })])).toBe(undefined))

  it('are an error with the reason of the only failed task', async () => {
    const error = await failedTasksError([task('a'), failed('b')])
    expect(error).toMatchObject({ taskIds: ['b'] })
    expect(error?.message).toMatch(/b\b.*: no space$/)
  })

  it('are an error with their number and the reason of the first', async () => {
    const error = await failedTasksError([failed('a'), task('b'), failed('c', { message: 'other' })])
    expect(error).toMatchObject({ taskIds: ['a', 'c'] })
    expect(error?.message).toMatch(/^2 of 3 .*\ba: no space$/)
  })

  it('name the most probable cause, the command that finds out more, and the one that starts again', async () => {
    const message = 'Uploading the image failed due to: HTTP Error 404: Not Found'
    expect((await failedTasksError([failed('b', { message })]))?.hint).toBe(
      'The source does not exist: its URL returns 404 Not Found. Find out more with: glance-tasks explain b\nAfter you fix the cause, start it again with: glance-tasks retry b',
    )
    expect((await failedTasksError([failed('b'), failed('c')]))?.hint).toBe(
      'Find out why with: glance-tasks explain b\nAfter you fix the cause, start them again with: glance-tasks retry ID...',
    )
    const byHand = { type: 'api_image_import', input: { image_id: 'i' } }
    expect((await failedTasksError([failed('b', byHand)]))?.hint).toMatch(
      /directly.*Find out more with: glance-tasks explain b$/,
    )
  })

  it('of several clouds are explained in the cloud that has them', async () => {
    const originOf = async (task: Task) => ` --os-cloud ${task.cloud}`
    expect((await failedTasksError([failed('b', { cloud: 'prod' })], undefined, originOf))?.hint).toBe(
      'Find out why with: glance-tasks explain b --os-cloud prod\nAfter you fix the cause, start it again with: glance-tasks retry b --os-cloud prod',
    )
    const ofBoth = ['prod', 'test', 'prod'].map((cloud, at) => failed(`b${at}`, { cloud }))
    expect((await failedTasksError(ofBoth, undefined, originOf))?.hint).toMatch(
      /again with:\nglance-tasks retry ID... --os-cloud prod\nglance-tasks retry b1 --os-cloud test$/,
    )
  })

  it('that were found by their image are explained by it, which needs no admin role', async () => {
    expect((await failedTasksError([failed('b', { type: 'api_image_import' })], 'i1'))?.hint).toBe(
      'Find out why with: glance-tasks explain --image i1',
    )
  })

  it.each([{ message: '' }, { message: '  ' }, { message: undefined }])(
    'say that there is no reason: %j',
    async (more) => {
      expect((await failedTasksError([failed('a', more)]))?.message).toMatch(/: .*no reason/)
    },
  )

  it('can be retried if their type is import', async () => {
    expect((await failedTasksError([failed('a', { type: 'api_image_import' })]))?.hint).not.toMatch(/retry/)
    expect((await failedTasksError([failed('a', { type: 'other' }), failed('b')]))?.hint).toMatch(/retry b$/)
    expect((await failedTasksError([failed('$(x)')]))?.hint).toMatch(/explain ID\nAfter .* retry ID$/)
  })
})
