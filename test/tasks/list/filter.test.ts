import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/errors.js'
import { filterOf, type TaskFilter } from '../../../src/tasks/list/filter.js'
import type { Order } from '../../../src/tasks/list/sort.js'
import type { Task } from '../../../src/tasks/task.js'

type Options = TaskFilter & Pick<Order, 'sortKey' | 'sortDir'>

const NOON = Date.parse('2026-11-23T12:00:00Z')
const task = (more: Partial<Task> = {}) =>
  ({ id: 'a', type: 'import', status: 'success', owner: 'o', created_at: '2026-11-23T12:00:00Z', ...more }) as Task
const at = (seconds: number) => task({ created_at: new Date(NOON + seconds * 1000).toISOString().replace('.000', '') })
const thrownBy = (options: Options): UsageError => {
  try {
    filterOf(options)
  } catch (error) {
    return error as UsageError
  }
  return expect.fail('nothing was thrown')
}

describe('the part of the server', () => {
  it.each<[Options, object, boolean]>([
    [{}, {}, true],
    [{ status: 'failure' }, { status: 'failure' }, true],
    [{ status: ['failure'] }, { status: 'failure' }, true],
    [{ status: [] }, {}, true],
    [{ type: 'import' }, { type: 'import' }, true],
    [{ type: ['import'] }, { type: 'import' }, true],
    [
      { owner: 'o', userId: 'u', requestId: 'r', id: 'i' },
      { owner: 'o', user_id: 'u', request_id: 'r', id: 'i' },
      true,
    ],
    // Glance accepts only one status, and no other type.
    [{ status: ['failure', 'success'] }, {}, false],
    [{ type: 'api_image_import' }, {}, false],
    [{ type: ['import', 'api_image_import'] }, {}, false],
    [{ status: 'failure', type: 'location_import' }, { status: 'failure' }, false],
    // Glance cannot filter by time, and the route of an image has no filters.
    [{ since: NOON }, {}, false],
    [{ until: NOON }, {}, false],
    [{ imageId: 'i' }, {}, false],
  ])('%o is sent as %o, which is the whole filter: %o', (options, query, onServerAlone) => {
    const filter = filterOf(options)
    expect(Object.fromEntries(Object.entries(filter.query).filter(([, value]) => value !== undefined))).toEqual(query)
    expect(filter.onServerAlone).toBe(onServerAlone)
  })
})

describe('the part of the client', () => {
  it.each<[Options, Task, boolean]>([
    [{}, task(), true],
    [{ status: ['failure', 'success'] }, task(), true],
    [{ status: ['failure', 'pending'] }, task(), false],
    [{ type: ['import', 'x'] }, task(), true],
    [{ type: 'x' }, task(), false],
    // Both limits are inclusive.
    [{ since: NOON }, at(0), true],
    [{ since: NOON }, at(-1), false],
    [{ until: new Date(NOON) }, at(0), true],
    [{ until: NOON }, at(1), false],
    [{ since: NOON, until: NOON }, at(0), true],
    [{ since: NOON - 1000, until: NOON + 1000 }, at(2), false],
    [{ since: 0, until: NOON }, at(-1), true],
    // A task with an invalid time is kept.
    [{ since: NOON, until: NOON }, task({ created_at: 'yesterday' }), true],
  ])('%o and %o match: %o', (options, each, isWanted) => {
    expect(filterOf(options).matches(each)).toBe(isWanted)
  })

  it.each<[Options, Partial<Task>]>([
    [{ owner: 'o' }, { owner: 'o' }],
    [{ requestId: 'r' }, { request_id: 'r' }],
    [{ userId: 'u' }, { user_id: 'u' }],
    [{ id: 'i' }, { id: 'i' }],
  ])("%o is a part of the client only for an image's tasks", (options, equal) => {
    const filter = filterOf({ imageId: 'image', ...options })
    expect(filter.matches(task({ ...equal }))).toBe(true)
    const [key = ''] = Object.keys(equal)
    expect(filter.matches(task({ [key]: 'another' }))).toBe(false)
    expect(filterOf(options).matches(task({ [key]: 'another' }))).toBe(true)
  })
})

describe('the end of a list', () => {
  it.each<[Options, Task, boolean]>([
    [{ since: NOON }, at(-1), true],
    [{ since: NOON }, at(0), false],
    [{ until: NOON }, at(-1), false],
    [{ until: NOON }, at(1), false],
    [{ until: NOON, sortDir: 'asc' }, at(1), true],
    [{ until: NOON, sortDir: 'asc' }, at(0), false],
    [{ since: NOON, sortDir: 'asc' }, at(-1), false],
    [{ since: NOON, sortKey: 'created_at' }, at(-1), true],
    // In another order, matching tasks may follow.
    [{ since: NOON, sortKey: 'updated_at' }, at(-1), false],
    [{ since: NOON, imageId: 'i' }, at(-1), false],
    [{}, at(-1), false],
    [{ since: NOON }, task({ created_at: 'yesterday' }), false],
  ])('with %o, %o is the end: %o', (options, each, isPast) => {
    expect(filterOf(options).isPast(each)).toBe(isPast)
  })
})

describe('invalid filters', () => {
  it.each<[Options, string, string]>([
    [{ owner: '' }, 'owner must not be empty.', 'Omit owner to see all tasks.'],
    [{ requestId: '' }, 'requestId must not be empty.', 'Omit requestId to see all tasks.'],
    [{ userId: '' }, 'userId must not be empty.', 'Omit userId to see all tasks.'],
    [{ id: '' }, 'id must not be empty.', 'Omit id to see all tasks.'],
    [{ imageId: '' }, 'imageId must not be empty.', 'Omit imageId to see all tasks.'],
    [{ type: '' }, 'type must not be empty.', 'Omit type to see all tasks.'],
    [{ type: ['import', ''] }, 'type must not be empty.', 'Omit type to see all tasks.'],
    [{ status: '' as 'success' }, 'status must not be empty.', 'Omit status to see all tasks.'],
    [{ status: ['success', 'done' as 'success'] }, '"done"', 'pending, processing, success, failure'],
    [{ sortKey: 'input' }, 'input', 'columns of its list'],
    [{ sortKey: 'message' }, 'message', 'columns of its list'],
    [{ sortKey: 'result' }, 'result', 'columns of its list'],
    [{ since: Number.NaN }, 'since is not a time.', ''],
    [{ until: new Date('x') }, 'until is not a time.', ''],
    [
      { since: NOON + 1, until: NOON },
      '2026-11-23T12:00:00.001Z) is later than until (2026-11-23T12:00:00.000Z)',
      'Swap',
    ],
  ])('%o', (options, message, hint) => {
    const error = thrownBy(options)
    expect(error).toBeInstanceOf(UsageError)
    expect(error.message).toContain(message)
    expect(error.hint ?? '').toContain(hint)
  })
})
