import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { ReaderGone, write, writeLast } from '../../../src/cli/terminal/stdout.js'
import { GlanceTasksError } from '../../../src/errors.js'

/** A stdout whose writes end so. */
function stdoutWith(error?: { code: string; message?: string }) {
  const written: string[] = []
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      written.push(`${chunk}`)
      setImmediate(done, error ? Object.assign(new Error(error.message), error) : null)
    },
  })
  return { stdout, written }
}

describe('a write to stdout', () => {
  it('ends when it is written, and leaves no listener behind', async () => {
    const { stdout, written } = stdoutWith()
    const first = write(stdout, 'a')
    const listeners = stdout.listenerCount('error')
    await first
    for (const text of ['b', '', 'c']) await write(stdout, text)
    expect(written).toEqual(['a', 'b', 'c'])
    expect(stdout.listenerCount('error')).toBe(listeners - 1)
  })

  // EOF: on Windows.
  it.each(['EPIPE', 'EOF', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'])(
    'says where the reader has gone: %s',
    async (code) => {
      await expect(write(stdoutWith({ code }).stdout, 'a')).rejects.toBeInstanceOf(ReaderGone)
    },
  )

  it('that is the last one of an interrupted run does not need a reader', async () => {
    const last = (code: string, signal?: AbortSignal) => {
      return writeLast({ ...stdoutWith({ code }), signal: signal ?? new AbortController().signal }, 'a')
    }
    await last('EPIPE', AbortSignal.abort())
    await expect(last('EPIPE')).rejects.toBeInstanceOf(ReaderGone)
    await expect(last('ENOSPC', AbortSignal.abort())).rejects.toMatchObject({ code: 'output' })
  })

  it('ends if the run was interrupted and nobody reads', async () => {
    const stdout = new Writable({ autoDestroy: false, write() {} })
    const writing = write(stdout, 'a')
    stdout.emit('error', Object.assign(new Error('interrupted'), { code: 'ABORT_ERR' }))
    await expect(writing).rejects.toMatchObject({ code: 'aborted', message: expect.stringMatching(/^Interrupted\. /) })
  })

  it('is reported even if nothing more can be written', async () => {
    const ended = stdoutWith().stdout.end()
    await expect(write(ended, 'a')).rejects.toBeInstanceOf(ReaderGone)
    const destroyed = stdoutWith().stdout.destroy()
    await expect(write(destroyed, 'a')).rejects.toBeInstanceOf(ReaderGone)
  })

  it.each([
    ['ENOSPC', 'no space'],
    ['EIO', 'input/output error'],
  ])('fails for another reason, which it names: %s', async (code, reason) => {
    const failed = write(stdoutWith({ code, message: 'input/output error' }).stdout, 'a')
    await expect(failed).rejects.toBeInstanceOf(GlanceTasksError)
    await expect(failed).rejects.toMatchObject({
      code: 'output',
      message: expect.stringContaining(reason),
      cause: { code },
      hint: expect.any(String),
    })
  })
})
