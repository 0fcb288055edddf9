import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  AbortedError,
  BadRequestError,
  ImportError,
  NotFoundError,
  UsageError,
  WaitTimeoutError,
} from '../../../src/errors.js'
import type { ImportOptions } from '../../../src/images/import/import-options.js'
import { data, importing, MISSING_SOURCE, URL_SOURCE } from '../../helpers/imports.js'

const md5 = (text: string) => createHash('md5').update(text).digest('hex')

describe('an import', () => {
  it('of a URL ends in an active image', async () => {
    const cloud = await importing()
    const options = { source: URL_SOURCE, name: 'one', properties: { os: 'x' }, tags: ['t'], minDisk: 3, minRam: 64 }
    const { image, task, warnings } = await cloud.run(options)
    expect(image).toMatchObject({
      name: 'one',
      status: 'active',
      os: 'x',
      tags: ['t'],
      min_disk: 3,
      min_ram: 64,
      disk_format: 'raw',
      container_format: 'bare',
    })
    expect(task).toMatchObject({ status: 'success', type: 'api_image_import', image_id: image.id })
    expect(warnings).toEqual([])
    expect(cloud.changes()).toEqual(['POST /v2/images', 'POST /v2/images/ID/import'])
  })

  it('of data uploads them first', async () => {
    const cloud = await importing()
    const { image } = await cloud.run({ source: data('abc') })
    expect(image).toMatchObject({ status: 'active', size: 3, checksum: md5('abc') })
    expect(cloud.changes()).toEqual(['POST /v2/images', 'PUT /v2/images/ID/stage', 'POST /v2/images/ID/import'])
    expect(cloud.events).toContainEqual({ event: 'upload', imageId: image.id, bytes: 3, total: 3 })
  })

  it('of a pipe, whose length is unknown', async () => {
    const cloud = await importing()
    const { image } = await cloud.run({ source: data('abc', { size: undefined, isRepeatable: false }) })
    expect(image).toMatchObject({ status: 'active', size: 3 })
    expect(cloud.to(`/v2/images/${image.id}/stage`)[0]?.headers).toMatchObject({ 'transfer-encoding': 'chunked' })
  })

  it('without wait ends when it was started', async () => {
    const cloud = await importing()
    const { image, task } = await cloud.run({ source: URL_SOURCE, wait: false })
    expect(task).toMatchObject({ type: 'api_image_import', image_id: image.id })
    expect(['pending', 'processing']).toContain(task?.status)
    expect(cloud.clock.slept).toEqual([0])
  })

  it('finds its task by the id of its request', async () => {
    const cloud = await importing()
    const { image, task } = await cloud.run({ source: URL_SOURCE })
    const started = cloud.events.find(({ event }) => event === 'started')
    expect(started).toMatchObject({ imageId: image.id, taskId: task?.id, requestId: task?.request_id })
    expect(started).toMatchObject({ task: { id: task?.id, type: 'api_image_import' } })
    const [sent] = cloud.to(`/v2/images/${image.id}/import`)
    expect(sent?.headers['x-openstack-request-id']).toBe(task?.request_id)
  })

  it('reports the ID of the image before it is created', async () => {
    const cloud = await importing({
      script: ({ method }) => (method === 'POST' ? { status: 403, json: REFUSAL } : undefined),
    })
    const error = await cloud.fails({ source: URL_SOURCE })
    expect(error).toMatchObject({ code: 'not_allowed', message: 'No images for you.' })
    expect(cloud.events.at(-1)).toEqual({
      event: 'record',
      imageId: expect.stringMatching(/^[\da-f-]{36}$/),
      isNew: true,
    })
    // What was certainly not created is not deleted.
    expect(cloud.changes()).toEqual(['POST /v2/images'])
  })
})

const REFUSAL = { message: 'No images for you.', code: '403 Forbidden', title: 'Forbidden' }

