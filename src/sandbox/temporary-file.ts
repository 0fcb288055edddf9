import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError } from '../errors.js'

/** A file in a new folder that only this user can access. */
export interface TemporaryFile {
  file: string
  /** Removes the file and the folder. */
  remove(): Promise<void>
}

/**
 * Writes a temporary file.
 *
 * @throws ConfigurationError if it cannot be written.
 */
export async function temporaryFile(name: string, text: string): Promise<TemporaryFile> {
  const folder = await mkdtemp(join(tmpdir(), 'glance-tasks-sandbox-')).catch((error) => cannotKeep(name, error))
  const remove = () => rm(folder, { recursive: true, force: true })
  const file = join(folder, name)
  try {
    await writeFile(file, text, { mode: 0o600 })
  } catch (error) {
    await remove()
    cannotKeep(name, error as Error)
  }
  return { file, remove }
}

function cannotKeep(name: string, cause: Error): never {
  throw new ConfigurationError(`The sandbox's ${name} cannot be written to ${tmpdir()}: ${cause.message}.`, {
    cause,
    hint: 'Free some space there, or set TMPDIR (on Windows TEMP) to another directory.',
  })
}
