import { describe, expect, it, onTestFinished } from 'vitest'
import { AbortedError, ForbiddenError, ImportError, NotFoundError, UsageError } from '../../src/errors.js'
import { Images } from '../../src/images/images.js'
import type { ImportOptions } from '../../src/images/import/import-options.js'
import { data, MISSING_SOURCE, web } from '../helpers/imports.js'
import { library } from '../helpers/library.js'
import { sandbox } from '../helpers/sandbox.js'

async function images(options: Parameters<typeof sandbox>[0] = {}) {
  const cloud = await sandbox({ taskDuration: 50, ...options })
  const connection = await library(cloud.cloudsYaml, { cloud: 'sandbox-member' })
  return { cloud, images: connection.images, connection }
}

describe('images of a connection', () => {
  it('are imported, read and deleted', async () => {
    const { images: all } = await images()
    const image = await all.import({
      source: data('abc'),
      name: 'one',
      diskFormat: 'raw',
      wait: true,
      pollInterval: 20,
    })
    expect(image).toMatchObject({ name: 'one', status: 'active', size: 3 })
    expect(await all.get(image.id)).toMatchObject({ id: image.id, status: 'active' })
    await all.delete(image.id)
    await expect(all.get(image.id)).rejects.toBeInstanceOf(NotFoundError)
    await all.delete(image.id) // it no longer exists, as intended
  })

  it('come with their task on request', async () => {
    const { images: all } = await images()
    const { image, task, warnings } = await all
      .import({ source: data('abc'), diskFormat: 'raw', wait: true, pollInterval: 20 })
      .withTask()
    expect(task).toMatchObject({ image_id: image.id, status: 'success' })
    expect(warnings).toEqual([])
  })

  it('that cannot be imported are one rejection, and none that nobody handles', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    const { images: all } = await images()
    const { fetch } = web()
    const options = { source: MISSING_SOURCE, diskFormat: 'raw', wait: true, pollInterval: 20, fetch }
    await expect(all.import(options)).rejects.toBeInstanceOf(ImportError)
    await expect(all.import(options).withTask()).rejects.toBeInstanceOf(ImportError)
    await new Promise((resolve) => setImmediate(resolve))
    expect(unhandled).toEqual([])
  })

  it('keep the proxies of the connection if fetch is undefined', async () => {
    const { connection } = await images()
    const { fetch, fetched } = web()
    const options = { source: MISSING_SOURCE, diskFormat: 'raw', fetch: undefined }
    await new Images(connection.service, undefined, fetch).import(options)
    expect(fetched).not.toEqual([])
  })

  it('that may not be deleted say why', async () => {
    const json = { message: 'It is protected.', code: '403 Forbidden', title: 'Forbidden' }
    const { images: all } = await images({
      script: ({ method }) => (method === 'DELETE' ? { status: 403, json } : undefined),
    })
    await expect(all.delete('i')).rejects.toBeInstanceOf(ForbiddenError)
  })

  it('are not imported over a closed connection', async () => {
    const { images: all, connection, cloud } = await images()
    await connection.close()
    await expect(all.import({ source: data('abc') })).rejects.toBeInstanceOf(AbortedError)
    expect(cloud.asked).toEqual([])
  })
})

describe('options that cannot be used are refused before any login', () => {
  it.each<[string, ImportOptions]>([
    ['unknown option "sourc"', { sourc: data() } as ImportOptions],
    ['source must be an object', { source: 'http://example.org' } as never],
    ['method must be', { method: 'upload' } as never],
    ['name must be text', { name: 7 } as never],
    ['properties must be an object', { properties: 'a=b' } as never],
    ['tags must be an array of strings', { tags: [7] } as never],
    ['minDisk must be a whole number', { minDisk: 1.5 }],
    ['stores must be an array of strings', { stores: 'local' } as never],
    ['allStores must be true or false', { allStores: 'yes' } as never],
    ['fallback must be', { fallback: 'remote' } as never],
    ['retryImport must be a whole number', { retryImport: -1 }],
    ['stallTimeout must be a number of milliseconds', { stallTimeout: -1 }],
    ['timeout must be a number of milliseconds', { timeout: -1 }],
    ['onEvent must be a function', { onEvent: {} } as never],
    ['pollInterval must be more than 0', { source: data(), pollInterval: 0 }],
    ['source has no open()', { source: {} } as never],
    ['checksum must have an algorithm and hex', { source: data(), checksum: { hex: 'abc' } } as never],
  ])('%s', async (message, options) => {
    const { images: all, cloud } = await images()
    const error = await all.import(options).then(
      () => undefined,
      (thrown) => thrown,
    )
    expect(error).toBeInstanceOf(UsageError)
    expect(error.message).toContain(message)
    expect(cloud.asked).toEqual([])
  })

  it('ids that are not text', async () => {
    const { images: all } = await images()
    await expect(all.get('')).rejects.toBeInstanceOf(UsageError)
    await expect(all.delete(7 as never)).rejects.toBeInstanceOf(UsageError)
  })
})
