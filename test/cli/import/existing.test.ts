import { expect, it } from 'vitest'
import type { CloudConnection } from '../../../src/cli/cloud-connection.js'
import { findExisting } from '../../../src/cli/import/existing.js'
import type { ImportSpec } from '../../../src/cli/import/plan.js'
import { planImport } from '../../../src/cli/import/plan.js'
import { memoryService } from '../../helpers/memory-service.js'

const ID = '0a1b2c3d-0000-4000-8000-00000000abcd'
const image = (more: object = {}) => ({
  id: 'i',
  name: 'n',
  owner: 'p',
  status: 'active',
  disk_format: 'raw',
  container_format: 'bare',
  checksum: 'a'.repeat(32),
  os_hash_algo: 'sha512',
  os_hash_value: 'b'.repeat(128),
  ...more,
})

function find(spec: ImportSpec, ...images: object[]) {
  const session = memoryService(({ path }) => ({ json: path === 'images' ? { images } : images[0] }))
  const plan = planImport(spec, { word: (key) => key, directory: '/', isFollowed: true })
  const context = { signal: new AbortController().signal }
  return findExisting(context, { session } as unknown as CloudConnection, plan, 'p')
}

const NEW: ImportSpec = { source: 'x.raw', name: 'n' }

it('there is none', async () => {
  expect(await find(NEW)).toEqual({ is: 'absent' })
  expect(await find(NEW, image({ name: 'm' }), image({ owner: 'q' }), image({ status: 'deactivated' }))).toEqual({
    is: 'absent',
  })
})

it('an active image of the name is there', async () => {
  const there = { is: 'there', imageId: 'i', why: 'An active image has this name.' }
  expect(await find(NEW, image())).toEqual(there)
  expect(await find(NEW, image({ id: 'q', status: 'queued' }), image())).toEqual(there)
})

it.each<[ImportSpec['checksum'], object]>([
  [
    { algorithm: 'md5', hex: 'A'.repeat(32) },
    { is: 'there', why: 'An active image has this name and checksum.' },
  ],
  [
    { algorithm: 'sha512', hex: 'b'.repeat(128) },
    { is: 'there', why: 'An active image has this name and checksum.' },
  ],
  [
    { algorithm: 'sha256', hex: 'c'.repeat(64) },
    { is: 'there', why: expect.stringContaining('no checksum of this algorithm') },
  ],
  [{ algorithm: 'md5', hex: 'c'.repeat(32) }, { is: 'absent' }],
  [{ algorithm: 'sha512', hex: 'c'.repeat(128) }, { is: 'absent' }],
])('with the checksum %j', async (checksum, expected) => {
  expect(await find({ ...NEW, ...(checksum && { checksum }) }, image())).toMatchObject(expected)
})

it('one of several images with the name has the checksum', async () => {
  const checksum = { algorithm: 'md5', hex: 'd'.repeat(32) }
  expect(await find({ ...NEW, checksum }, image(), image({ id: 'j', checksum: 'd'.repeat(32) }))).toMatchObject({
    imageId: 'j',
  })
})

it('an interrupted import left records without data, unless they have another format', async () => {
  const left = ['queued', 'uploading', 'importing'].map((status) => image({ id: status, status }))
  const others = ['saving', 'killed', 'pending_delete'].map((status) => image({ id: status, status }))
  expect(await find(NEW, ...left, ...others)).toEqual({ is: 'left', records: ['queued', 'uploading', 'importing'] })
  const qcow2 = image({ id: 'q', status: 'queued', disk_format: 'qcow2' })
  expect(await find({ ...NEW, diskFormat: 'raw' }, qcow2)).toEqual({ is: 'absent' })
  expect(await find({ ...NEW, containerFormat: 'ovf' }, qcow2)).toEqual({ is: 'absent' })
  expect(await find(NEW, qcow2)).toEqual({ is: 'left', records: ['q'] })
})

it('an existing image is there when it has what it is to get', async () => {
  expect(await find({ image: ID, source: 'x.raw' }, image())).toMatchObject({ is: 'there' })
  expect(await find({ image: ID, source: 'x.raw' }, image({ status: 'queued' }))).toEqual({ is: 'absent' })
  const copy: ImportSpec = { image: ID, method: 'copy-image', store: ['a', 'b'] }
  expect(await find(copy, image({ stores: 'b,c,a' }))).toMatchObject({ is: 'there' })
  expect(await find(copy, image({ stores: 'b' }))).toEqual({ is: 'absent' })
  expect(await find(copy, image())).toEqual({ is: 'absent' })
  expect(await find({ image: ID, method: 'copy-image', allStores: true }, image({ stores: 'a,b' }))).toEqual({
    is: 'absent',
  })
})

it('a copy from another region is found by its name', async () => {
  expect(await find({ image: ID, fromRegion: 'R', name: 'n' }, image())).toMatchObject({ is: 'there', imageId: 'i' })
  expect(await find({ source: ID, fromRegion: 'R', name: 'n' }, image())).toMatchObject({ is: 'there', imageId: 'i' })
  expect(await find({ source: ID, fromRegion: 'R', image: ID }, image({ status: 'queued' }))).toEqual({ is: 'absent' })
})
