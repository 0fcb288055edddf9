import { AbortedError } from '../errors.js'

/** The error of requests on a closed connection, and of those that were running when it was closed. */
export function closedError(sent = false): AbortedError {
  return new AbortedError('The connection to the cloud is closed.', {
    sent,
    hint: 'Close the connection when all work is done, or connect again.',
  })
}

/** @throws AbortedError if the connection is closed. */
export function checkOpen({ closed }: { readonly closed?: AbortSignal | undefined }): void {
  if (closed?.aborted) throw closedError()
}
