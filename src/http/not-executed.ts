const notExecuted = new WeakSet<object>()

// Three things can show that a service certainly did not execute a request. `outcomeOfCreate` needs all of them:
// - `sent` is false on a ConnectionError, a TimeoutError or an AbortedError: nothing reached the server.
// - `origin` of an ApiError proves that the service, or the token check before it, rejected the request.
// - The mark of this file, on errors whose own fields describe something else: the login before the request (its `origin`
//   is Keystone's, and its `sent` that of the login), a redirect, or an error that an observer threw, which may be of any type.
// `isFromService` proves nothing: it only says whether an error is about the service or about a proxy.

/**
 * Marks an error of a request that the service certainly did not execute.
 *
 * @returns the error.
 */
export function markNotExecuted<T>(error: T): T {
  if (typeof error === 'object' && error !== null) notExecuted.add(error)
  return error
}

/** Whether `markNotExecuted` marked the error. */
export function isNotExecuted(error: unknown): boolean {
  return typeof error === 'object' && error !== null && notExecuted.has(error)
}
