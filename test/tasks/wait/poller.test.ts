import { describe, expect, it } from 'vitest'
import { AbortedError, type ApiErrorDetails, apiErrorFor, ConnectionError } from '../../../src/errors.js'
import type { ServiceRequest } from '../../../src/http/service.js'
import type { Task } from '../../../src/tasks/task.js'
import { createTaskPoller, type PollResult, type UnfinishedTasks } from '../../../src/tasks/wait/poller.js'
import { type MemoryAnswer, memoryService } from '../../helpers/memory-service.js'

const api = (status: number, more: Partial<ApiErrorDetails> = {}) => apiErrorFor('No.', { status, ...more })
const task = (id: string, status = 'processing') => ({ id, status, created_at: '2026-11-23T00:00:00Z' }) as Task
const ids = (count: number) => Array.from({ length: count }, (_, i) => `t${i}`)
/** Unfinished tasks, as they were last seen. */
const open = (count: number, status?: string): UnfinishedTasks =>
  new Map(ids(count).map((id) => [id, status === undefined ? undefined : task(id, status)]))
const isList = ({ path }: ServiceRequest) => path === 'tasks'

interface Script {
  /** The tasks in a list by status. Default: none. */
  list?: (status: string, count: number) => MemoryAnswer | Error
  /** The response to a request for one task. Default: a successful task. */
  get?: (id: string) => MemoryAnswer | Error
}

function cloud({ list = () => ({ json: { tasks: [] } }), get }: Script = {}, imageId?: string) {
  let lists = 0
  const service = memoryService((request) => {
    const id = request.path.split('/').at(-1) ?? ''
    const answer = isList(request)
      ? list(String(request.query?.status), ++lists)
      : (get?.(id) ?? { json: task(id, 'success') })
    if (answer instanceof Error) throw answer
    return answer
  })
  const look = createTaskPoller(service, imageId)
  return {
    asked: service.asked,
    async look(tasks: UnfinishedTasks, signal = new AbortController().signal): Promise<PollResult[]> {
      const sights: PollResult[] = []
      for await (const sight of look(tasks, signal)) sights.push(sight)
      return sights
    },
    lists: () => service.asked.filter(isList).map(({ query }) => query?.status),
  }
}

const seen = (sights: PollResult[]) => sights.map(({ id, task, error }) => `${id} ${task?.status ?? error}`)

describe('a few tasks', () => {
  it('are fetched one by one up to ten, each once', async () => {
    const { look, asked, lists } = cloud()
    expect(seen(await look(open(10)))).toEqual(ids(10).map((id) => `${id} success`))
    expect(lists()).toEqual([])
    expect(asked.map(({ path, retry }) => [path, retry])).toEqual(ids(10).map((id) => [`tasks/${id}`, false]))
  })

  it('are all polled even if one fails', async () => {
    const { look } = cloud({ get: (id) => (id === 't1' ? api(503) : { json: task(id) }) })
    const sights = await look(open(3))
    expect(sights.map(({ id, error }) => [id, error === undefined])).toEqual([
      ['t0', true],
      ['t1', false],
      ['t2', true],
    ])
  })

  it('are no longer fetched after the caller stops', async () => {
    const controller = new AbortController()
    const service = memoryService(({ signal }) => {
      controller.abort('enough')
      throw new AbortedError(`The request was ${signal?.aborted ? 'ended' : 'left alone'}.`)
    })
    const sights = createTaskPoller(service, undefined)(open(1), controller.signal)
    await expect(sights[Symbol.asyncIterator]().next()).rejects.toThrow('The request was ended.')
  })

  it('end the poll when it is aborted', async () => {
    const { look } = cloud({ get: () => new AbortedError('Enough.') })
    await expect(look(open(3))).rejects.toThrow('Enough.')
  })
})

