import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ImportError } from '../../../src/errors.js'
import type { Fault } from '../../../src/sandbox/index.js'
import { data, importing, MISSING_SOURCE, URL_SOURCE } from '../../helpers/imports.js'
import type { ReceivedRequest } from '../../helpers/sandbox.js'

const STORES = ['local', 'second', 'broken']
const hashOf = (algorithm: string, text: string | Buffer) => ({
  algorithm,
  hex: createHash(algorithm).update(text).digest('hex'),
})

/** Changes keys of the image in each answer that shows it once it is active. */
function imageShows(keys: object) {
  return ({ method, path }: ReceivedRequest): Fault | undefined =>
    method === 'GET' && /images\/[^/]+$/.test(path)
      ? {
          kind: 'change',
          change: (answer) => {
            const image = JSON.parse(`${answer.body}`)
            return { ...answer, body: JSON.stringify(image.status === 'active' ? { ...image, ...keys } : image) }
          },
        }
      : undefined
}

describe('an import into several stores', () => {
  it('fills them', async () => {
    const cloud = await importing({ stores: STORES })
    const { image, warnings } = await cloud.run({ source: URL_SOURCE, stores: ['local', 'second'] })
    expect(image.stores?.split(',').sort()).toEqual(['local', 'second'])
    expect(warnings).toEqual([])
  })

  it('fails if one of them fails', async () => {
    const cloud = await importing({ stores: STORES })
    const error = await cloud.fails({ source: URL_SOURCE, stores: ['local', 'broken'] })
    expect(error).toMatchObject({ code: 'task_failed', isRecordKept: false })
  })

  it('fails after an upload, and a kept image can only be deleted', async () => {
    const cloud = await importing({ stores: ['broken', 'local'] })
    const error = await cloud.fails({ source: data('abc'), keepFailed: true })
    expect(error).toMatchObject({ isRecordKept: true, remedy: { kind: 'delete_image', imageId: cloud.imageId() } })
  })

  it('with allowPartial succeeds without it, and warns', async () => {
    const cloud = await importing({ stores: STORES })
    const { image, warnings } = await cloud.run({ source: URL_SOURCE, stores: ['local', 'broken'], allowPartial: true })
    expect(image).toMatchObject({ status: 'active', stores: 'local' })
    expect(warnings).toEqual([`The store broken does not have image ${image.id}.`])
  })

  it('with allStores means all of them', async () => {
    const cloud = await importing({ stores: STORES })
    const { warnings } = await cloud.run({ source: URL_SOURCE, allStores: true, allowPartial: true })
    expect(warnings).toHaveLength(1)
    const [start] = cloud.asked.filter(({ method, path }) => method === 'POST' && path.endsWith('/import'))
    expect(JSON.parse(start?.body ?? '')).toMatchObject({ all_stores: true, all_stores_must_succeed: false })
  })

  it('sends all_stores_must_succeed only if it matters, because a cloud with one store rejects it', async () => {
    const cloud = await importing({ stores: STORES })
    await cloud.run({ source: URL_SOURCE, stores: ['local'], allowPartial: true })
    const [start] = cloud.asked.filter(({ method, path }) => method === 'POST' && path.endsWith('/import'))
    expect(JSON.parse(start?.body ?? '')).toEqual({
      method: { name: 'web-download', uri: URL_SOURCE.href },
      stores: ['local'],
    })
  })

  it.each([
    ['os_glance_failed_import', { os_glance_failed_import: 'second' }],
    ['stores', { stores: 'local' }],
  ])('that succeeds although a store failed, as %s shows, is a failure that names the store', async (_, keys) => {
    const cloud = await importing({ stores: STORES, script: imageShows(keys) })
    const error = (await cloud.fails({ source: URL_SOURCE, stores: ['local', 'second'] })) as ImportError
    expect(error).toBeInstanceOf(ImportError)
    expect(error.code).toBe('task_failed')
    expect(error.message).toContain('not for all stores: second.')
  })

  it('is not blamed for a store that failed in an earlier one', async () => {
    const cloud = await importing({ stores: STORES, script: imageShows({ os_glance_failed_import: 'broken' }) })
    const { warnings } = await cloud.run({ source: URL_SOURCE, stores: ['local', 'second'] })
    expect(warnings).toEqual([])
  })
})

describe('a copy to more stores', () => {
  it('fills them', async () => {
    const cloud = await importing({ stores: STORES, user: 'admin' })
    const { image } = await cloud.run({ source: URL_SOURCE })
    const copied = await cloud.run({ imageId: image.id, method: 'copy-image', stores: ['second'] })
    expect(copied.image.stores?.split(',').sort()).toEqual(['local', 'second'])
  })

  it('is refused to users, with advice, and leaves the image as it is', async () => {
    const cloud = await importing({ stores: STORES })
    const { image } = await cloud.run({ source: URL_SOURCE })
    const error = await cloud.fails({ imageId: image.id, method: 'copy-image', stores: ['second'] })
    expect(error).toMatchObject({ code: 'not_allowed', hint: expect.stringContaining('Ask the operator') })
    expect((error as Error).message).toBe('You are not authorized to complete copy_image action.')
    expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
  })

  it('to all stores, if all have it, has no task', async () => {
    const cloud = await importing({ stores: ['local', 'second'], user: 'admin' })
    const { image } = await cloud.run({ source: URL_SOURCE, allStores: true })
    const { task, image: same } = await cloud.run({ imageId: image.id, method: 'copy-image', allStores: true })
    expect(task).toBeUndefined()
    expect(same.id).toBe(image.id)
  })
})

