import { AbortedError, GlanceTasksError } from '../../errors.js'
import type { Context, OutputStream } from '../context.js'
import { ignoreErrors } from './say.js'

/** The reader closed the pipe, as `head` does. This is not a failure. */
export class ReaderGone extends Error {}

/**
 * Writes to stdout and waits for the reader, so that a slow reader does not make the list fill the memory.
 *
 * @throws ReaderGone if the pipe is closed; AbortedError if the run was interrupted and nobody reads the pipe;
 *   GlanceTasksError if the write fails, for example on a full disk.
 */
export async function write(stdout: OutputStream, text: string | Uint8Array): Promise<void> {
  if (text.length === 0) return
  ignoreErrors(stdout)
  await new Promise<void>((resolve, reject) => {
    // The callback receives errors, too, but an 'error' event without a listener would crash the process.
    const onError = (error: NodeJS.ErrnoException) => reject(failureOfWrite(error))
    stdout.once('error', onError)
    stdout.write(text, (error) => {
      if (error) return onError(error)
      stdout.removeListener('error', onError)
      resolve()
    })
  })
}

/**
 * Writes the last output of a command. After an interruption, it does not matter whether the reader is gone, because Ctrl-C
 * also ends `| jq`: the error that follows says how to continue.
 *
 * @throws what `write` throws.
 */
export async function writeLast({ stdout, signal }: Pick<Context, 'stdout' | 'signal'>, text: string): Promise<void> {
  await write(stdout, text).catch((error) => {
    if (!(error instanceof ReaderGone && signal.aborted)) throw error
  })
}

function failureOfWrite(error: NodeJS.ErrnoException): Error {
  // The pager reports what happened.
  if (error instanceof GlanceTasksError) return error
  // bin/ emits this error.
  if (error.code === 'ABORT_ERR') return new AbortedError('Interrupted. The output is incomplete.', { cause: error })
  return isClosed(error) ? new ReaderGone() : cannotWrite(error)
}

/** Windows reports EOF for a pipe that its reader has closed. */
const CLOSED = ['EPIPE', 'EOF', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']

function isClosed({ code = '' }: NodeJS.ErrnoException): boolean {
  return CLOSED.includes(code)
}

function cannotWrite(cause: NodeJS.ErrnoException): GlanceTasksError {
  const { reason, hint } = WRITE_FAILURES[cause.code ?? ''] ?? {
    reason: cause.message,
    hint: 'Write to another file or device.',
  }
  return new GlanceTasksError('output', `Cannot write the output: ${reason}. The output is incomplete.`, {
    cause,
    hint,
  })
}

const WRITE_FAILURES: Record<string, { reason: string; hint: string }> = {
  ENOSPC: { reason: 'no space left on the device', hint: 'Free some space, or write to another device.' },
  EBADF: { reason: 'stdout is closed', hint: 'To discard the output, redirect it to /dev/null.' },
}
