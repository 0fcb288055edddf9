/**
 * Does the same work for each item, a few at a time, and returns the results in the order of the items. As soon as one ends,
 * the next one starts, so a long one does not delay the others. After a failure none starts, and the failure is thrown when
 * the running ones have ended.
 */
export async function inPool<T, R>(items: readonly T[], size: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let failure: { error: unknown } | undefined
  // All workers take from one queue.
  const queue = items.entries()
  const worker = async () => {
    for (const [index, item] of queue) {
      if (failure) return
      try {
        results[index] = await work(item)
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(size, items.length) }, worker))
  if (failure) throw failure.error
  return results
}
