/**
 * Does the same work for each item, a few at a time, and returns the results in the order of the items. As soon as one ends,
 * the next one starts, so a long one does not delay the others. The first error is thrown after the running ones have ended.
 */
export async function inPool<T, R>(items: readonly T[], size: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  // All workers take from one queue.
  const queue = items.entries()
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item)
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(size, items.length) }, worker))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return results
}
