/** What an iteration gives until it ends or fails; a failure goes to `onFailure` and ends it. */
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
