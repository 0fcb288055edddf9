import { describe, expect, it } from 'vitest'
import type { CloudConnection } from '../../src/cli/cloud-connection.js'
import { CloudSearch } from '../../src/cli/cloud-search.js'
import { ConnectionError, NotFoundError } from '../../src/errors.js'
import type { Task, WaitResult } from '../../src/index.js'

const missing = (id: string) => ({ id, error: new NotFoundError(`no ${id}`, { status: 404 }) })
const lost = new ConnectionError('lost')
const task = (id: string, more: object = {}) => ({ id, status: 'success', ...more }) as Task
const result = (given: Partial<WaitResult>): WaitResult => ({
  ended: [],
  missing: [],
  running: [],
  lastSeen: [],
  ...given,
})

/** A search for tasks in these clouds, and the clouds that it has stopped. */
function searchFor(ids: string[], clouds = ['east', 'west', 'north'], labelled = true) {
  const stopped: string[] = []
  const connections = clouds.map((cloud) => ({ session: { cloud, region: undefined } })) as unknown as CloudConnection[]
  const search = new CloudSearch(ids, connections, labelled, (cloud) => stopped.push(clouds[cloud] ?? '?'))
  return { search, stopped }
}

const idsOf = ({ tasks }: { tasks: Task[] }) => tasks.map(({ id }) => id)

describe('a task that one cloud has shown', () => {
  it('is searched for only there, in any letter case', () => {
    const { search } = searchFor(['A', 'b'])
    expect([0, 1, 2].map((cloud) => search.isWanted(cloud, 'a'))).toEqual([true, true, true])
    search.seen(1, task('a'))
    expect([0, 1, 2].map((cloud) => search.isWanted(cloud, 'A'))).toEqual([false, true, false])
    expect([0, 1, 2].map((cloud) => search.isWanted(cloud, 'b'))).toEqual([true, true, true])
  })

  it('stays with the first cloud that shows it', () => {
    const { search } = searchFor(['a'])
    search.seen(0, task('a'))
    search.seen(1, task('a'))
    expect([0, 1].map((cloud) => search.isWanted(cloud, 'a'))).toEqual([true, false])
  })

  it('ends the search in clouds without remaining tasks', () => {
    const { search, stopped } = searchFor(['a', 'b'])
    search.seen(0, task('a'))
    expect(stopped).toEqual([])
    search.seen(1, task('b'))
    expect(stopped).toEqual(['north'])
  })

  it('counts once, however often it is named', () => {
    const { search } = searchFor(['a', 'A', 'b'], ['east'])
    const { failures } = search.outcome([result({ ended: [task('a')], missing: [missing('b')] })], false)
    expect(failures).toMatchObject([{ error: { message: '1 of 2 tasks could not be found: b.' } }])
  })
})

describe('what several clouds have found', () => {
  it('comes in the order of the ids, ended or as it was seen last, with its cloud', () => {
    const { search } = searchFor(['c', 'A', 'b'])
    const outcome = search.outcome(
      [
        result({ ended: [task('a')], missing: [missing('c')], lastSeen: [task('b', { status: 'pending' })] }),
        result({ ended: [task('c')] }),
        result({}),
      ],
      false,
    )
    expect(outcome).toEqual({
      tasks: [
        { cloud: 'west', region: null, ...task('c') },
        { cloud: 'east', region: null, ...task('a') },
        { cloud: 'east', region: null, ...task('b', { status: 'pending' }) },
      ],
      failures: [],
    })
  })

  it('does not contain the cloud if there is only one', () => {
    const { search } = searchFor(['a'], ['east'], false)
    expect(search.outcome([result({ ended: [task('a')] })], false).tasks).toEqual([task('a')])
  })

  it('is the task of the first cloud if two have the same', () => {
    const { search } = searchFor(['a'])
    const outcome = search.outcome([result({}), result({ ended: [task('a')] }), result({ ended: [task('a')] })], false)
    expect(outcome.tasks).toMatchObject([{ cloud: 'west' }])
  })

  it('with --any is what has ended, and no failure', () => {
    const { search } = searchFor(['a', 'b'])
    const outcome = search.outcome(
      [result({ lastSeen: [task('a')], error: lost }), result({ ended: [task('b')], missing: [missing('a')] })],
      true,
    )
    expect([idsOf(outcome), outcome.failures]).toEqual([['b'], []])
  })

  it('with --any, when none has ended, is what was seen, and why', () => {
    const { search } = searchFor(['a', 'b'], ['east'])
    const outcome = search.outcome([result({ lastSeen: [task('a')], missing: [missing('b')], error: lost })], true)
    expect(idsOf(outcome)).toEqual(['a'])
    expect(outcome.failures).toMatchObject([{ error: lost, where: 'east' }, { error: { status: 404 } }])
  })
})

