import type { Readable } from 'node:stream'
import { AbortedError, InputError } from '../../errors.js'
import { listen } from '../../http/signal.js'

/** Nobody types an input of more than 10 MiB by intention; Glance refuses bodies long before. */
const LONGEST_INPUT = 10 * 1024 * 1024

/**
 * A stream to its end, as UTF-8 text without a byte order mark.
 *
 * @throws InputError when it is longer than LONGEST_INPUT or not UTF-8; AbortedError when `signal` aborts before its end.
 */
export async function readAll(stream: Readable, name: string, signal: AbortSignal): Promise<string> {
  const interrupted = new AbortedError(`Interrupted while ${name} was read.`)
  // A terminal or a pipe may never end by itself.
  const forget = listen(signal, () => stream.destroy(interrupted))
  try {
    return decode(await bytesOf(stream, name), name)
  } finally {
    forget()
  }
}

async function bytesOf(stream: Readable, name: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > LONGEST_INPUT)
      throw new InputError(`${name} is longer than 10 MiB.`, { hint: 'Is it the right file?' })
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new InputError(`${name} is not UTF-8 text.`, {
      hint: 'Save it as UTF-8, or check that it is the right file.',
    })
  }
}

/** The error of an input that holds nothing. */
export function emptyInput(name: string): InputError {
  return new InputError(`${name} is empty.`, { hint: 'Give the input of the task as JSON or YAML.' })
}
