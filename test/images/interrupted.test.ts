import { describe, expect, it } from 'vitest'
import { AbortedError } from '../../src/errors.js'
import type { ImportOptions } from '../../src/images/import-options.js'
import { data, importing, URL_SOURCE } from '../helpers/imports.js'
import { login, send } from '../helpers/sandbox.js'

/** Interrupts an import as soon as its `at`th request arrives, which is carried out all the same. */
async function interruptedAt(at: number, options: ImportOptions, faults?: 'lost') {
  const controller = new AbortController()
  let count = 0
  const cloud = await importing({
    taskDuration: 20_000,
    script: () => {
      if (++count === at) controller.abort('enough')
      return count === at && faults ? { kind: faults } : undefined
    },
  })
  const error = await cloud.fails({ ...options, signal: controller.signal })
  const token = await login(cloud, 'demo')
  const reply = await send(`${cloud.imageUrl}/v2/images`, { token })
  const images: { id: string; status: string }[] = reply.json.images
  return { cloud, error: error as AbortedError, images, isOver: count < at }
}

const SOURCES: [string, ImportOptions][] = [
  ['a URL', { source: URL_SOURCE }],
  ['data', { source: data('abc') }],
  ['a pipe', { source: data('abc', { isRepeatable: false, size: undefined }) }],
]

describe.each(SOURCES)('an import of %s that is interrupted at its request', (_, options) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('%d leaves nothing behind, or names it and can go on', async (at) => {
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
  })
})

it('an import that is interrupted before anything is sent says only that', async () => {
  const cloud = await importing()
  const error = (await cloud.fails({ source: URL_SOURCE, signal: AbortSignal.abort('enough') })) as AbortedError
  expect(error).toBeInstanceOf(AbortedError)
  expect(error.remedy).toBeUndefined()
  expect(cloud.changes()).toEqual([])
})

it('an import that is interrupted while it is started names its task', async () => {
  const { error, images, cloud } = await interruptedAt(2, { source: URL_SOURCE })
  expect(cloud.changes()).toEqual(['POST /v2/images', 'POST /v2/images/ID/import'])
  expect(images).toHaveLength(1)
  expect(error.message).toMatch(/^Interrupted\. The import goes on: image [\da-f-]{36}, task [\da-f-]{36}\.$/)
})

it('an upload that is interrupted deletes its record', async () => {
  const controller = new AbortController()
  const cloud = await importing()
  const source = {
    async *open() {
      yield Buffer.alloc(10)
      controller.abort('enough')
      yield Buffer.alloc(10)
    },
    size: 20,
  }
  const error = (await cloud.fails({ source, signal: controller.signal })) as AbortedError
  const { imageId } = cloud.events[0] as { imageId: string }
  expect(error.message).toBe(`Interrupted. The image record ${imageId} was deleted.`)
  expect(cloud.changes().at(-1)).toBe('DELETE /v2/images/ID')
})

it('an upload that is interrupted keeps its record with keepFailed, and names it', async () => {
  const { error, images } = await interruptedAt(2, { source: data('abc'), keepFailed: true })
  expect(images).toHaveLength(1)
  expect(error.message).toBe(`Interrupted. Image ${images[0]?.id} is kept.`)
})

it('data that cannot be read delete the record', async () => {
  const cloud = await importing()
  const source = {
    // biome-ignore lint/correctness/useYield: it fails before its first chunk
    async *open(): AsyncGenerator<Uint8Array> {
      throw new Error('EIO: i/o error, read')
    },
  }
  const error = await cloud.fails({ source })
  expect(error).toMatchObject({ code: 'input', message: 'The data cannot be read: EIO: i/o error, read' })
  expect(cloud.changes()).toEqual(
    ['POST /v2/images', expect.stringMatching(/stage|DELETE/), 'DELETE /v2/images/ID'].slice(0, cloud.changes().length),
  )
  expect(cloud.changes().at(-1)).toBe('DELETE /v2/images/ID')
})
