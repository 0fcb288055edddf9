import { GlanceTasksError } from '../../errors.js'
import type { OutputStream } from '../context.js'
import { ignoreErrors } from './say.js'

/** The reader of our output has closed the pipe, as `head` does. That is no failure: it has all that it wanted. */
export class ReaderGone extends Error {}

/**
 * Writes to stdout at the reader's pace, so that a slow reader does not make us hold the whole list in memory.
 *
 * @throws ReaderGone when the pipe is closed; GlanceTasksError when it cannot be written, as on a full disk.
 */
export async function write(stdout: OutputStream, text: string): Promise<void> {
  if (text === '') return
  ignoreErrors(stdout)
  await new Promise<void>((resolve, reject) => {
    // The callback is told of errors too, but an 'error' event without a listener would end the process.
    const onError = (error: NodeJS.ErrnoException) => reject(isClosed(error) ? new ReaderGone() : cannotWrite(error))
    stdout.once('error', onError)
    stdout.write(text, (error) => {
      if (error) return onError(error)
      stdout.removeListener('error', onError)
      resolve()
    })
  })
}

function isClosed(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || error.code === 'ERR_STREAM_WRITE_AFTER_END'
}

function cannotWrite(cause: NodeJS.ErrnoException): GlanceTasksError {
  const { reason, hint } = WRITE_FAILURES[cause.code ?? ''] ?? { reason: cause.message, hint: 'Send it elsewhere.' }
  return new GlanceTasksError('output', `The output cannot be written: ${reason}. What was written is incomplete.`, {
    cause,
    hint,
  })
}

const WRITE_FAILURES: Record<string, { reason: string; hint: string }> = {
  ENOSPC: { reason: 'no space is left on the device', hint: 'Make room, or send it elsewhere.' },
  EBADF: { reason: 'stdout is closed', hint: 'Where no output is wanted, send it to /dev/null.' },
}
