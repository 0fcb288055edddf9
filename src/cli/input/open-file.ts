import { constants, createReadStream, openSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'

/**
 * To open a named pipe takes until a program opens its other end, and neither Ctrl-C nor the end of the process interrupts that.
 * On Linux, a pipe that was opened like this has no end before a program wrote to it.
 */
const WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK

/** Opens a named pipe, so that destroying the stream ends the wait for a writer. Elsewhere than on Linux, it does not. */
export function openPipe(path: string, platform: NodeJS.Platform): Readable {
  if (platform !== 'linux') return createReadStream(path)
  return new Socket({ fd: openSync(path, WITHOUT_WAITING), readable: true, writable: false })
}

/** Opens a file, which may be a named pipe, as a stream. */
export async function openFile(path: string, platform: NodeJS.Platform): Promise<Readable> {
  return (await stat(path)).isFIFO() ? openPipe(path, platform) : createReadStream(path)
}
