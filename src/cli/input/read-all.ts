import type { Readable } from 'node:stream'
import { AbortedError, GlanceTasksError, InputError } from '../../errors.js'
import { whenAborted } from '../../http/signal.js'
import type { Context } from '../context.js'

/** The maximum size of an input. Glance rejects bodies far below it. */
const LONGEST_INPUT = 10 * 1024 * 1024

/**
 * Reads a stream to its end, as text without a byte order mark.
 *
 * @throws InputError if it exceeds LONGEST_INPUT, or is neither UTF-8 nor UTF-16; AbortedError if `signal` aborts first.
 */
export async function readAll(stream: Readable, name: string, signal: AbortSignal): Promise<string> {
  const interrupted = new AbortedError(`Interrupted while reading ${name}.`)
  // A terminal or a pipe may never end.
  const forget = whenAborted(signal, () => stream.destroy(interrupted))
  try {
    return decode(await bytesOf(stream, name), name)
  } finally {
    forget()
  }
}

/** Reads standard input as `readAll` does. */
export async function readStdin({ stdin, signal }: Pick<Context, 'stdin' | 'signal'>): Promise<string> {
  try {
    return await readAll(stdin, 'standard input', signal)
  } catch (error) {
    if (error instanceof GlanceTasksError) throw error
    throw new InputError(`standard input cannot be read: ${(error as Error).message}.`, {
      cause: error,
      hint: 'Redirect a file or a pipe to it. Under nohup, a terminal cannot be read.',
    })
  }
}

async function bytesOf(stream: Readable, name: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > LONGEST_INPUT)
      throw new InputError(`${name} is larger than 10 MiB.`, { hint: 'Check that this is the right file.' })
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes)
  } catch {
    throw new InputError(`${name} is not UTF-8 text.`, {
      hint: 'Save it as UTF-8, or check that this is the right file.',
    })
  }
}

/** UTF-8, unless a byte order mark says UTF-16, in which Windows PowerShell writes files (`>`). */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}
