const unserved = new WeakSet<object>()

/**
 * Marks an error of a request that the service certainly did not carry out, though the error itself does not show it:
 * the login before the request failed, or another place was named to ask.
 *
 * @returns the error.
 */
export function markNotExecuted<T>(error: T): T {
  if (typeof error === 'object' && error !== null) unserved.add(error)
  return error
}

/** Whether an error was marked by `markNotExecuted`. */
export function isNotExecuted(error: unknown): boolean {
  return typeof error === 'object' && error !== null && unserved.has(error)
}
