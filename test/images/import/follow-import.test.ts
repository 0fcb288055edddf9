import { describe, expect, it } from 'vitest'
import { AbortedError, ForbiddenError, type ImportError, WaitTimeoutError } from '../../../src/errors.js'
import type { Image } from '../../../src/images/image.js'
import { statusOf } from '../../../src/images/import/follow-import.js'
import type { ImportStatus } from '../../../src/images/import/import-options.js'
import type { Task } from '../../../src/tasks/task.js'
import { importing, URL_SOURCE } from '../../helpers/imports.js'
import { login, type ReceivedRequest, type ScriptedAnswer, send } from '../../helpers/sandbox.js'

const isLook = ({ method, path }: ReceivedRequest) => method === 'GET' && /images\/[^/]+(\/tasks)?$/.test(path)

describe('what a look shows', () => {
  const image = (keys: object = {}): Image => ({ id: 'i', status: 'importing', ...keys })
  const task = (status: string, method: string, message = '', backend: unknown = ['local', 'second']) =>
    ({ id: 't', status, message, input: { backend, import_req: { method: { name: method } } } }) as unknown as Task

  it.each<[string, Task, Image, Partial<ImportStatus>]>([
    ['waiting', task('pending', 'web-download'), image(), { phase: 'waiting' }],
    ['downloading', task('processing', 'web-download'), image(), { phase: 'downloading', copiedMiB: undefined }],
    ['downloading from a region', task('processing', 'glance-download'), image(), { phase: 'downloading' }],
    ['copying what was uploaded', task('processing', 'glance-direct'), image(), { phase: 'copying' }],
    ['copying to more stores', task('processing', 'copy-image'), image({ stores: 'local' }), { phase: 'copying' }],
    ['copying', task('processing', 'web-download', 'Copied 57 MiB'), image(), { phase: 'copying', copiedMiB: 57 }],
    [
      'copying to the second store',
      task('processing', 'web-download'),
      image({ stores: 'local', os_glance_importing_to_stores: 'second' }),
      { phase: 'copying', storesLeft: ['second'] },
    ],
    [
      'the stores of the task, while the image names none',
      task('processing', 'web-download'),
      image(),
      { storesLeft: ['local', 'second'] },
    ],
    [
      'the stores that do not have it, while the image names none',
      task('processing', 'web-download'),
      image({ stores: 'local' }),
      { storesLeft: ['second'] },
    ],
    ['no store, on a cloud with one', task('processing', 'web-download', '', [null]), image(), { storesLeft: [] }],
    [
      'the end',
      task('success', 'web-download', 'Copied 3 MiB'),
      image(),
      { phase: 'ended', storesLeft: [], copiedMiB: 3 },
    ],
    [
      'a failure',
      task('failure', 'web-download'),
      image({ os_glance_importing_to_stores: 'second' }),
      { phase: 'ended', storesLeft: ['second'] },
    ],
    ['a task without input', { ...task('processing', ''), input: null }, image(), { phase: 'copying', storesLeft: [] }],
  ])('%s', (_, seen, of, status) => {
    expect(statusOf(seen, of, 7)).toMatchObject({ event: 'status', imageId: 'i', elapsed: 7, ...status })
  })
})

