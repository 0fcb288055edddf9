import { getEventListeners } from 'node:events'
import { createReadStream } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readAll, readStdin } from '../../../src/cli/input/read-all.js'
import { AbortedError, InputError } from '../../../src/errors.js'
import { IS_WINDOWS } from '../../helpers/platform.js'

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

it.skipIf(IS_WINDOWS)('reads no further than it has to of what has no end', async () => {
  const stream = createReadStream('/dev/zero')
  await expect(readAll(stream, '/dev/zero', never)).rejects.toThrow(InputError)
  expect(stream.bytesRead).toBeLessThan(12 * 1024 * 1024)
})

describe('text from Windows', () => {
  const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16()

  it.each<[string, Buffer]>([
    ['UTF-8 with a byte order mark', Buffer.from('\ufeffä €')],
    ['UTF-16, as PowerShell writes it', Buffer.from('\ufeffä €', 'utf16le')],
    ['UTF-16 with the other byte order', bigEndian('\ufeffä €')],
  ])('in %s is read', async (_, bytes) => {
    expect(await readAll(Readable.from([bytes]), 'ids', never)).toBe('ä €')
  })

  it.each<[string, Buffer]>([
    ['an odd number of bytes', Buffer.from([0xff, 0xfe, 0x61])],
    ['half of a surrogate pair', Buffer.from([0xff, 0xfe, 0x3d, 0xd8])],
    ['UTF-16 without a byte order mark', bigEndian('ä€')],
  ])('that is damaged is an error: %s', async (_, bytes) => {
    await expect(readAll(Readable.from([bytes]), 'ids', never)).rejects.toThrow('ids is not UTF-8 text.')
  })
})

it('reports standard input that cannot be read, as under nohup', async () => {
  const stdin = new Readable({ read: () => stdin.destroy(new Error('EBADF: bad file descriptor, read')) })
  const error = await readStdin({ stdin, signal: never }).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(InputError)
  expect(error.message).toBe('standard input cannot be read: EBADF: bad file descriptor, read.')
  expect(error.hint).toBe('Redirect a file or a pipe to it. Under nohup, a terminal cannot be read.')
})
