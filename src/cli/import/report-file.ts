import { access, constants, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AbortedError, GlanceTasksError, InputError } from '../../errors.js'
import { fileFault } from '../../file-fault.js'
import { unlessAborted } from '../../http/deadline.js'
import type { Context } from '../context.js'

/** Checks that a report can be written: before an hour of imports, not after it. @throws InputError */
export async function checkWritable({ cwd }: Pick<Context, 'cwd'>, report: string): Promise<void> {
  const path = resolve(cwd, report)
  const stats = await stat(path).catch(() => undefined)
  if (stats?.isDirectory()) throw unwritable(report, Object.assign(new Error(), { code: 'EISDIR' }))
  await access(stats ? path : dirname(path), constants.W_OK).catch((error) => {
    throw unwritable(report, error)
  })
}

/**
 * Writes a report, also after an interruption.
 *
 * @throws GlanceTasksError, as for other output: by then, the images were imported; AbortedError.
 */
export async function writeReport(
  { cwd, signal }: Pick<Context, 'cwd' | 'signal'>,
  report: string,
  text: string,
): Promise<void> {
  const written = writeFile(resolve(cwd, report), text)
  // A named pipe waits for its reader.
  await (signal.aborted ? written : unlessAborted(written, signal)).catch((error) => {
    if (error instanceof AbortedError)
      throw new AbortedError(`Interrupted. The report ${report} is incomplete.`, { cause: error })
    const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT'
    throw new GlanceTasksError(
      'output',
      `The report ${report} cannot be written: ${reasonOf(error)}. It is incomplete.`,
      {
        cause: error,
        hint: `${isFull ? 'Free some space, or specify another file. ' : ''}The rows on stdout show which images were imported.`,
      },
    )
  })
}

function unwritable(report: string, error: unknown): InputError {
  return new InputError(`The report ${report} cannot be written: ${reasonOf(error)}.`, {
    cause: error,
    hint: 'Specify another file.',
  })
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' ? 'its directory does not exist' : fileFault(error)
}
