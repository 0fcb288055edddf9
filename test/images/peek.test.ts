import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StreamSource } from '../../src/images/import/import-options.js'
import { peek } from '../../src/images/peek.js'
import { sample } from '../helpers/image-bytes.js'

/** A source of these chunks, how often it was opened and closed, and how many bytes it gave. */
function sourceOf(chunks: Uint8Array[], isRepeatable?: boolean) {
  const counts = { opened: 0, closed: 0, given: 0 }
  const source: StreamSource = {
    name: 'image',
    size: 5,
    isRepeatable,
    async *open() {
      counts.opened++
      try {
        for (const chunk of chunks) {
          counts.given += chunk.length
          yield chunk
        }
      } finally {
        counts.closed++
      }
    },
  }
  return { source, counts }
}

async function all(source: StreamSource): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source.open()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const pieces = (bytes: Buffer, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))

describe('a look at the first bytes', () => {
  it('reads no more than is needed', async () => {
    const { source, counts } = sourceOf(pieces(Buffer.alloc(1_000_000), 10_000))
    expect((await peek(source)).bytes).toHaveLength(70_000)
    expect(counts).toEqual({ opened: 1, closed: 1, given: 70_000 })
  })

  it('reads more of a vhdx, to learn its size', async () => {
    const { source } = sourceOf(pieces(Buffer.concat([sample('vhdx'), Buffer.alloc(1_000_000)]), 65_536))
    expect((await peek(source)).bytes).toHaveLength(sample('vhdx').length)
  })

  it('leaves a file as it is, to be opened again', async () => {
    const { source, counts } = sourceOf([Buffer.from('ab'), Buffer.from('c')])
    const peeked = await peek(source)
    expect(peeked.source).toBe(source)
    expect(peeked.bytes.toString()).toBe('abc')
    expect(counts).toMatchObject({ opened: 1, closed: 1 })
  })

  it('loses nothing of a pipe', async () => {
    const bytes = fc.uint8Array({ maxLength: 200 })
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { maxLength: 5 }), fc.nat(200_000), async (chunks, long) => {
        const whole = [...chunks, new Uint8Array(long).fill(7)]
        const { source, counts } = sourceOf(whole, false)
        const peeked = await peek(source)
        expect(peeked.source).toMatchObject({ name: 'image', size: 5, isRepeatable: false })
        expect((await all(peeked.source)).equals(Buffer.concat(whole))).toBe(true)
        expect(counts).toMatchObject({ opened: 1, closed: 1 })
      }),
      { numRuns: 30 },
    )
  })

  it('closes a pipe whose reader stops early', async () => {
    const { source, counts } = sourceOf([Buffer.from('ab'), Buffer.alloc(100_000), Buffer.from('c')], false)
    for await (const _ of (await peek(source)).source.open()) break
    expect(counts.closed).toBe(1)
  })

  it('passes on what a source throws', async () => {
    const source: StreamSource = {
      async *open() {
        yield Buffer.from('a')
        throw new Error('gone')
      },
    }
    await expect(peek(source)).rejects.toThrow('gone')
  })
})
