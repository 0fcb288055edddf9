import { AbortedError } from '../errors.js'

/** The error of all that is asked of a closed connection, or was under way when it was closed. */
export function closedError(sent = false): AbortedError {
  return new AbortedError('The connection to the cloud is closed.', {
    sent,
    hint: 'Close it when all work is done; to go on, connect again.',
  })
}

/** @throws AbortedError where the connection is closed. */
export function checkOpen({ closed }: { readonly closed?: AbortSignal | undefined }): void {
  if (closed?.aborted) throw closedError()
}
