import { bytesNeeded, ENOUGH_BYTES } from './formats/recognise.js'
import type { StreamSource } from './import/import-options.js'

/** The first bytes of data, and a source of all the data. */
export interface Peeked {
  /** As many as are needed to recognise an image; fewer if the data is shorter. */
  bytes: Uint8Array
  source: StreamSource
}

/**
 * Reads the first bytes of data. A source that can be opened again is closed. If it can be read only once, such as a pipe,
 * the bytes are kept, and the new source begins with them.
 *
 * @throws the errors of the source.
 */
export async function peek(source: StreamSource): Promise<Peeked> {
  const reader = source.open()[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let length = 0
  let needed = ENOUGH_BYTES
  for (;;) {
    const { done, value } = await reader.next()
    if (done) break
    chunks.push(value)
    length += value.length
    if (length < needed) continue
    needed = bytesNeeded(Buffer.concat(chunks))
    if (length >= needed) break
  }
  const bytes = Buffer.concat(chunks)
  if (source.isRepeatable !== false) {
    await reader.return?.()
    return { bytes, source }
  }
  return { bytes, source: { ...source, open: () => continued(chunks, reader) } }
}

/** The bytes that were already read, and then the rest. */
async function* continued(
  chunks: Uint8Array[],
  reader: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) yield chunk
    for (;;) {
      const { done, value } = await reader.next()
      if (done) return
      yield value
    }
  } finally {
    await reader.return?.()
  }
}
