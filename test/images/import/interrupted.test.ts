import { describe, expect, it } from 'vitest'
import { AbortedError } from '../../../src/errors.js'
import type { ImportOptions } from '../../../src/images/import/import-options.js'
import { data, importing, URL_SOURCE } from '../../helpers/imports.js'
import { login, send } from '../../helpers/sandbox.js'

/** Interrupts an import as soon as a request arrives, by its number or its path. The server nevertheless executes it. */
async function interruptedAt(at: number | string, options: ImportOptions) {
  const controller = new AbortController()
  let count = 0
  const cloud = await importing({
    taskDuration: 20_000,
    script: ({ method, path }) => {
      count++
      if (count === at || (method !== 'GET' && path.endsWith(String(at)))) controller.abort('enough')
      return undefined
    },
  })
  const error = await cloud.fails({ ...options, signal: controller.signal })
  const token = await login(cloud, 'demo')
  const reply = await send(`${cloud.imageUrl}/v2/images`, { token })
  const images: { id: string; status: string }[] = reply.json.images
  return { cloud, error: error as AbortedError, images, isOver: !controller.signal.aborted }
}

const SOURCES: [string, ImportOptions][] = [
  ['a URL', { source: URL_SOURCE }],
  ['data', { source: data('abc') }],
  ['a pipe', { source: data('abc', { isRepeatable: false, size: undefined }) }],
]

describe.each(SOURCES)('an import of %s that is interrupted at its request', (_, options) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
    '%d leaves nothing behind, or names it and can go on',
    async (at) => {
      const { cloud, error, images, isOver } = await interruptedAt(at, options)
      if (isOver) return // it needs fewer requests
      expect(error).toBeInstanceOf(AbortedError)
      expect(error.cause).toBe('enough')
      expect(images.length).toBeLessThan(2)
      const [image] = images
      if (image === undefined) return
      // What is there is named, with the way to go on.
      expect(error.message).toContain(image.id)
      expect(error.remedy).toMatchObject({ kind: 'resume_import', imageId: image.id })
      const started = cloud.events.find((event) => event.event === 'started')
      if (started) expect(error.message).toContain((started as { taskId: string }).taskId)
      const again = await cloud.run({ ...options, imageId: image.id })
      expect(again.image).toMatchObject({ id: image.id, status: 'active' })
    },
  )
})

it('an import that is interrupted before anything is sent says only that', async () => {
  const cloud = await importing()
  const error = (await cloud.fails({ source: URL_SOURCE, signal: AbortSignal.abort('enough') })) as AbortedError
  expect(error).toBeInstanceOf(AbortedError)
  expect(error).toMatchObject({ message: 'Interrupted. Nothing was created.', remedy: undefined, cause: 'enough' })
  expect(cloud.changes()).toEqual([])
})

it('an import that is resumed, and interrupted before anything is sent, can be resumed again', async () => {
  const cloud = await importing()
  const imageId = '11111111-0000-4000-8000-000000000000'
  const error = (await cloud.fails({ imageId, signal: AbortSignal.abort('enough') })) as AbortedError
  expect(error).toBeInstanceOf(AbortedError)
  expect(error).toMatchObject({
    message: 'Interrupted. Nothing was changed.',
    remedy: { kind: 'resume_import', imageId },
    cause: 'enough',
  })
})

it('an import that is interrupted just before its record is created creates nothing', async () => {
  const controller = new AbortController()
  const cloud = await importing()
  const error = await cloud.fails({
    source: URL_SOURCE,
    signal: controller.signal,
    onEvent: ({ event }) => event === 'record' && controller.abort('enough'),
  })
  expect(error).toMatchObject({ message: 'Interrupted. Nothing was created.', remedy: undefined, cause: 'enough' })
  expect(cloud.changes()).toEqual([])
})

it('an import that is interrupted while it is started names its task', async () => {
  const { error, images, cloud } = await interruptedAt('/import', { source: URL_SOURCE })
  expect(cloud.changes().slice(0, 2)).toEqual(['POST /v2/images', 'POST /v2/images/ID/import'])
  expect(images).toHaveLength(1)
  expect(error.message).toMatch(/^Interrupted\. The import continues: image [\da-f-]{36}, task [\da-f-]{36}\.$/)
})

/** Data that do something when they are read for the second time: first they are looked at, then uploaded. */
function dataThat(act: () => void, opening = 2) {
  let opened = 0
  return {
    async *open() {
      yield Buffer.alloc(10)
      if (++opened >= opening) act()
      yield Buffer.alloc(10)
    },
    size: 20,
  }
}

it('an upload that is interrupted deletes its record', async () => {
  const controller = new AbortController()
  const cloud = await importing()
  const source = dataThat(() => controller.abort('enough'))
  const error = (await cloud.fails({ source, signal: controller.signal })) as AbortedError
  expect(error.message).toBe(`Interrupted. The image record ${cloud.imageId()} was deleted.`)
  expect(cloud.changes().at(-1)).toBe('DELETE /v2/images/ID')
})

it('an upload that is interrupted keeps its record with keepFailed, and names it', async () => {
  const { error, images } = await interruptedAt('/stage', { source: data('abc'), keepFailed: true })
  expect(images).toHaveLength(1)
  expect(error.message).toBe(`Interrupted. Image ${images[0]?.id} is kept.`)
})

describe('data that cannot be read', () => {
  const act = () => {
    throw new Error('EIO: i/o error, read')
  }
  const said = { code: 'input', message: 'The data cannot be read: EIO: i/o error, read' }

  it('to look at them make no record', async () => {
    const cloud = await importing()
    expect(await cloud.fails({ source: dataThat(act, 1) })).toMatchObject(said)
    expect(cloud.changes()).toEqual([])
  })

  it('while they are uploaded delete the record', async () => {
    const cloud = await importing()
    expect(await cloud.fails({ source: dataThat(act) })).toMatchObject(said)
    expect(cloud.changes()[0]).toBe('POST /v2/images')
    expect(cloud.changes().at(-1)).toBe('DELETE /v2/images/ID')
  })
})
