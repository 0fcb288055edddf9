import { whenAborted } from '../http/signal.js'

/** The same as the number of connections that HttpClient opens to one server. */
const CONCURRENCY = 16

/** Options of mapInOrder(). */
export interface MapInOrderOptions {
  /** How many items to process at the same time. Default 16. */
  concurrency?: number | undefined
  signal?: AbortSignal | undefined
}

/**
 * Processes several items at a time, and yields the results in the order of the items. The first failure ends the
 * iteration. If the iteration over the items fails, the results of the items before are yielded first.
 *
 * Each call of `work` gets a signal, which aborts if the caller's signal aborts or the iteration ends early. The iteration
 * waits until all work has ended, so that nothing continues in the background.
 */
export async function* mapInOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  { concurrency = CONCURRENCY, signal }: MapInOrderOptions = {},
): AsyncGenerator<R, void, undefined> {
  const controller = new AbortController()
  const forget = whenAborted(signal, () => controller.abort(signal?.reason))
  const pending: Promise<R>[] = []
  let failure: { error: unknown } | undefined
  try {
    for await (const item of untilFailure(items, (error) => (failure = { error }))) {
      const result = work(item, controller.signal)
      result.catch(() => {}) // awaited below
      pending.push(result)
      if (pending.length >= concurrency) yield pending.shift() as Promise<R>
    }
    while (pending.length > 0) yield pending.shift() as Promise<R>
    if (failure) throw failure.error
  } finally {
    forget()
    controller.abort()
    await Promise.allSettled(pending)
  }
}

/** Yields the items until the iteration ends or fails. A failure is passed to `onFailure` instead of being thrown. */
export async function* untilFailure<T>(
  items: Iterable<T> | AsyncIterable<T>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<T, void, undefined> {
  try {
    yield* items
  } catch (error) {
    onFailure(error)
  }
}