describe('a failure of a cloud', () => {
  const both = [missing('a'), missing('b')]

  it('does not matter if the others have all the tasks', () => {
    const { search } = searchFor(['a', 'b'], ['east', 'west'])
    const outcome = search.outcome([result({ error: lost }), result({ ended: [task('a'), task('b')] })], false)
    expect(outcome.failures).toEqual([])
  })

  it('matters if it may have a task that the others do not have, which is then not missing', () => {
    const { search } = searchFor(['a', 'b'], ['east', 'west'])
    const outcome = search.outcome([result({ error: lost }), result({ missing: both })], false)
    expect(outcome.failures).toEqual([{ error: lost, where: 'east' }])
  })

  it('matters if a task was last seen there', () => {
    const { search } = searchFor(['a', 'b'], ['east', 'west'])
    const outcome = search.outcome(
      [result({ lastSeen: [task('a')], error: lost }), result({ ended: [task('b')], error: lost })],
      false,
    )
    expect(outcome.failures).toEqual([{ error: lost, where: 'east' }])
  })

  it('does not matter if the task last seen there ended elsewhere', () => {
    const { search } = searchFor(['a'], ['east', 'west'])
    const outcome = search.outcome(
      [result({ lastSeen: [task('A')], error: lost }), result({ ended: [task('a')] })],
      false,
    )
    expect(outcome.failures).toEqual([])
  })

  it('names no cloud if there is only one', () => {
    const { search } = searchFor(['a'], ['east'], false)
    expect(search.outcome([result({ error: lost })], false).failures).toEqual([{ error: lost, where: undefined }])
  })
})

describe('a task that is in no cloud', () => {
  it('is missing if every cloud says so, with the given ID', () => {
    const { search } = searchFor(['A', 'b', 'C'], ['east', 'west'])
    const east = result({ ended: [task('b')], missing: [missing('A'), missing('C')] })
    const { tasks, failures } = search.outcome([east, result({ missing: [missing('A'), missing('C')] })], false)
    expect(tasks).toMatchObject([{ id: 'b' }])
    expect(failures).toMatchObject([{ error: { message: expect.stringMatching(/2 of 3 .*: A, C\.$/) } }])
  })

  it('of one task in one cloud is what the server says', () => {
    const { search } = searchFor(['a'], ['east'])
    const gone = missing('a')
    expect(search.outcome([result({ missing: [gone] })], false).failures).toEqual([{ error: gone.error }])
  })

  it('is not missing if only another task is', async () => {
    const { search } = searchFor(['a', 'b'], ['east'])
    const { failures } = search.outcome([result({ missing: [missing('b')] })], false)
    expect(failures).toMatchObject([
      { error: { message: expect.not.stringContaining('not be found') } },
      { error: { message: expect.stringMatching(/1 of 2 .*: b\.$/) } },
    ])
  })

  it('of one task in several clouds has no single response', () => {
    const { search } = searchFor(['a'], ['east', 'west'])
    const outcome = search.outcome([result({ missing: [missing('a')] }), result({ missing: [missing('a')] })], false)
    expect(outcome.failures).toMatchObject([{ error: { message: expect.stringMatching(/^Could not find task a\.$/) } }])
  })

  it('is never a success, although no cloud reports it as missing', () => {
    const { search } = searchFor(['a'], ['east', 'west'])
    const outcome = search.outcome([result({}), result({ missing: [missing('a')] })], false)
    expect(outcome.tasks).toEqual([])
    expect(outcome.failures).toMatchObject([{ error: expect.any(Error) }])
  })

  it('is reported once if a cloud says why', () => {
    const { search } = searchFor(['a'], ['east'])
    expect(search.outcome([result({ error: lost })], false).failures).toHaveLength(1)
  })
})