describe('a follow', () => {
  it('outlives what passes', async () => {
    let looks = 0
    const faults: ScriptedAnswer[] = [
      'drop',
      { status: 503, text: '' },
      { status: 500, text: 'x' },
      { kind: 'lost' },
      { status: 200, text: '<html>' },
    ]
    const cloud = await importing({
      taskDuration: 60_000,
      script: (asked) => (isLook(asked) && asked.path.endsWith('/tasks') && looks++ > 2 ? faults.shift() : undefined),
    })
    const { image } = await cloud.run({ source: URL_SOURCE })
    expect(image.status).toBe('active')
    expect(faults).toEqual([])
    expect(cloud.notices().length).toBeGreaterThan(0)
    expect(cloud.notices()[0]).toMatch(/Still waiting for task [\da-f-]{36}\.$/)
  })

  it('ends with a lasting failure, and says that the import continues', async () => {
    const refusal = { message: 'No.', code: '403 Forbidden', title: 'Forbidden' }
    let looks = 0
    const cloud = await importing({
      taskDuration: 60_000,
      script: (asked) => (isLook(asked) && looks++ > 5 ? { status: 403, json: refusal } : undefined),
    })
    const error = (await cloud.fails({ source: URL_SOURCE })) as ForbiddenError
    expect(error).toBeInstanceOf(ForbiddenError)
    const { imageId, taskId } = cloud.events.find((event) => event.event === 'started') as {
      imageId: string
      taskId: string
    }
    expect(error.message).toBe(`No. The import continues: image ${imageId}, task ${taskId}.`)
    expect(error.remedy).toEqual({ kind: 'resume_import', imageId, taskId })
    expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
  })

  // Unlike a member, an admin still sees the task, which may never end.
  it.each(['demo', 'admin'] as const)('of an image that is deleted ends within half a minute, for %s', async (user) => {
    const cloud = await importing({ taskDuration: 3_600_000, user })
    const startedAt = cloud.clock.monotonic()
    const token = await login(cloud, user)
    const error = (await cloud.fails({
      source: URL_SOURCE,
      onEvent: (event) => {
        if (event.event === 'status')
          void send(`${cloud.imageUrl}/v2/images/${event.imageId}`, { method: 'DELETE', token })
      },
    })) as ImportError
    const imageId = cloud.imageId()
    expect(error).toMatchObject({ code: 'task_failed', imageId, isRecordKept: false })
    expect(error.message).toBe(`Image ${imageId} was deleted during the import.`)
    expect(cloud.clock.monotonic() - startedAt).toBeLessThan(45_000)
  })

  it('after an outage of minutes tolerates an image that a member of the cluster does not find yet', async () => {
    const unfound = { message: 'No image found.', code: '404 Not Found', title: 'Not Found' }
    let looks = 0
    const cloud = await importing({
      taskDuration: 600_000,
      script: ({ method, path }) => {
        if (method !== 'GET' || !/images\/[^/]+$/.test(path)) return undefined
        looks++
        if (looks > 6 && looks < 40) return { status: 503, text: '' }
        return looks === 40 ? { status: 404, json: unfound } : undefined
      },
    })
    const startedAt = cloud.clock.monotonic()
    const { image } = await cloud.run({ source: URL_SOURCE })
    expect(image.status).toBe('active')
    expect(looks).toBeGreaterThan(40)
    expect(cloud.clock.monotonic() - startedAt).toBeGreaterThan(60_000)
  })

  it('tolerates such an image even when the task has ended', async () => {
    const unfound = { message: 'No image found.', code: '404 Not Found', title: 'Not Found' }
    let until = Number.POSITIVE_INFINITY
    const cloud = await importing({
      taskDuration: 5000,
      script: ({ method, path }) =>
        method === 'GET' && /images\/[^/]+$/.test(path) && cloud.clock.monotonic() < until
          ? { status: 404, json: unfound }
          : undefined,
    })
    until = cloud.clock.monotonic() + 15_000
    const { image, task } = await cloud.run({ source: URL_SOURCE })
    expect([image.status, task?.status]).toEqual(['active', 'success'])
    expect(cloud.clock.monotonic()).toBeGreaterThan(until)
  })

  it('names the end of the task if the timeout passes before the image is found', async () => {
    const unfound = { message: 'No image found.', code: '404 Not Found', title: 'Not Found' }
    const cloud = await importing({
      taskDuration: 5000,
      script: ({ method, path }) =>
        method === 'GET' && /images\/[^/]+$/.test(path) ? { status: 404, json: unfound } : undefined,
    })
    const error = (await cloud.fails({ source: URL_SOURCE, timeout: 10_000 })) as WaitTimeoutError
    expect(error).toBeInstanceOf(WaitTimeoutError)
    expect(error.message).toMatch(/its task [\da-f-]{36} is success\./)
  })

  it('of an image that existed before, and that somebody deletes, does not say that it is kept', async () => {
    const cloud = await importing({ taskDuration: 3_600_000 })
    const token = await login(cloud, 'demo')
    const { image } = await cloud.run({ source: URL_SOURCE, wait: false })
    const error = (await cloud.fails({
      imageId: image.id,
      onEvent: (event) => {
        if (event.event === 'status') void send(`${cloud.imageUrl}/v2/images/${image.id}`, { method: 'DELETE', token })
      },
    })) as ImportError
    expect(error).toMatchObject({ isRecordKept: false, remedy: undefined })
    expect(error.message).toBe(`Image ${image.id} was deleted during the import.`)
  })

  it('reports the time since the start of the import', async () => {
    const cloud = await importing({ taskDuration: 20_000 })
    await cloud.run({ source: URL_SOURCE })
    const elapsed = cloud.events.flatMap((event) => (event.event === 'status' ? event.elapsed : []))
    expect(elapsed[0]).toBe(0)
    expect(elapsed.at(-1)).toBeGreaterThanOrEqual(20_000)
  })

  it('counts its timeout from startedAt', async () => {
    const cloud = await importing({ taskDuration: 3_600_000 })
    cloud.clock.advance(50_000)
    const error = await cloud.fails({ source: URL_SOURCE, timeout: 60_000, startedAt: 0 })
    expect(error).toBeInstanceOf(WaitTimeoutError)
    expect((error as Error).message).toContain('did not end within 60 s')
    expect(cloud.clock.monotonic()).toBeLessThan(62_000)
  })

  it('has one timeout for all attempts', async () => {
    const cloud = await importing({ taskDuration: 40_000 })
    const error = await cloud.fails({ source: new URL('http://example.org/404'), timeout: 60_000, retryImport: 5 })
    expect(error).toBeInstanceOf(WaitTimeoutError)
    expect(cloud.clock.monotonic()).toBeLessThan(62_000)
  })
})

