import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'

import { type ImportError, NotFoundError, TaskStateError } from '../../../src/errors.js'
import { resumeStepFor } from '../../../src/images/import/resume.js'
import type { Task } from '../../../src/tasks/task.js'
import { data, importing, MISSING_SOURCE, URL_SOURCE } from '../../helpers/imports.js'

const OTHER = '00000000-0000-4000-8000-000000000000'

type Cloud = Awaited<ReturnType<typeof importing>>

/** Sends a request to the image service as the user of the imports. */
async function ask(cloud: Cloud, method: 'POST' | 'PUT', path: string, body?: object) {
  const text = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const answer = await cloud.service.request({ method, path, ...text })
  return answer.body === '' ? {} : JSON.parse(answer.body)
}

/** A record as an interrupted import leaves it. */
async function queued(cloud: Cloud): Promise<string> {
  const record = { name: 'one', disk_format: 'raw', container_format: 'bare' }
  return (await ask(cloud, 'POST', 'images', record)).id
}

async function staged(cloud: Cloud, text = 'abc'): Promise<string> {
  const id = await queued(cloud)
  const bytes = Buffer.from(text)
  const upload = {
    async *open() {
      yield bytes
    },
  }
  await cloud.service.request({ method: 'PUT', path: `images/${id}/stage`, upload })
  return id
}

const startImport = (cloud: Cloud, id: string, method: object = { name: 'web-download', uri: URL_SOURCE.href }) =>
  ask(cloud, 'POST', `images/${id}/import`, { method })

/** What an import into an image changes, after all that came before. */
async function changesOf<T>(cloud: Cloud, work: Promise<T>): Promise<string[]> {
  const before = cloud.changes().length
  await work
  return cloud.changes().slice(before)
}

