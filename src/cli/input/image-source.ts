import { constants, createReadStream, type Stats } from 'node:fs'
import { access, type FileHandle, open, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { GlanceTasksError, InputError, UsageError } from '../../errors.js'
import { fileFault } from '../../file-fault.js'
import { throwIfAborted, whenAborted } from '../../http/signal.js'
import type { ImportSource, StreamSource } from '../../images/import/import-options.js'
import type { Context } from '../context.js'
import type { SourcePlan } from '../import/source.js'
import { openPipe } from './open-file.js'

/** A source that is open. */
export interface OpenSource {
  source: ImportSource
  /** Ends the reading. A pipe that is still open would keep the process alive. */
  close(): void
}

/** How much is read at a time. */
const CHUNK = 1024 * 1024

/**
 * Opens a source, before any login: a file must exist, be readable, and not be empty. A file is opened again for each upload;
 * standard input and a named pipe (`<(…)` in a shell) can be read once.
 *
 * @throws InputError, or UsageError for standard input that is a terminal.
 */
export async function openSource(context: Context, plan: SourcePlan): Promise<OpenSource> {
  switch (plan.kind) {
    case 'url':
      return { source: plan.url, close() {} }
    case 'stdin':
      return standardInput(context)
    case 'file':
      return openFile(context, plan.path, plan.given)
  }
}

function standardInput({ stdin, signal }: Context): OpenSource {
  if (stdin.isTTY) {
    throw new UsageError('Standard input is a terminal, not an image.', {
      hint: 'Pipe the data: curl -fL URL | glance-tasks import - ..., or glance-tasks import - ... < FILE',
    })
  }
  return pipe(() => stdin, 'standard input', signal)
}

async function openFile({ signal, platform }: Context, path: string, given: string): Promise<OpenSource> {
  const stats = await readable(path).catch((error) => {
    throw unreadable(given, error)
  })
  if (stats.isDirectory()) {
    throw new InputError(`${given} is a directory, not an image.`, {
      hint: `Specify a file in it: ${withSeparator(given, platform)}FILE`,
    })
  }
  if (stats.isFile() && stats.size === 0) {
    throw new InputError(`${given} is empty.`, {
      hint: 'Check that this is the right file, and that it is complete.',
    })
  }
  if (stats.isFIFO() && platform === 'linux') {
    return pipe(() => openPipe(path, platform), given, signal)
  }
  if (!stats.isFile() && !stats.isBlockDevice()) {
    return pipe(() => createReadStream(path, { highWaterMark: CHUNK }), given, signal)
  }
  // The size of a block device is not in its stats.
  const size = stats.isFile() ? { size: stats.size } : {}
  const source: StreamSource = { name: given, isRepeatable: true, ...size, open: () => chunksOf(path, given, stats) }
  return { source, close() {} }
}

/** The path of a directory, with one separator at its end. */
function withSeparator(path: string, platform: NodeJS.Platform): string {
  return platform === 'win32' ? path.replace(/[\\/]*$/, '\\') : path.replace(/\/*$/, '/')
}

async function readable(path: string): Promise<Stats> {
  const stats = await stat(path)
  await access(path, constants.R_OK)
  return stats
}

/** The chunks of a file. The last one is held back until it is certain that the file did not change meanwhile. */
async function* chunksOf(path: string, given: string, before: Stats): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path).catch((error) => {
    throw unreadable(given, error)
  })
  try {
    await checkUnchanged(file, given, before)
    const end = before.isFile() ? { end: before.size - 1 } : {}
    let bytes = 0
    let held: Buffer | undefined
    for await (const chunk of readChunks(file, given, end)) {
      bytes += chunk.length
      if (held) yield held
      held = chunk
    }
    await checkUnchanged(file, given, before)
    if (before.isFile() && bytes !== before.size) throw changed(given)
    if (held) yield held
  } finally {
    await file.close()
  }
}

async function* readChunks(file: FileHandle, given: string, range: { end?: number }): AsyncGenerator<Buffer> {
  try {
    yield* file.createReadStream({ highWaterMark: CHUNK, autoClose: false, ...range })
  } catch (error) {
    throw error instanceof GlanceTasksError ? error : unreadable(given, error)
  }
}

async function checkUnchanged(file: FileHandle, given: string, before: Stats): Promise<void> {
  const now = await file.stat()
  if (!before.isFile()) return
  if (now.size !== before.size || now.mtimeMs !== before.mtimeMs || now.ino !== before.ino) throw changed(given)
}

function changed(given: string): InputError {
  return new InputError(`${given} changed while it was read.`, {
    hint: 'Wait until no program writes to it, or import a copy.',
  })
}

/** A stream that can be read once. */
function pipe(start: () => Readable, name: string, signal: AbortSignal): OpenSource {
  let stream: Readable | undefined
  // A read of a pipe may never end: only its end lets the upload end.
  const forget = whenAborted(signal, () => stream?.destroy())
  async function* chunks(): AsyncGenerator<Uint8Array> {
    if (stream) throw new InputError(`${name} can be read only once.`, { hint: 'Save the data to a file first.' })
    stream = start()
    let isEmpty = true
    try {
      for await (const chunk of stream) {
        isEmpty = false
        yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      }
    } catch (error) {
      throwIfAborted(signal, `Interrupted while reading ${name}.`)
      throw error instanceof GlanceTasksError ? error : unreadable(name, error)
    }
    if (isEmpty) throw new InputError(`${name} is empty.`, { hint: 'Check the command that writes the data.' })
  }
  return {
    source: { name, isRepeatable: false, open: chunks },
    close() {
      forget()
      stream?.destroy()
    },
  }
}

/** `example.org/image.qcow2`: what a URL without its scheme looks like. */
const LIKE_A_URL = /^(www\.|[\w-]+(\.[\w-]+)*\.[a-z]{2,}(:\d+)?\/|localhost[:/]|\d+(\.\d+){3}[:/])/i

function unreadable(given: string, error: unknown): InputError {
  const isMissing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
  const hint =
    isMissing && LIKE_A_URL.test(given)
      ? `For a URL, begin with its scheme: https://${given}`
      : 'Check the path and its permissions.'
  return new InputError(`${given} cannot be read: ${fileFault(error)}.`, { cause: error, hint })
}
