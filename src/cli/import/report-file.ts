import { access, constants, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { GlanceTasksError, InputError } from '../../errors.js'
import type { Context } from '../context.js'
import { readFault } from '../input/read-input.js'

/** Checks that a report can be written: before an hour of imports, not after it. @throws InputError */
export async function checkWritable({ cwd }: Pick<Context, 'cwd'>, report: string): Promise<void> {
  const path = resolve(cwd, report)
  const stats = await stat(path).catch(() => undefined)
  if (stats?.isDirectory()) throw unwritable(report, Object.assign(new Error(), { code: 'EISDIR' }))
  await access(stats ? path : dirname(path), constants.W_OK).catch((error) => {
    throw unwritable(report, error)
  })
}

/** Writes a report. @throws GlanceTasksError, as for other output: by then, the images were imported. */
export async function writeReport({ cwd }: Pick<Context, 'cwd'>, report: string, text: string): Promise<void> {
  await writeFile(resolve(cwd, report), text).catch((error) => {
    const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT'
    const reason = isFull ? 'no space left on the device' : reasonOf(error)
    throw new GlanceTasksError('output', `The report ${report} cannot be written: ${reason}. It is incomplete.`, {
      cause: error,
      hint: `${isFull ? 'Free some space, or specify another file. ' : ''}The rows on stdout show which images were imported.`,
    })
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
  return code === 'ENOENT' ? 'its directory does not exist' : readFault(error)
}