describe('a resumed import', () => {
  it('with a record that is queued', async () => {
    const cloud = await importing()
    const imageId = await queued(cloud)
    const run = cloud.run({ imageId, source: URL_SOURCE })
    expect(await changesOf(cloud, run)).toEqual(['POST /v2/images/ID/import'])
    expect((await run).image).toMatchObject({ id: imageId, status: 'active', name: 'one' })
    expect(cloud.events[0]).toEqual({ event: 'record', imageId, isNew: false })
  })

  it('with a record that is queued, and data to upload', async () => {
    const cloud = await importing()
    const imageId = await queued(cloud)
    const run = cloud.run({ imageId, source: data('abc') })
    expect(await changesOf(cloud, run)).toEqual(['PUT /v2/images/ID/stage', 'POST /v2/images/ID/import'])
    expect((await run).image).toMatchObject({ status: 'active', size: 3 })
  })

  it.each([[undefined], [data('abc')], [data('other', { size: undefined })]])(
    'with data that are staged, which are not uploaded again',
    async (source) => {
      const cloud = await importing()
      const imageId = await staged(cloud)
      const run = cloud.run({ imageId, source })
      expect(await changesOf(cloud, run)).toEqual(['POST /v2/images/ID/import'])
      expect((await run).image).toMatchObject({ status: 'active', size: 3 })
      expect(cloud.notices()[0]).toBe(
        `Image ${imageId} has 3 bytes from an earlier upload. This data will be imported. Nothing is uploaded again.`,
      )
    },
  )

  it.each([[undefined], [URL_SOURCE]])('with an import that runs, whatever the source (%s)', async (source) => {
    const cloud = await importing()
    const imageId = await queued(cloud)
    await startImport(cloud, imageId)
    const run = cloud.run({ imageId, source })
    expect(await changesOf(cloud, run)).toEqual([])
    const { image, task } = await run
    expect(image.status).toBe('active')
    expect(task).toMatchObject({ status: 'success', image_id: imageId })
  })

  it('with an import that runs, and without wait only names it', async () => {
    const cloud = await importing()
    const imageId = await queued(cloud)
    await startImport(cloud, imageId)
    const { task } = await cloud.run({ imageId, wait: false })
    expect(task).toMatchObject({ image_id: imageId })
    expect(task?.status).not.toBe('success')
  })

  it('with an image that is active: nothing is left to do, and it says so', async () => {
    const cloud = await importing()
    const { image, task } = await cloud.run({ source: data('abc') })
    const again = cloud.run({ imageId: image.id, source: data('abc') })
    expect(await changesOf(cloud, again)).toEqual([])
    expect(await again).toMatchObject({ image: { id: image.id }, task: { id: task?.id } })
    expect(cloud.notices()).toEqual([`Image ${image.id} is already active.`])
  })

  it('whose task has succeeded meanwhile, although not for all stores: fails as if it had been followed', async () => {
    const cloud = await importing({ stores: ['local', 'broken'] })
    const { image } = await cloud.run({ source: URL_SOURCE, allStores: true, allowPartial: true })
    expect(await cloud.fails({ imageId: image.id })).toMatchObject({
      code: 'task_failed',
      message: expect.stringContaining('not for all stores: broken.'),
      isRecordKept: true,
    })
    expect((await cloud.run({ imageId: image.id, allowPartial: true })).warnings).toHaveLength(1)
  })

  it('of a copy that has failed meanwhile: fails', async () => {
    const cloud = await importing({ stores: ['local', 'broken'], user: 'admin' })
    const { image } = await cloud.run({ source: URL_SOURCE })
    const copy = { imageId: image.id, method: 'copy-image', stores: ['broken'] } as const
    const { task } = await cloud.run({ ...copy, wait: false })
    cloud.clock.advance(60_000)
    const error = await cloud.fails({ imageId: image.id })
    expect(error).toMatchObject({ code: 'task_failed', taskId: task?.id, isRecordKept: true, remedy: undefined })
    expect(error).toMatchObject({ hint: 'The image itself has not changed. Copy it again.' })
  })

  it('whose task has failed meanwhile, without a source: says why', async () => {
    const cloud = await importing()
    const imageId = await queued(cloud)
    await startImport(cloud, imageId, { name: 'web-download', uri: MISSING_SOURCE.href })
    cloud.clock.advance(60_000)
    const error = (await cloud.fails({ imageId, wait: false })) as ImportError
    expect(error).toMatchObject({ code: 'task_failed', isRecordKept: true })
    expect(error.message).toContain(`The import of image ${imageId} failed: Task failed due to Internal Error.`)
    // The task can be shown.
    expect(cloud.events.at(-1)).toMatchObject({ event: 'status', phase: 'ended', task: { id: error.taskId } })
    // With a source, another import is started.
    expect((await cloud.run({ imageId, source: URL_SOURCE })).image.status).toBe('active')
  })

  it('with an image to which an upload was interrupted, which the server notices a moment later', async () => {
    let looks = 0
    const cloud = await importing({
      script: ({ method, path }) =>
        method === 'GET' && /images\/[^/]+$/.test(path) && ++looks <= 3
          ? {
              kind: 'change',
              change: (answer) => ({ ...answer, body: `${answer.body}`.replace('"queued"', '"uploading"') }),
            }
          : undefined,
    })
    const imageId = await queued(cloud)
    const run = cloud.run({ imageId, source: data('abc') })
    expect(await changesOf(cloud, run)).toEqual(['PUT /v2/images/ID/stage', 'POST /v2/images/ID/import'])
    expect((await run).image).toMatchObject({ status: 'active', size: 3 })
  })

  it('with an image that is active, and compares its checksum', async () => {
    const cloud = await importing()
    const { image } = await cloud.run({ source: data('abc') })
    const md5 = (text: string) => ({ algorithm: 'md5', hex: createHash('md5').update(text).digest('hex') })
    expect(await cloud.fails({ imageId: image.id, checksum: md5('abc') })).toBeUndefined()
    const error = await cloud.fails({ imageId: image.id, checksum: md5('abd') })
    expect(error).toMatchObject({ code: 'checksum', imageId: image.id, isRecordKept: true })
    expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
  })
})