describe('a checksum of data that are uploaded', () => {
  it.each(['sha256', 'sha512', 'md5', 'sha1'])('by %s is verified before the import', async (algorithm) => {
    const cloud = await importing()
    const { hex } = hashOf(algorithm, 'abc')
    const { image } = await cloud.run({ source: data('abc'), checksum: { algorithm, hex: hex.toUpperCase() } })
    expect(image.status).toBe('active')
  })

  it('that is wrong prevents it, and the record is deleted', async () => {
    const cloud = await importing()
    const { hex } = hashOf('sha256', 'abc')
    const checksum = hashOf('sha256', 'abd')
    const error = (await cloud.fails({ source: data('abc'), checksum })) as ImportError
    expect(error).toMatchObject({ code: 'checksum', isRecordKept: false, taskId: undefined })
    expect(error.message).toBe(`The sha256 of the data is ${hex}, not ${checksum.hex}. Nothing was imported.`)
    expect(cloud.changes()).toEqual(['POST /v2/images', 'PUT /v2/images/ID/stage', 'DELETE /v2/images/ID'])
  })

  it('contains only the last attempt, if an upload breaks', async () => {
    let count = 0
    const cloud = await importing({
      script: ({ path }) => (path.endsWith('/stage') && ++count === 1 ? 'drop' : undefined),
    })
    const { image } = await cloud.run({ source: data('abc'), checksum: hashOf('sha256', 'abc') })
    expect(image.status).toBe('active')
    expect(count).toBe(2)
  })
})

describe('a checksum of data that the server downloads', () => {
  it.each(['md5', 'sha512', 'SHA-512'])('by %s is compared with its own', async (algorithm) => {
    const cloud = await importing()
    const { image } = await cloud.run({ source: URL_SOURCE })
    const hex = String(algorithm === 'md5' ? image.checksum : image.os_hash_value)
    expect(await cloud.fails({ source: URL_SOURCE, checksum: { algorithm, hex } })).toBeUndefined()
    const wrong = `${hex.slice(0, -1)}${hex.endsWith('0') ? 1 : 0}`
    const error = await cloud.fails({ source: URL_SOURCE, checksum: { algorithm, hex: wrong } })
    expect(error).toMatchObject({ code: 'checksum', isRecordKept: false })
    expect((error as Error).message).toContain(`is ${hex}, not ${wrong}.`)
  })

  it('by sha256 could not be verified: the image is kept, and it says so', async () => {
    const cloud = await importing()
    const error = (await cloud.fails({ source: URL_SOURCE, checksum: hashOf('sha256', 'abc') })) as ImportError
    expect(error).toMatchObject({ code: 'checksum', isRecordKept: true })
    expect(error.message).toContain('could not be verified: the server computes only md5 and sha512.')
    expect(cloud.notices()[0]).toMatch(/^The sha256 can probably not be verified/)
    expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
  })

  it('could not be verified if the server converted the image', async () => {
    const cloud = await importing({ script: imageShows({ disk_format: 'qcow2' }) })
    const error = (await cloud.fails({ source: URL_SOURCE, checksum: hashOf('md5', 'abc') })) as ImportError
    expect(error).toMatchObject({ code: 'checksum', isRecordKept: true })
    expect(error.message).toContain('the server converted the image from raw to qcow2.')
  })

  it('could not be verified if the server computed none', async () => {
    const cloud = await importing({ script: imageShows({ checksum: null, os_hash_algo: null, os_hash_value: null }) })
    const error = (await cloud.fails({ source: URL_SOURCE, checksum: hashOf('md5', 'abc') })) as ImportError
    expect(error.message).toContain('could not be verified: the server computed no checksum.')
  })
})

it('a task that succeeds with an image that is not active has failed', async () => {
  const cloud = await importing({
    script: ({ method, path }) =>
      method === 'GET' && /images\/[^/]+$/.test(path)
        ? {
            kind: 'change',
            change: (answer) => ({ ...answer, body: `${answer.body}`.replace('"active"', '"queued"') }),
          }
        : undefined,
  })
  const error = await cloud.fails({ source: URL_SOURCE })
  expect(error).toBeInstanceOf(ImportError)
  expect((error as Error).message).toMatch(/^The task succeeded, but image .* is queued\.$/)
})

it('an image that is active a little later than its task ended is one', async () => {
  let looks = 0
  const cloud = await importing({
    script: ({ method, path }) =>
      method === 'GET' && /images\/[^/]+$/.test(path)
        ? {
            kind: 'change',
            change: (answer) => {
              const isLate = `${answer.body}`.includes('"active"') && ++looks < 3
              return isLate ? { ...answer, body: `${answer.body}`.replace('"active"', '"importing"') } : answer
            },
          }
        : undefined,
  })
  expect((await cloud.run({ source: URL_SOURCE })).image.status).toBe('active')
})

it('the message of the task is the reason of a failure', async () => {
  const cloud = await importing()
  const error = await cloud.fails({ source: MISSING_SOURCE })
  expect((error as Error).message).toContain('Task failed due to Internal Error')
})