describe('many tasks', () => {
  it('are read from the lists of unfinished tasks, and fetched one by one otherwise', async () => {
    const { look, asked, lists } = cloud({
      list: (status) => ({
        json: { tasks: status === 'pending' ? [task('other', 'pending'), task('t0', 'pending')] : [task('T1')] },
      }),
    })
    const sights = await look(open(11))
    expect(new Set(sights.map(({ id }) => id))).toEqual(new Set(ids(11)))
    expect(seen(sights).slice(0, 3)).toEqual(['t0 pending', 't1 processing', 't2 success'])
    expect(sights).toHaveLength(11)
    expect(lists()).toEqual(['pending', 'processing'])
    expect(asked).toHaveLength(2 + 9)
  })

  it('are read only from the list of processing tasks once all are processing', async () => {
    const { look, lists } = cloud()
    await look(open(11, 'processing'))
    expect(lists()).toEqual(['processing'])
    const mixed = cloud()
    await mixed.look(new Map([...open(11, 'processing'), ['x', task('x', 'pending')]]))
    expect(mixed.lists()).toEqual(['pending', 'processing'])
    const unseen = cloud()
    await unseen.look(new Map([...open(11, 'processing'), ['x', undefined]]))
    expect(unseen.lists()).toEqual(['pending', 'processing'])
  })

  it('need no further list or page once all were found', async () => {
    const { look, asked } = cloud({
      list: () => ({ json: { tasks: ids(11).map((id) => task(id, 'pending')), next: '?marker=m' } }),
    })
    expect(await look(open(11))).toHaveLength(11)
    // The next page is requested before this one is processed.
    expect(asked.filter(isList).map(({ query }) => query?.status)).not.toContain('processing')
    expect(asked.filter((request) => !isList(request))).toEqual([])
  })

  it.each([
    [100, 1],
    [101, 2],
    [250, 3],
  ])('%i of them may read %i pages of a list', async (count, pages) => {
    const page = (n: number) => Array.from({ length: 1000 }, (_, i) => task(`other-${n}-${i}`))
    const { look, lists } = cloud({
      list: (_, n) => ({ json: { tasks: page(n), next: n < 9 ? `?marker=m${n}` : '' } }),
    })
    await look(open(count, 'processing'))
    expect(lists()).toHaveLength(pages)
  })

  it.each<[string, Error]>([
    ['403', api(403)],
    ['404', api(404)],
    ['400', api(400)],
  ])('are fetched one by one from then on after %s for a list', async (_, error) => {
    const { look, lists, asked } = cloud({ list: () => error })
    for (let i = 0; i < 2; i++) expect(await look(open(11))).toHaveLength(11)
    expect(lists()).toHaveLength(1)
    expect(asked).toHaveLength(1 + 22)
  })

  it.each<[string, Error]>([
    ['401', api(401)],
    ['429', api(429)],
    ['500', api(500)],
    ['403 of a proxy', api(403, { isFromService: false })],
    ['a lost connection', new ConnectionError('Lost.')],
  ])('fail in a poll with %s for a list, and use lists again in the next poll', async (_, error) => {
    const { look, lists } = cloud({ list: (_, count) => (count === 1 ? error : { json: { tasks: [] } }) })
    await expect(look(open(11))).rejects.toBe(error)
    expect(await look(open(11))).toHaveLength(11)
    expect(lists()).toEqual(['pending', 'pending', 'processing'])
  })

  it('end the poll after sixteen failures', async () => {
    const { look } = cloud({ get: () => api(503) })
    expect(await look(open(40))).toHaveLength(16)
    const proxy = cloud({ get: () => api(404, { isFromService: false }) })
    expect(await proxy.look(open(40))).toHaveLength(16)
  })

  it('are all polled if fewer fail or are missing', async () => {
    const some = cloud({ get: (id) => (Number(id.slice(1)) < 15 ? api(503) : { json: task(id) }) })
    expect(await some.look(open(40))).toHaveLength(40)
    const gone = cloud({ get: () => api(404) })
    expect(await gone.look(open(40))).toHaveLength(40)
  })
})

describe('the tasks of an image', () => {
  const route = (answer: MemoryAnswer | Error) => ({ get: () => answer })

  it('are listed at once, and absent tasks are missing', async () => {
    const { look, asked } = cloud(route({ json: { tasks: [task('T0'), task('other')] } }), 'i')
    const sights = await look(open(2))
    expect(asked.map(({ path }) => path)).toEqual(['images/i/tasks'])
    expect(sights[0]).toMatchObject({ id: 't0', task: { id: 'T0' } })
    expect(sights[1]).toMatchObject({ id: 't1', error: { status: 404, message: 'Image i no longer has a task t1.' } })
  })

  it('are missing if the image does not exist', async () => {
    const { look } = cloud({ get: () => api(404), list: () => api(403) }, 'i')
    expect(await look(open(1))).toMatchObject([{ id: 't0', error: { status: 404 } }])
  })

  it.each<[string, Error]>([
    ['a proxy that returns 404', api(404, { isFromService: false })],
    ['503', api(503)],
  ])('are not missing after %s', async (_, error) => {
    const { look } = cloud(route(error), 'i')
    await expect(look(open(1))).rejects.toBe(error)
  })
})
