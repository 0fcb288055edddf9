import { getEventListeners } from 'node:events'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/http/sleep.js'
import type { ReadyTask } from '../../../src/sandbox/index.js'
import { commandsOf, severalClouds } from '../../helpers/command.js'
import { type Asked, sandbox, type Told } from '../../helpers/sandbox.js'

const NEWEST = Date.parse('2026-11-23T12:00:00Z')

const id = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`

/** Tasks 0, 1, 2, …, the newest first. */
function tasks(count: number): ReadyTask[] {
  return Array.from({ length: count }, (_, i) => ({
    id: id(i),
    status: 'pending', // an ended one would have expired
    created_at: new Date(NEWEST - i * 60_000).toISOString(),
    input: { number: i },
  }))
}

/** A cloud with so many tasks, and a way to run command lines against it. `answer` may answer in its place. */
async function cloudWith(count: number, answer?: (asked: Asked) => Told | undefined) {
  const box = await sandbox({ tasks: tasks(count), ...(answer && { script: answer }) })
  return commandsOf(box, box.cloudsYaml, 'sandbox')
}

/** A stdout that fails with a system error when it is written to for the nth time. */
function failingStdout(code: string, nth: number): Writable {
  let count = 0
  return new Writable({
    write(_chunk, _encoding, done) {
      done(++count >= nth ? Object.assign(new Error(code), { code }) : null)
    },
  })
}

const idsIn = (text: string) => text.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? []

describe('list --long with a task whose details cannot be fetched', () => {
  const one404 = ({ path }: Asked): Told | undefined => (path.endsWith(id(3)) ? { status: 404 } : undefined)

  it('marks the task in the data, names it, and ends with 1', async () => {
    const { glance } = await cloudWith(5, one404)
    const { status, stdout, stderr } = await glance(['list', '--long', '-f', 'json'])
    expect(status).toBe(1)
    const found = JSON.parse(stdout)
    expect(found.map((task: object) => '_incomplete' in task)).toEqual([false, false, false, true, false])
    expect(found[3]._incomplete).toBe('it is not there any more')
    expect(stderr).toContain(`warning: task ${id(3)} is shown without its details: it is not there any more\n`)
  })

  it('names it also with --quiet, and as JSON where the output is JSON', async () => {
    const { glance } = await cloudWith(5, one404)
    const { status, stderr } = await glance(['list', '--long', '-q', '-f', 'json'])
    expect(status).toBe(1)
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'incomplete',
      message: `1 of 5 tasks are shown without their details: ${id(3)}.`,
    })
  })

  it('has a column for it', async () => {
    const { glance } = await cloudWith(5, one404)
    const { stdout } = await glance(['list', '--long', '-q', '-f', 'csv', '-c', 'id,_incomplete', '--no-header'])
    expect(stdout.split('\n').slice(2, 4)).toEqual([`"${id(2)}",""`, `"${id(3)}","it is not there any more"`])
  })

  it('is content with complete tasks', async () => {
    const { glance } = await cloudWith(5)
    const { status, stdout, stderr } = await glance(['list', '--long', '-f', 'json'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).not.toContain('_incomplete')
  })
})

describe('a list that breaks in the middle', () => {
  const secondPageFails = ({ query }: Asked): Told | undefined => (query.has('marker') ? { status: 403 } : undefined)

  it.each(['table', 'json', 'jsonl', 'yaml', 'csv', 'value'])('prints in %s what came', async (format) => {
    const { glance } = await cloudWith(30, secondPageFails)
    const { status, stdout, stderr } = await glance(['list', '--page-size', '10', '-f', format])
    expect(status).toBe(4)
    expect(new Set(idsIn(stdout).filter((each) => each.startsWith('00000000-')))).toEqual(
      new Set(tasks(10).map(({ id }) => id)),
    )
    expect(stdout.endsWith('\n')).toBe(true)
    expect(stderr).toContain('403')
  })

  it('closes neither the array nor the table', async () => {
    const { glance } = await cloudWith(30, secondPageFails)
    const { stdout } = await glance(['list', '--page-size', '10', '-f', 'json'])
    expect(() => JSON.parse(stdout)).toThrow()
    expect(JSON.parse(`${stdout}]`)).toHaveLength(10)
    const table = (await glance(['list', '--page-size', '10'])).stdout.trimEnd().split('\n')
    expect(table.at(-1)).toContain(id(9))
  })

  it('prints nothing when nothing came', async () => {
    const { glance } = await cloudWith(30, ({ path }) => (path.includes('/tasks') ? { status: 403 } : undefined))
    for (const format of ['table', 'json', 'csv'])
      expect(await glance(['list', '-f', format])).toMatchObject({ status: 4, stdout: '' })
  })

  it('prints the tasks of the other clouds too, and what came of the one that breaks', async () => {
    const shared = { tasks: tasks(30) }
    const broken = {
      tasks: tasks(30).map((task) => ({ ...task, id: `${task.id}`.replace('00000000', '11111111') })),
      script: secondPageFails,
    }
    const { glance } = await severalClouds({ east: shared, west: broken })
    const argv = ['list', '--os-cloud', 'east', '--os-cloud', 'west', '--page-size', '10']
    const { status, stdout, stderr } = await glance(argv)
    expect(status).toBe(4)
    expect(idsIn(stdout).filter((each) => each.startsWith('00000000-'))).toHaveLength(30)
    expect(idsIn(stdout).filter((each) => each.startsWith('11111111-'))).toHaveLength(10)
    expect(stderr).toMatch(/^error: west \(RegionOne\): /m)
  })
})

describe('a stdout that fails', () => {
  const detailsHang = ({ path }: Asked): Told | undefined =>
    Number(path.split('-').at(-1)) >= 100 && path.includes('/tasks/') ? 'hang' : undefined

  /** Runs `list --long` with that stdout, and counts the pauses: a request that is sent again pauses first. */
  async function longList(format: string, stdout: Writable) {
    let pauses = 0
    const sleep = async (ms: number, signal?: AbortSignal) => {
      pauses++
      return systemClock.sleep(ms, signal)
    }
    const { glance } = await cloudWith(250, detailsHang)
    const { status, stderr } = await glance(['list', '--long', '-f', format], { stdout, sleep })
    await new Promise(setImmediate)
    return { status, stderr, pauses }
  }

  it('ends quietly with 0 when the reader has gone, and sends nothing again', async () => {
    expect(await longList('jsonl', failingStdout('EPIPE', 1))).toEqual({ status: 0, stderr: '', pauses: 0 })
  })

  it('ends with an error when the disk is full, and sends nothing again', async () => {
    const { status, stderr, pauses } = await longList('yaml', failingStdout('ENOSPC', 1))
    expect({ status, pauses }).toEqual({ status: 1, pauses: 0 })
    expect(stderr).toMatch(/^error: .*no space is left on the device.*\nhint: .*\n$/)
  })
})

it.each([
  [['list']],
  [['list', '--long', '--page-size', '10']],
  [['list', '--sort', 'expires_at']],
  [['list', '--limit', '3']],
  [['get', id(1), id(2), 'nowhere']],
])('%j leaves no listener on the signal of the process', async (argv) => {
  const { signal } = new AbortController()
  const { glance } = await cloudWith(30)
  await glance(argv, { signal })
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
