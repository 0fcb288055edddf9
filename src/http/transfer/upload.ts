import { GlanceTasksError, InputError } from '../../errors.js'
import type { Clock } from '../clock.js'
import type { Deadline } from '../deadline.js'
import { thrownMessage } from '../failure.js'

/** A request body that is streamed. */
export interface Upload {
  /** Opens the data from their beginning: once, and again if the request is sent again. */
  open(): AsyncIterable<Uint8Array>
  /** The number of bytes, which becomes the Content-Length. Without it the body is sent in chunks. */
  size?: number | undefined
  /** Whether the data can be opened again. Default true. Otherwise the request is sent once. */
  isRepeatable?: boolean | undefined
  /** Default `application/octet-stream`. */
  contentType?: string | undefined
  /** Called with the number of bytes that have been sent so far. If it throws, the request fails with its error. */
  onProgress?: ((bytes: number) => void) | undefined
}

/** The headers of an upload. */
export function uploadHeaders({ size, contentType = 'application/octet-stream' }: Upload): Record<string, string> {
  return { 'content-type': contentType, ...(size === undefined ? {} : { 'content-length': String(size) }) }
}

/** The largest piece that is written to the connection at once. A larger one would look like a standstill on a slow line. */
export const LARGEST_PIECE = 64 * 1024

/**
 * The body of an upload in pieces. Each is read when the piece before it has been sent. The deadline runs while the server accepts
 * a piece and while it answers, but not while the data is read, because a pipe may be slow.
 *
 * @param timeout how long the server may take for a piece, in milliseconds. The answer may take as long as the upload, because a
 *   proxy may pass the body on only when it is complete.
 * @throws InputError if the data cannot be read, or if their length is not `size`; CallbackError.
 */
export async function* bodyOf(
  upload: Upload,
  deadline: Deadline,
  timeout: number,
  clock: Pick<Clock, 'monotonic'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { size, onProgress } = upload
  const started = clock.monotonic()
  let sent = 0
  deadline.pause()
  for await (const chunk of readable(upload)) {
    if (size !== undefined && sent + chunk.length > size)
      throw new InputError(`The data is longer than the announced ${size} bytes.`)
    for (let at = 0; at < chunk.length; at += LARGEST_PIECE) {
      const piece = chunk.subarray(at, at + LARGEST_PIECE)
      // A server that refuses the rest answers and closes. Its answer would be lost if the next piece were written before
      // the answer is read: that fails, and closes the socket.
      await new Promise((resolve) => setImmediate(resolve))
      deadline.renew(timeout, 'accepted no data for')
      yield piece
      sent += piece.length
      report(onProgress, sent)
    }
    deadline.pause()
  }
  if (size !== undefined && sent < size) {
    throw new InputError(`The data ends after ${sent} bytes, but ${size} were announced.`)
  }
  if (timeout > 0) deadline.renew(Math.max(timeout, clock.monotonic() - started))
}

/** Wraps what `onProgress` throws, to distinguish it from a failure of the connection. */
export class CallbackError extends Error {
  readonly thrown: unknown

  constructor(thrown: unknown) {
    super('A callback failed.')
    this.thrown = thrown
  }
}

function report(onProgress: Upload['onProgress'], sent: number): void {
  try {
    onProgress?.(sent)
  } catch (error) {
    throw new CallbackError(error)
  }
}

/**
 * The data of a source.
 *
 * @throws InputError for an error of the source, to distinguish it from a failure of the connection. A file that is opened with
 *   an encoding yields text.
 */
export async function* readable(source: Pick<Upload, 'open'>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of source.open()) {
      if (!ArrayBuffer.isView(chunk))
        throw new InputError(`The data must be chunks of Uint8Array, not of ${typeof chunk}.`)
      yield chunk
    }
  } catch (cause) {
    if (cause instanceof GlanceTasksError) throw cause
    throw new InputError(`The data cannot be read: ${thrownMessage(cause)}`, { cause })
  }
}
