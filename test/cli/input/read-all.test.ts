import { getEventListeners } from 'node:events'
import { createReadStream } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { readAll } from '../../../src/cli/input/read-all.js'
import { AbortedError, InputError } from '../../../src/errors.js'

const never = new AbortController().signal

it('ends when it is interrupted, though its stream never does', async () => {
  const interruption = new AbortController()
  const stream = new PassThrough()
  stream.write('half')
  const read = readAll(stream, 'standard input', interruption.signal)
  interruption.abort()
  await expect(read).rejects.toThrow(new AbortedError('Interrupted while reading standard input.'))
})

it('leaves no listener behind', async () => {
  const { signal } = new AbortController()
  expect(await readAll(Readable.from([Buffer.from('a'), Buffer.from('b')]), 'x', signal)).toBe('ab')
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('reads no further than it has to of what has no end', async () => {
  const stream = createReadStream('/dev/zero')
  await expect(readAll(stream, '/dev/zero', never)).rejects.toThrow(InputError)
  expect(stream.bytesRead).toBeLessThan(12 * 1024 * 1024)
})
