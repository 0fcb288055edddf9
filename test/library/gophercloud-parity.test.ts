import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type ConnectOptions, ExactNumber, formatJson, hasEnded, TASK_STATUSES, type Task } from '../../src/index.js'
import type { ReadyTask } from '../../src/sandbox/index.js'
import { TestClock } from '../helpers/clock.js'
import { library } from '../helpers/library.js'
import { type ReceivedRequest, sandbox, type TestSandboxOptions, withKeys } from '../helpers/sandbox.js'
import { CREATE, CREATE_ANSWER, GET, LIST } from './gophercloud-fixtures.js'

/**
 * Everything that gophercloud's package for Glance's tasks can do, done with this library. Each test is a row of the
 * table in docs/library.md, and each row a test.
 */

/**
 * A cloud with the tasks of those tests, at the time of their create, and the library connected to it. `asked` are the
 * requests to Glance, and `script` answers them in its place.
 */
async function cloud(script?: TestSandboxOptions['script'], options: ConnectOptions = {}) {
  const clock = new TestClock(Date.parse(CREATE_ANSWER.created_at))
  const asked: ReceivedRequest[] = []
  const { cloudsYaml, logins } = await sandbox({
    clock,
    tasks: [GET, LIST.tasks[1]] as ReadyTask[],
    script(request) {
      if (request.path.startsWith('/identity/')) return undefined
      asked.push(request)
      return script?.(request, asked.length)
    },
  })
  return { ...(await library(cloudsYaml, { clock, retries: 0, ...options })), asked, logins }
}

const rows: string[] = []
/** A test of a row, named as the first cell of the table is. */
function row(name: string, test: () => Promise<void>): void {
  rows.push(name)
  it(name, test)
}

