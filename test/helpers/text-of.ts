import type { Readable } from 'node:stream'

/** The buffered text of a stream. From Node 26 on, one `read()` returns only the first chunk. */
export function textOf(stream: Readable): string {
  let text = ''
  for (let piece = stream.read(); piece !== null; piece = stream.read()) text += piece
  return text
}