describe('stallTimeout', () => {
  it('ends the wait if nothing changes, and deletes nothing', async () => {
    const cloud = await importing()
    const error = (await cloud.fails({
      source: new URL('http://example.org/stuck'),
      stallTimeout: 120_000,
    })) as WaitTimeoutError
    expect(error).toBeInstanceOf(WaitTimeoutError)
    const { imageId, taskId } = cloud.events.find((event) => event.event === 'started') as {
      imageId: string
      taskId: string
    }
    expect(error.message).toMatch(
      /^Nothing has changed for 12\d s: task .* of image .* is still downloading\. The import continues/,
    )
    expect(error).toMatchObject({ taskIds: [taskId], remedy: { kind: 'resume_import', imageId, taskId } })
    expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
  })

  it('does not end one that changes now and then', async () => {
    let size = 0
    const cloud = await importing({
      taskDuration: 300_000,
      script: (asked) =>
        isLook(asked) && !asked.path.endsWith('/tasks')
          ? {
              kind: 'change',
              change: (answer) => ({
                ...answer,
                body: JSON.stringify({ ...JSON.parse(`${answer.body}`), progress: Math.floor(size++ / 10) }),
              }),
            }
          : undefined,
    })
    expect(await cloud.fails({ source: URL_SOURCE, stallTimeout: 120_000 })).toBeUndefined()
  })

  it.each([0, undefined])('of %s never ends it', async (stallTimeout) => {
    const cloud = await importing({ taskDuration: 3_000_000 })
    expect(await cloud.fails({ source: URL_SOURCE, stallTimeout })).toBeUndefined()
  })
})

it('a follow that is aborted by close() names the import', async () => {
  const controller = new AbortController()
  const cloud = await importing({ taskDuration: 3_600_000 })
  const closed = Object.assign(cloud.service, { closed: controller.signal })
  expect(closed).toBe(cloud.service)
  const error = (await cloud.fails({
    source: URL_SOURCE,
    onEvent: (event) => event.event === 'status' && controller.abort(),
  })) as AbortedError
  expect(error).toBeInstanceOf(AbortedError)
  expect(error.remedy).toMatchObject({ kind: 'resume_import' })
})