describe('nothing can be imported', () => {
  it('into a record that is queued, without a source', async () => {
    const cloud = await importing()
    const imageId = await queued(cloud)
    const error = await cloud.fails({ imageId })
    expect(error).toBeInstanceOf(TaskStateError)
    expect(error).toMatchObject({
      message: `Image ${imageId} is queued.`,
      hint: expect.stringContaining('Specify the source'),
    })
  })

  it('into an image with other staged data', async () => {
    const cloud = await importing()
    const imageId = await staged(cloud)
    const error = await cloud.fails({ imageId, source: data('abcd') })
    expect(error).toBeInstanceOf(TaskStateError)
    expect(error).toMatchObject({
      hint: 'It contains data from another upload: 3 bytes, not 4. Delete the image.',
      remedy: { kind: 'delete_image', imageId },
    })
  })

  it('from a URL or another region, if data is staged', async () => {
    const cloud = await importing()
    const imageId = await staged(cloud)
    expect(await cloud.fails({ imageId, source: URL_SOURCE })).toBeInstanceOf(TaskStateError)
    const copy = { imageId: OTHER, fromRegion: 'RegionOne', intoImageId: imageId }
    expect(await cloud.fails(copy)).toBeInstanceOf(TaskStateError)
  })

  it('into an image that is being uploaded to', async () => {
    const cloud = await importing({
      script: ({ method, path }) =>
        method === 'GET' && /images\/[^/]+$/.test(path)
          ? {
              kind: 'change',
              change: (answer) => ({ ...answer, body: `${answer.body}`.replace(/"size": ?\d+/, '"size": null') }),
            }
          : undefined,
    })
    const error = await cloud.fails({ imageId: await staged(cloud), source: data('abc') })
    expect(error).toMatchObject({
      message: expect.stringMatching(/is uploading: an upload to it is running\.$/),
      remedy: { kind: 'delete_image' },
    })
  })

  it('by a copy of an image that is not active', async () => {
    const cloud = await importing({ stores: ['local', 'second'] })
    const error = await cloud.fails({ imageId: await queued(cloud), method: 'copy-image', stores: ['second'] })
    expect(error).toBeInstanceOf(TaskStateError)
  })

  it('into an image whose import died', async () => {
    const cloud = await importing({
      script: ({ method, path }) =>
        method === 'GET' && /images\/[^/]+$/.test(path)
          ? {
              kind: 'change',
              change: (answer) => ({ ...answer, body: `${answer.body}`.replace('"queued"', '"importing"') }),
            }
          : undefined,
    })
    const imageId = await queued(cloud)
    const error = await cloud.fails({ imageId, source: URL_SOURCE })
    expect(error).toMatchObject({ code: 'task_state', remedy: { kind: 'delete_image', imageId } })
  })

  it('into an image that is not there', async () => {
    const cloud = await importing()
    const imageId = '00000000-0000-4000-8000-000000000000'
    expect(await cloud.fails({ imageId, source: URL_SOURCE })).toBeInstanceOf(NotFoundError)
    expect(cloud.events).toEqual([])
  })
})

describe('a copy from another region', () => {
  const copyOf = (image: { id: string }, intoImageId?: string) => ({
    imageId: image.id,
    fromRegion: 'RegionOne',
    diskFormat: undefined,
    intoImageId,
  })

  it('into a record that an interrupted one left', async () => {
    const cloud = await importing()
    const { image } = await cloud.run({ source: data('abc') })
    const left = await queued(cloud)
    const run = cloud.run(copyOf(image, left))
    expect(await changesOf(cloud, run)).toEqual(['POST /v2/images/ID/import'])
    expect((await run).image).toMatchObject({ id: left, status: 'active', size: 3 })
    expect(cloud.events).toContainEqual({ event: 'record', imageId: left, isNew: false })
  })

  it('that is running, or has ended', async () => {
    const cloud = await importing()
    const { image } = await cloud.run({ source: data('abc') })
    const started = await cloud.run({ ...copyOf(image), wait: false })
    const again = cloud.run(copyOf(image, started.image.id))
    expect(await changesOf(cloud, again)).toEqual([])
    expect(await again).toMatchObject({ image: { status: 'active' }, task: { id: started.task?.id } })
    expect((await cloud.run(copyOf(image, started.image.id))).task?.id).toBe(started.task?.id)
  })

  it('that fails keeps the record, which was there before', async () => {
    const cloud = await importing()
    const left = await queued(cloud)
    const error = await cloud.fails(copyOf({ id: OTHER }, left))
    expect(error).toMatchObject({ code: 'task_failed', imageId: left, isRecordKept: true })
    expect(error).toMatchObject({ remedy: { kind: 'resume_import', imageId: left } })
  })

  it('that is interrupted before anything is sent names the record', async () => {
    const cloud = await importing()
    const error = await cloud.fails({ ...copyOf({ id: OTHER }, OTHER), signal: AbortSignal.abort() })
    expect(error).toMatchObject({ code: 'aborted', remedy: { kind: 'resume_import', imageId: OTHER } })
  })
})

it('the import of an existing record that fails is not cleaned up', async () => {
  const cloud = await importing()
  const imageId = await queued(cloud)
  const error = (await cloud.fails({ imageId, source: MISSING_SOURCE })) as ImportError
  expect(error).toMatchObject({ isRecordKept: true, imageId })
  expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
})

it('of several tasks without an end, the one that the image names is followed', () => {
  const task = (id: string) => ({ id, type: 'api_image_import', status: 'processing' }) as Task
  const image = { id: 'i', status: 'importing', os_glance_import_task: 't1' }
  const wish = { method: 'web-download', source: undefined, tasks: [task('t2'), task('t1')] } as const
  expect(resumeStepFor(image, wish)).toEqual({ do: 'follow', task: task('t1') })
  expect(resumeStepFor({ ...image, os_glance_import_task: '' }, wish)).toMatchObject({ task: { id: 't2' } })
  expect(() => resumeStepFor({ ...image, os_glance_import_task: 't3' }, wish)).toThrow('Image i is importing.')
})
