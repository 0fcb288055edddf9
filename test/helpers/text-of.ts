import type { Readable } from 'node:stream'

/** All text that a stream holds by now. From Node 26 on, one `read()` gives only the first piece of it. */
export function textOf(stream: Readable): string {
  let text = ''
  for (let piece = stream.read(); piece !== null; piece = stream.read()) text += piece
  return text
}