describe('gophercloud', () => {
  row('tasks.List(client, opts).EachPage(ctx, f)', async () => {
    const { tasks, asked } = await cloud()
    const pages: Task[][] = []
    for await (const page of tasks.list({ pageSize: 2 }).pages()) pages.push(page)
    expect(pages).toEqual([LIST.tasks]) // the second page is empty
    expect(asked[0]).toMatchObject({ method: 'GET', headers: { 'x-auth-token': expect.any(String) } })
  })

  row('f returns false', async () => {
    const { tasks, asked } = await cloud()
    for await (const page of tasks.list({ pageSize: 1 }).pages()) if (page) break
    expect(asked.length).toBeLessThanOrEqual(2)
  })

  row('AllPages(ctx), ExtractTasks(page)', async () => {
    const { tasks } = await cloud()
    expect(await tasks.list({ pageSize: 1 }).all()).toEqual(LIST.tasks)
  })

  row('TaskPage.NextPageURL', async () => {
    // Its Glance has a prefix, which `next` lacks.
    const { tasks, asked } = await cloud(undefined, { settings: { interface: 'internal' } })
    const { owner, id } = GET
    expect(await tasks.list({ owner, pageSize: 1 }).all()).toEqual([LIST.tasks[0]])
    expect(asked.map(({ path }) => path)).toEqual([
      `/internal/v2/tasks?owner=${owner}&limit=1`,
      `/internal/v2/tasks?owner=${owner}&limit=1&marker=${id}`,
    ])
  })

  row('TaskPage.IsEmpty', async () => {
    const { tasks } = await cloud(() => ({ status: 204, text: '' }))
    expect(await tasks.list().all()).toEqual([])
  })

  row('ListOpts.Limit', async () => {
    const { tasks, asked } = await cloud()
    await tasks.list({ pageSize: 20 }).all()
    expect(await tasks.list({ limit: 1 }).all()).toHaveLength(1)
    expect(asked.map(({ query }) => query.get('limit'))).toEqual(['20', '1'])
  })

  row('ListOpts.Marker, SortDir, SortKey, Status', async () => {
    const { tasks, asked } = await cloud()
    await tasks.list({ marker: GET.id, sortDir: 'asc', sortKey: 'updated_at', status: 'pending' }).all()
    const [{ query } = { query: new URLSearchParams() }] = asked
    expect(Object.fromEntries(query)).toMatchObject({
      marker: GET.id,
      sort_dir: 'asc',
      sort_key: 'updated_at',
      status: 'pending',
    })
  })

  row('ListOpts.ID, Type (declared, never sent)', async () => {
    const { tasks, asked } = await cloud()
    expect(await tasks.list({ id: GET.id, type: 'import' }).all()).toEqual([LIST.tasks[0]])
    expect(Object.fromEntries(asked[0]?.query ?? [])).toMatchObject({ id: GET.id, type: 'import' })
    expect(await tasks.list({ type: 'api_image_import' }).all()).toEqual([]) // filtered here: Glance refuses it
  })

  row('Owner (in its example, not in ListOpts)', async () => {
    const { tasks, asked } = await cloud()
    expect(await tasks.list({ owner: GET.owner }).all()).toEqual([LIST.tasks[0]])
    expect(asked[0]?.query.get('owner')).toBe(GET.owner)
  })

  row('ListOptsBuilder.ToTaskListQuery', async () => {
    const { tasks, asked } = await cloud()
    await tasks.list({ query: { visibility: 'all', tag: ['a', 'b'] } }).all()
    expect(asked[0]?.query.get('visibility')).toBe('all')
    expect(asked[0]?.query.getAll('tag')).toEqual(['a', 'b'])
  })

  row('tasks.Get(ctx, client, id).Extract()', async () => {
    const { tasks, asked } = await cloud()
    expect(await tasks.get(GET.id)).toEqual({ ...GET, user_id: expect.any(String) })
    expect(asked[0]).toMatchObject({ method: 'GET', path: `/v2/tasks/${GET.id}`, body: '' })
    await expect(tasks.get('a/../b?c')).rejects.toMatchObject({ status: 404 })
    expect(asked[1]?.path).toBe('/v2/tasks/a%2F..%2Fb%3Fc') // there the id is put in as it is
  })

  row('tasks.Create(ctx, client, opts).Extract()', async () => {
    const { tasks, asked } = await cloud()
    const own = expect.any(String)
    const answer = { ...CREATE_ANSWER, id: own, self: own, owner: own, user_id: own, request_id: own }
    expect(await tasks.create(CREATE)).toEqual(answer)
    expect(asked[0]).toMatchObject({ method: 'POST', path: '/v2/tasks' })
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual(CREATE)
  })

  row('CreateOpts.Type is required', async () => {
    const { tasks, asked } = await cloud()
    await expect(tasks.create({ type: '' })).rejects.toMatchObject({ code: 'usage' })
    expect(asked).toEqual([])
  })

  row('CreateOpts without Input', async () => {
    const { tasks, asked } = await cloud(() => ({ status: 201, json: CREATE_ANSWER }))
    await tasks.create({ type: 'import' })
    expect(asked[0]?.body).toBe('{"type":"import","input":null}')
  })

  row('CreateOptsBuilder.ToTaskCreateMap', async () => {
    const { tasks, asked } = await cloud(() => ({ status: 201, json: CREATE_ANSWER }))
    await tasks.create({ type: 'other', input: { any: new ExactNumber('1e400') }, body: { priority: 7 } })
    expect(asked[0]?.body).toBe('{"type":"other","input":{"any":1e400},"priority":7}')
  })

  row('Task.ID … Schema', async () => {
    const more = { expires_at: '2018-07-27T08:59:13Z', image_id: 'i', request_id: 'r', user_id: 'u', new_key: 1 }
    const { tasks } = await cloud(() => withKeys(more))
    expect(await tasks.get(GET.id)).toEqual({ ...GET, ...more }) // there image_id, request_id and user_id are dropped
  })

  row('Task.CreatedAt is a time.Time', async () => {
    const odd = { ...GET, id: 'odd', created_at: 'yesterday' }
    const { tasks } = await cloud(() => ({ json: { tasks: [GET, odd] } }))
    const [good, bad] = await tasks.list().all() // there one odd time fails the whole page
    expect(new Date(good?.created_at ?? '').getTime()).toBe(Date.UTC(2018, 6, 25, 8, 59, 13))
    expect(bad?.created_at).toBe('yesterday')
  })

  row('TaskStatusPending … Failure', async () => {
    expect(TASK_STATUSES).toEqual(['pending', 'processing', 'success', 'failure'])
    expect(TASK_STATUSES.map((status) => hasEnded({ status } as Task))).toEqual([false, false, true, true])
  })

  row('Result.Body, Result.Header, ExtractInto', async () => {
    const text = '{"id": "x", "size": 12345678901234567890}'
    const { service } = await cloud(() => ({ headers: { 'x-openstack-request-id': 'req-7' }, text }))
    const answer = await service.request({ method: 'GET', path: 'tasks/x' })
    expect(answer).toMatchObject({ status: 200, body: text, headers: { 'x-openstack-request-id': 'req-7' } })
  })

  row('map[string]any loses digits over 2^53', async () => {
    const text = '{"id":"x","input":{"size":12345678901234567890,"huge":1e400}}'
    const { tasks } = await cloud(() => ({ text }))
    expect(formatJson((await tasks.get('x')) as never)).toBe(text)
  })

  row('ErrUnexpectedResponseCode', async () => {
    for (const [status, code] of [
      [400, 'bad_request'],
      [403, 'not_allowed'],
      [404, 'not_found'],
      [409, 'conflict'],
      [429, 'rate_limited'],
      [503, 'server'],
    ] as const) {
      const answer = { status, headers: { 'x-openstack-request-id': 'req-9' }, json: { message: 'no<br />' } }
      const { tasks } = await cloud(() => answer)
      await expect(tasks.get('x')).rejects.toMatchObject({ status, code, message: 'no', requestId: 'req-9' })
    }
  })

  row('context.Context', async () => {
    const controller = new AbortController()
    const { tasks } = await cloud(() => {
      controller.abort()
      return 'hang'
    })
    await expect(tasks.get('x', { signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' })
    await expect(tasks.list({ signal: controller.signal }).all()).rejects.toMatchObject({ code: 'aborted' })
    await expect(tasks.create({ type: 'x', signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' })
    await expect(tasks.wait('x', { signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' })
  })

  row('ProviderClient.UseTokenLock', async () => {
    const { tasks, logins } = await cloud()
    await Promise.all(Array.from({ length: 30 }, () => tasks.get(GET.id)))
    expect(logins()).toBe(1)
  })

  it('has a row for each of these tests in docs/library.md', () => {
    const text = readFileSync(fileURLToPath(new URL('../../docs/library.md', import.meta.url)), 'utf8')
    const table = text.slice(text.indexOf('| gophercloud'))
    const cells = [...table.matchAll(/^\| *(.*?) *\|/gm)].map(([, cell]) => (cell ?? '').replaceAll('`', ''))
    expect(cells.filter((cell) => !/^(gophercloud|-+)$/.test(cell))).toEqual(rows)
  })
})
