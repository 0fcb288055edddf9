/** So many requests are under way at once at the most: as many as HttpClient opens connections to one server. */
const CONCURRENCY = 16

/**
 * Does the same work for each item, several at a time, and gives the results in the items' order. The first failure ends
 * it; work that is under way then is left to end by itself.
 */
export async function* inOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T) => Promise<R>,
  concurrency = CONCURRENCY,
): AsyncGenerator<R, void, undefined> {
  const underWay: Promise<R>[] = []
  for await (const item of items) {
    const result = work(item)
    result.catch(() => {}) // awaited in its turn
    underWay.push(result)
    if (underWay.length >= concurrency) yield underWay.shift() as Promise<R>
  }
  for (const result of underWay) yield result
}
