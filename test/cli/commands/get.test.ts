import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/cli/commands/get.js'
import { UsageError } from '../../../src/errors.js'
import { TestClock } from '../../helpers/clock.js'
import { cloud, INPUT } from '../../helpers/command.js'
import { optionsOf } from '../../helpers/options.js'

const NOWHERE = '00000000-0000-4000-8000-000000000000'

describe('the plan of get', () => {
  it('has the IDs, the cloud and the resolved columns', () => {
    const plan = parse(
      [' task-1 '],
      optionsOf({ format: 'json' as const, column: ['Result.image_id'], osCloud: ['prod'] }),
    )
    expect(plan).toMatchObject({ ids: ['task-1'], isOne: true, format: 'json', cloud: { cloud: 'prod' } })
    expect(plan.chosen?.map(({ name }) => name)).toEqual(['result.image_id'])
  })

  it.each<[string[], boolean]>([
    [['task-1'], true],
    [['task-1', 'task-1'], false],
    [['-'], false],
  ])('%j is one task: %s', (ids, isOne) => {
    expect(parse(ids, optionsOf())).toMatchObject({ ids, isOne, chosen: undefined })
  })

  it.each<[string[], object, string]>([
    [['a/b'], {}, 'not a task ID'],
    [['task-1'], { column: ['nothing'] }, 'Unknown column'],
    [['task-1', 'other'], { format: 'shell' }, '-f shell'],
    [['task-1'], { osCloud: ['a', 'b'] }, '--os-cloud only once'],
  ])('%j with %j is a usage error', (ids, options, message) => {
    expect(() => parse(ids, optionsOf(options))).toThrow(UsageError)
    expect(() => parse(ids, optionsOf(options))).toThrow(message)
  })
})

describe('get', () => {
  it('prints one task as an object, and several as a list in their order', async () => {
    const { glance, create } = await cloud()
    const ids = [await create(), await create(), await create()]
    expect(JSON.parse((await glance(['get', ids[0] ?? '', '-f', 'json'])).stdout)).toMatchObject({
      id: ids[0],
      input: INPUT,
    })
    expect(JSON.parse((await glance(['show', ids[0] ?? '', '-f', 'json'])).stdout)).toMatchObject({ id: ids[0] })
    for (const stdin of [
      ids.join('\n'),
      JSON.stringify(ids),
      JSON.stringify(ids.map((id) => ({ id }))),
      ids.map((id) => JSON.stringify({ id })).join('\n'),
    ]) {
      const { stdout, stderr } = await glance(['get', '-', '-f', 'json'], { stdin })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout).map(({ id }: { id: string }) => id)).toEqual(ids)
    }
  })

  it('ends with 5 for a task that is not there', async () => {
    const { glance } = await cloud()
    const { status, stdout, stderr } = await glance(['get', '00000000-0000-4000-8000-000000000000', '-f', 'json'])
    expect({ status, stdout }).toEqual({ status: 5, stdout: '' })
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'not_found',
      status: 404,
      request_id: expect.stringMatching(/^req-/),
      hint: 'The server deletes ended tasks after some days. List the existing tasks: glance-tasks list',
    })
  })
})

describe('get of several', () => {
  it('prints those that are there, names the missing ones, and ends with 5', async () => {
    const { glance, create } = await cloud()
    const ids = [await create(), await create()]
    const { status, stdout, stderr } = await glance(['get', ids[0] ?? '', NOWHERE, ids[1] ?? '', '-f', 'json'])
    expect(status).toBe(5)
    expect(JSON.parse(stdout).map(({ id }: { id: string }) => id)).toEqual(ids)
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'not_found',
      message: `1 of 3 tasks could not be found: ${NOWHERE}.`,
    })
  })

  /** A cloud with four tasks, of which Glance cannot read one: it returns 500. */
  async function withUnreadable(times = Number.POSITIVE_INFINITY) {
    let faulty = ''
    let count = 0
    const world = await cloud({
      faults: ({ path }) =>
        faulty !== '' && path.endsWith(faulty) && ++count <= times
          ? {
              kind: 'answer',
              status: 500,
              headers: { 'x-openstack-request-id': 'req-5' },
              body: '{"message": "unknown type"}',
            }
          : undefined,
    })
    const ids = [await world.create(), await world.create(), await world.create(), await world.create()]
    faulty = ids[1] ?? ''
    return { ...world, ids, faulty, clock: new TestClock(Date.now()) }
  }

  it('prints the other tasks if Glance fails for one, names that one, and exits with 1', async () => {
    const { glance, ids, faulty, clock } = await withUnreadable()
    const { status, stdout, stderr } = await glance(['get', '-', '-f', 'json'], { ...clock, stdin: ids.join('\n') })
    expect(status).toBe(1)
    expect(JSON.parse(stdout).map(({ id }: { id: string }) => id)).toEqual(ids.filter((id) => id !== faulty))
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '').error).toMatchObject({
      message: `task ${faulty}: unknown type`,
      status: 500,
      request_id: 'req-5',
    })
  })

  it('tries again if Glance fails once', async () => {
    const { glance, ids, faulty, clock } = await withUnreadable(1)
    const all = await glance(['get', ...ids, '-f', 'value', '-c', 'id'], { ...clock })
    expect(all).toEqual({ status: 0, stdout: `${ids.join('\n')}\n`, stderr: '' })
    void faulty
  })

  it('exits with the worst status, and gives up if the cloud does not respond at all', async () => {
    const { glance, ids, faulty, clock } = await withUnreadable()
    const worst = await glance(['get', NOWHERE, ...ids], { ...clock })
    expect(worst.status).toBe(5)
    expect(worst.stderr).toContain(`error: task ${faulty}: unknown type`)
    expect(worst.stderr).toContain(`1 of 5 tasks could not be found: ${NOWHERE}. (HTTP 404)`)

    let asked = 0
    const dead = await cloud({
      faults: ({ path }) => (path.includes('/tasks/') && ++asked ? { kind: 'reset' } : undefined),
    })
    const many = Array.from({ length: 100 }, (_, i) => `${NOWHERE.slice(0, -2)}${String(i).padStart(2, '0')}`)
    const { status, stdout, stderr } = await dead.glance(['get', ...many, '--retries', '0', '-f', 'jsonl'])
    expect({ status, stdout }).toEqual({ status: 6, stdout: '' })
    expect(asked).toBeLessThan(50)
    expect(JSON.parse(stderr).error.message).toMatch(/^tasks 0{8}-.*00, .*99: .*closed the connection/)
  })
})
