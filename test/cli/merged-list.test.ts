import { describe, expect, it } from 'vitest'
import type { CloudConnection } from '../../src/cli/cloud-connection.js'
import { listRows } from '../../src/cli/list-rows.js'
import { type ListFailure, mergedList, type PagesOf } from '../../src/cli/merged-list.js'
import { AbortedError, ConnectionError } from '../../src/errors.js'
import type { MergeOptions, Task } from '../../src/index.js'
import type { ListWriter } from '../../src/output/index.js'

const task = (i: number, id = `t${i}`) => ({ id, created_at: `2026-11-23T12:00:${59 - i}Z` }) as unknown as Task
const lost = new ConnectionError('lost')

/** A cloud that lists these pages; an error among them ends the list. */
function cloudWith(cloud: string, pages: (Task[] | Error)[], warning?: string) {
  return { session: { cloud, region: undefined }, pages, warning } as unknown as CloudConnection
}

const pagesOf: PagesOf = async function* (connection, onWarning) {
  const { pages, warning } = connection as unknown as { pages: (Task[] | Error)[]; warning?: string }
  if (warning) onWarning(warning)
  for (const page of pages) {
    if (page instanceof Error) throw page
    yield page
  }
}

async function list(connections: CloudConnection[], order: MergeOptions = {}) {
  const failures: ListFailure[] = []
  const warnings: string[] = []
  const tasks: Task[] = []
  const pages = mergedList(connections, pagesOf, {
    ...order,
    onWarning: (text) => warnings.push(text),
    onFailure: (failure) => failures.push(failure),
  })
  for await (const page of pages) tasks.push(...page)
  return { failures, warnings, ids: tasks.map(({ cloud, id }) => `${cloud} ${id}`) }
}

describe('the list of several clouds', () => {
  it('is in one order, each task with its cloud', async () => {
    const clouds = [cloudWith('east', [[task(0), task(3)], [task(4)]]), cloudWith('west', [[task(1), task(2)]])]
    expect(await list(clouds)).toEqual({
      ids: ['east t0', 'west t1', 'west t2', 'east t3', 'east t4'],
      failures: [],
      warnings: [],
    })
  })

  it('uses the given order and limit', async () => {
    const clouds = [cloudWith('east', [[task(4), task(0)]]), cloudWith('west', [[task(2)]])]
    const { ids } = await list(clouds, { sortKey: 'created_at', sortDir: 'asc', limit: 2 })
    expect(ids).toEqual(['east t4', 'west t2'])
    const byId = await list([cloudWith('east', [[task(0, 'b')]]), cloudWith('west', [[task(1, 'c')]])], {
      sortKey: 'id',
    })
    expect(byId.ids).toEqual(['west c', 'east b'])
  })

  it('contains the tasks of a failed cloud, and says whether its list is incomplete', async () => {
    const clouds = [
      cloudWith('east', [[task(0)], lost]),
      cloudWith('down', [lost]),
      cloudWith('west', [[task(1)], [task(2)]]),
    ]
    expect(await list(clouds)).toMatchObject({
      ids: ['east t0', 'west t1', 'west t2'],
      failures: [
        { error: lost, where: 'down', isBroken: false },
        { error: lost, where: 'east', isBroken: true },
      ],
    })
  })

  it('names the cloud that a warning comes from', async () => {
    expect((await list([cloudWith('east', [], 'odd')])).warnings).toEqual(['east: odd'])
  })

  it('ends when it is interrupted', async () => {
    const interrupted = new AbortedError()
    await expect(list([cloudWith('east', [interrupted]), cloudWith('west', [[task(0)]])])).rejects.toBe(interrupted)
  })
})

describe('the rows of a list', () => {
  const pageOf = (count: number) => Array.from({ length: count }, () => task(0))

  /** The number of tasks in each text. */
  async function rowsOf(...pages: number[]): Promise<number[]> {
    const lengths: number[] = []
    const writer = { rows: (tasks: readonly Task[]) => `${tasks.length}` } as ListWriter
    for await (const text of listRows(pages.map(pageOf), writer)) lengths.push(Number(text))
    return lengths
  }

  it('come at most 250 at a time, and all of them', async () => {
    expect(await rowsOf(600, 250, 1)).toEqual([250, 250, 100, 250, 1])
    expect(await rowsOf(0, 1)).toEqual([1])
  })
})
