import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/errors.js'
import { qcow2 } from '../../helpers/image-bytes.js'
import { data, importing, URL_SOURCE, web } from '../../helpers/imports.js'

describe('before anything is created', () => {
  it('what cannot work is an error', async () => {
    const cloud = await importing()
    const error = await cloud.fails({ source: data(qcow2()), diskFormat: 'raw', stores: ['nope'] })
    expect(error).toBeInstanceOf(UsageError)
    expect(cloud.changes()).toEqual([])
  })

  it('warns of what may not work', async () => {
    const cloud = await importing()
    await cloud.run({ source: URL_SOURCE, fetch: web('gone', { status: 503 }).fetch })
    expect(cloud.notices()).toEqual(['http://example.org/image.raw returns 503.'])
  })

  it('the format comes from the data, and is reported', async () => {
    const cloud = await importing()
    const { image } = await cloud.run({ source: data(qcow2()), diskFormat: undefined })
    expect(image).toMatchObject({ disk_format: 'qcow2', container_format: 'bare' })
    expect(cloud.events[0]).toMatchObject({ event: 'format', diskFormat: 'qcow2', containerFormat: 'bare' })
  })

  it('a pipe is inspected, and nevertheless uploaded completely', async () => {
    const cloud = await importing()
    const bytes = qcow2()
    const pipe = data(bytes, { isRepeatable: false, size: undefined })
    let opened = 0
    const source = {
      ...pipe,
      open() {
        opened++
        return pipe.open()
      },
    }
    const { image } = await cloud.run({ source, diskFormat: undefined })
    expect(image).toMatchObject({ disk_format: 'qcow2', size: bytes.length })
    expect(opened).toBe(1)
  })
})

it('a resumed import is not checked, whatever the source is now', async () => {
  const cloud = await importing({ taskDuration: 60_000 })
  const { image } = await cloud.run({ source: URL_SOURCE, wait: false })
  const { fetch, fetched } = web()
  const again = await cloud.run({ imageId: image.id, source: URL_SOURCE, fetch })
  expect(again.image.status).toBe('active')
  expect(fetched).toEqual([])
})

it('the image of another region brings its own format', async () => {
  const cloud = await importing({ user: 'admin' })
  const { image } = await cloud.run({ source: data(qcow2()), diskFormat: undefined })
  const fetched = await cloud.run({ imageId: image.id, fromRegion: 'RegionOne', diskFormat: undefined })
  expect(fetched.image).toMatchObject({ disk_format: 'qcow2', size: image.size })
  expect(fetched.image.id).not.toBe(image.id)
})
