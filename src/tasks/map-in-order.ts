import { whenAborted } from '../http/signal.js'

/** HttpClient opens as many connections to one server. */
const CONCURRENCY = 16

/** How `mapInOrder` works. */
export interface MapInOrderOptions {
  /** How many items are worked on at the same time. Default 16. */
  concurrency?: number | undefined
  signal?: AbortSignal | undefined
}

/**
 * Does the same work for each item, several at a time, and gives the results in the order of the items. The first failure
 * of the work ends it. When the items themselves fail, the results of those that came before are given first.
 *
 * Each work gets a signal. It aborts when the caller's signal does, and when the iteration ends early: then all work
 * under way is aborted and awaited, so that nothing goes on in the background.
 */
export async function* mapInOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  { concurrency = CONCURRENCY, signal }: MapInOrderOptions = {},
): AsyncGenerator<R, void, undefined> {
  const controller = new AbortController()
  const forget = whenAborted(signal, () => controller.abort(signal?.reason))
  const underWay: Promise<R>[] = []
  let failure: { error: unknown } | undefined
  try {
    for await (const item of untilFailure(items, (error) => (failure = { error }))) {
      const result = work(item, controller.signal)
      result.catch(() => {}) // awaited below
      underWay.push(result)
      if (underWay.length >= concurrency) yield underWay.shift() as Promise<R>
    }
    while (underWay.length > 0) yield underWay.shift() as Promise<R>
    if (failure) throw failure.error
  } finally {
    forget()
    controller.abort()
    await Promise.allSettled(underWay)
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