describe('a failed import', () => {
  it('deletes the record that it made', async () => {
    const cloud = await importing()
    const error = await cloud.fails({ source: MISSING_SOURCE })
    expect(error).toBeInstanceOf(ImportError)
    const { imageId, taskId } = error as ImportError
    expect(error).toMatchObject({ code: 'task_failed', isRecordKept: false, remedy: undefined })
    expect((error as Error).message).toBe(`The import of image ${imageId} failed: Task failed due to Internal Error.`)
    expect(taskId).toMatch(/^[\da-f-]{36}$/)
    expect(cloud.changes().at(-1)).toBe('DELETE /v2/images/ID')
    const gone = cloud.service.request({ method: 'GET', path: `images/${imageId}` })
    await expect(gone).rejects.toBeInstanceOf(NotFoundError)
  })

  it('keeps it with keepFailed, and says how to go on', async () => {
    const cloud = await importing()
    const error = (await cloud.fails({ source: MISSING_SOURCE, keepFailed: true })) as ImportError
    const { imageId } = error
    expect(error).toMatchObject({ isRecordKept: true, remedy: { kind: 'resume_import', imageId } })
    expect(error.message).toContain(`Image ${imageId} is kept.`)
    expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
  })

  it('never deletes an image that existed before', async () => {
    const cloud = await importing()
    const { imageId } = (await cloud.fails({ source: MISSING_SOURCE, keepFailed: true })) as ImportError
    const error = await cloud.fails({ source: MISSING_SOURCE, imageId })
    expect(error).toMatchObject({ code: 'task_failed', imageId, isRecordKept: true })
    expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
  })

  it('names a record that cannot be deleted', async () => {
    const cloud = await importing({
      script: ({ method }) => (method === 'DELETE' ? { status: 403, json: REFUSAL } : undefined),
    })
    const error = (await cloud.fails({ source: MISSING_SOURCE })) as ImportError
    const { imageId } = error
    expect(error).toMatchObject({ isRecordKept: true, remedy: { kind: 'delete_image', imageId } })
    expect(error.message).toContain(`The image record ${imageId} could not be deleted: No images for you.`)
    expect(cloud.changes().filter((change) => change.startsWith('DELETE'))).toHaveLength(1)
  })

  it('that the service refuses to start deletes the record, too', async () => {
    const cloud = await importing()
    const error = await cloud.fails({ source: new URL('http://example.org:8080/image.raw') })
    expect(error).toBeInstanceOf(BadRequestError)
    expect(error).toMatchObject({ remedy: { kind: 'upload_instead' } })
    expect(cloud.changes()).toEqual(['POST /v2/images', 'POST /v2/images/ID/import', 'DELETE /v2/images/ID'])
  })
})

describe('options that cannot be used are refused before anything is sent', () => {
  it.each<[string, ImportOptions]>([
    ['needs a source or an imageId', {}],
    ['web-download needs a URL', { method: 'web-download', source: data() }],
    ['glance-direct uploads data', { method: 'glance-direct', source: URL_SOURCE }],
    ['copy-image needs the imageId', { method: 'copy-image', stores: ['second'] }],
    ['copy-image needs stores', { method: 'copy-image', imageId: 'i' }],
    ['copy-image takes no source', { method: 'copy-image', imageId: 'i', source: data(), allStores: true }],
    ['glance-download needs the imageId', { fromRegion: 'RegionTwo' }],
    ['takes intoImageId only with fromRegion', { imageId: 'i', intoImageId: 'i', source: URL_SOURCE }],
    ['glance-download needs fromRegion', { method: 'glance-download', imageId: 'i' }],
    ['glance-download takes no source', { fromRegion: 'RegionTwo', imageId: 'i', source: data() }],
    ['takes stores or allStores', { source: URL_SOURCE, stores: ['local'], allStores: true }],
    ['can fall back only from a URL', { source: data(), fallback: 'local' }],
    ['A sha256 checksum has 64', { source: data(), checksum: { algorithm: 'sha256', hex: 'abc' } }],
    ['Unknown hash algorithm "crc"', { source: data(), checksum: { algorithm: 'crc', hex: 'abc' } }],
  ])('%s', async (message, options) => {
    const cloud = await importing()
    const error = await cloud.fails(options)
    expect(error).toBeInstanceOf(UsageError)
    expect((error as Error).message).toContain(message)
    expect(cloud.asked).toEqual([])
  })
})

describe('an import that continues', () => {
  it('is named when its time is over', async () => {
    const cloud = await importing({ taskDuration: 3_600_000 })
    const error = (await cloud.fails({ source: URL_SOURCE, timeout: 60_000 })) as WaitTimeoutError
    expect(error).toBeInstanceOf(WaitTimeoutError)
    const started = cloud.events.find((event) => event.event === 'started')
    const { imageId, taskId } = started as { imageId: string; taskId: string }
    expect(error).toMatchObject({ taskIds: [taskId], remedy: { kind: 'resume_import', imageId, taskId } })
    expect(error.message).toContain(`The import continues: image ${imageId}, task ${taskId}.`)
    expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
  })

  it('is named when it is interrupted', async () => {
    const controller = new AbortController()
    const cloud = await importing({ taskDuration: 3_600_000 })
    const error = (await cloud.fails({
      source: URL_SOURCE,
      signal: controller.signal,
      onEvent: ({ event }) => event === 'status' && controller.abort('enough'),
    })) as AbortedError
    expect(error).toBeInstanceOf(AbortedError)
    const started = cloud.events.find((event) => event.event === 'started')
    const { imageId, taskId } = started as { imageId: string; taskId: string }
    expect(error).toMatchObject({ cause: 'enough', remedy: { kind: 'resume_import', imageId, taskId } })
    expect(error.message).toBe(`Interrupted. The import continues: image ${imageId}, task ${taskId}.`)
    expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
  })
})
