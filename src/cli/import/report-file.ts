import { access, constants, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { InputError } from '../../errors.js'
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

/** Writes a report. @throws InputError */
export async function writeReport({ cwd }: Pick<Context, 'cwd'>, report: string, text: string): Promise<void> {
  await writeFile(resolve(cwd, report), text).catch((error) => {
    throw unwritable(report, error)
  })
}

function unwritable(report: string, error: unknown): InputError {
  const { code } = error as NodeJS.ErrnoException
  const reason = code === 'ENOENT' ? 'its directory does not exist' : readFault(error)
  return new InputError(`The report ${report} cannot be written: ${reason}.`, {
    cause: error,
    hint: 'Name another file.',
  })
}
