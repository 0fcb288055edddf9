import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apiErrorFor } from '../../../src/errors.js'
import type { Answer } from '../../../src/http/answer.js'
import type { Service, ServiceRequest } from '../../../src/http/service.js'
import { TaskList } from '../../../src/tasks/list/list.js'
import type { Task } from '../../../src/tasks/task.js'

const START = Date.UTC(2026, 0, 1)

/** A task with a creation second and a number. */
function task(second: number, number: number): Task {
  return {
    id: `task-${String(number).padStart(4, '0')}`,
    type: 'import',
    status: 'pending',
    owner: 'o',
    created_at: new Date(START + second * 1000).toISOString().replace('.000', ''),
    updated_at: '',
  }
}

const sortKey = ({ created_at, id }: Task) => `${created_at} ${id}`

/** The events in Glance between two requests. */
interface Change {
  /** This many new tasks appear. */
  created: number
  /** These tasks expire, by index modulo the length of the list. */
  expired: number[]
  /** This many tasks before the marker expire with it. */
  expiredAtMarker: number
}

/** Glance's list of tasks in memory, while it changes. */
class MovingGlance implements Service {
  readonly cloud = 'test'
  readonly region = undefined
  readonly sortDir: 'asc' | 'desc'
  tasks: Task[]
  #changes: Change[]
  #count: number

  constructor(seconds: number[], changes: Change[], sortDir: 'asc' | 'desc') {
    this.tasks = seconds.map(task)
    this.#count = seconds.length
    this.#changes = [...changes]
    this.sortDir = sortDir
  }

  async request({ query = {} }: ServiceRequest): Promise<Answer> {
    const marker = query.marker as string | undefined
    const change = marker === undefined ? undefined : this.#changes.shift()
    if (change) this.#apply(change, marker)
    const sorted = [...this.tasks].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
    if (this.sortDir === 'desc') sorted.reverse()
    const at = sorted.findIndex(({ id }) => id === marker)
    if (marker !== undefined && at < 0) {
      throw apiErrorFor(`Task with the given id ${marker} was not found`, { status: 400 })
    }
    const limit = Number(query.limit)
    const page = sorted.slice(at + 1, at + 1 + limit)
    const next = page.length === limit ? { next: `/v2/tasks?marker=${page.at(-1)?.id}` } : {}
    const body = JSON.stringify({ tasks: page, ...next })
    const request = { method: 'GET', url: new URL('http://glance.invalid/v2/tasks') }
    return { request, status: 200, headers: {}, body, isGarbled: false }
  }

  #apply({ created, expired, expiredAtMarker }: Change, marker: string | undefined): void {
    const before = this.tasks.length
    const gone = new Set(expired.map((i) => this.tasks[i % before]?.id))
    const sorted = [...this.tasks].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
    if (this.sortDir === 'desc') sorted.reverse()
    const at = sorted.findIndex(({ id }) => id === marker)
    for (let i = 0; i < expiredAtMarker; i++) gone.add(sorted[at - i]?.id)
    this.tasks = this.tasks.filter(({ id }) => !gone.has(id))
    for (let i = 0; i < created; i++) this.tasks.push(task(1000, this.#count++))
  }
}

const change = fc.record({
  created: fc.nat(5),
  expired: fc.array(fc.nat(), { maxLength: 10 }),
  expiredAtMarker: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(25) }),
})

describe('fetching pages of a list that changes', () => {
  it('yields each task once, in order, and every task that existed all the time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(8), { maxLength: 80, size: 'max' }), // few distinct seconds, so that many tasks share one
        fc.array(change, { maxLength: 12, size: 'max' }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom('asc' as const, 'desc' as const),
        async (seconds, changes, pageSize, sortDir) => {
          const glance = new MovingGlance(seconds, changes, sortDir)
          const initial = glance.tasks.map(({ id }) => id)
          const found = await new TaskList(glance, { pageSize, sortDir }).all()
          const ids = found.map(({ id }) => id)
          expect(new Set(ids).size).toBe(ids.length)
          const left = new Set(glance.tasks.map(({ id }) => id))
          expect(initial.filter((id) => left.has(id) && !ids.includes(id))).toEqual([])
          const times = found.map(({ created_at }) => created_at)
          expect(times).toEqual(sortDir === 'asc' ? [...times].sort() : [...times].sort().reverse())
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('yields the first tasks up to the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(50), { maxLength: 60 }),
        fc.nat(70),
        fc.integer({ min: 1, max: 20 }),
        async (seconds, limit, pageSize) => {
          const glance = new MovingGlance(seconds, [], 'desc')
          const all = await new TaskList(glance).all()
          expect(await new TaskList(glance, { limit, pageSize }).all()).toEqual(all.slice(0, limit))
        },
      ),
    )
  })
})

describe('the next link', () => {
  const host = fc.constantFrom('', 'http://other.example', '//other.example', 'https://user:pw@other.example:99')
  const prefix = fc.constantFrom('/v2/tasks', '/image/v2/tasks', '/image/v2/v2/tasks', 'tasks', '/dev2/x', '/..', '')
  const marker = fc.string({ minLength: 1 })

  it('is used only for its marker, with any host, path and parameters', async () => {
    await fc.assert(
      fc.asyncProperty(host, prefix, marker, fc.boolean(), async (host, prefix, marker, isLast) => {
        const asked: ServiceRequest[] = []
        const mark = `marker=${encodeURIComponent(marker)}`
        const next = `${host}${prefix}?${isLast ? `limit=2&sort_key=x&${mark}` : `${mark}&limit=2`}`
        const service: Service = {
          cloud: 'test',
          region: undefined,
          async request(request) {
            asked.push(request)
            const tasks = asked.length === 1 ? [task(1, 1)] : []
            const body = JSON.stringify(asked.length === 1 ? { tasks, next } : { tasks })
            const url = new URL('http://glance.invalid/image/v2/tasks')
            return { request: { method: 'GET', url }, status: 200, headers: {}, body, isGarbled: false }
          },
        }
        expect(await new TaskList(service, { owner: 'o' }).all()).toHaveLength(1)
        expect(asked.map(({ path }) => path)).toEqual(['tasks', 'tasks'])
        expect(asked[1]?.query).toMatchObject({ owner: 'o', limit: 1000, marker })
      }),
    )
  })

  it('of any other form ends the list or is an error; it never leads to another host or an endless list', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (next) => {
        let count = 0
        const service: Service = {
          cloud: 'test',
          region: undefined,
          async request({ path }) {
            expect(path).toBe('tasks')
            count++
            const body = JSON.stringify({ tasks: [], next })
            const url = new URL('http://glance.invalid/v2/tasks')
            return { request: { method: 'GET', url }, status: 200, headers: {}, body, isGarbled: false }
          },
        }
        await new TaskList(service).all().catch((error) => expect(error.code).toBe('unexpected_answer'))
        expect(count).toBeLessThanOrEqual(102)
      }),
    )
  })
})
