import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError } from '../errors.js'

/** A file in a folder of its own, that only this user may enter. */
export interface TemporaryFile {
  file: string
  /** Removes the file and the folder. */
  remove(): Promise<void>
}

/**
 * Writes a file for as long as a sandbox runs.
 *
 * @throws ConfigurationError where there is no room for it.
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
  throw new ConfigurationError(`The sandbox's ${name} cannot be kept in ${tmpdir()}: ${cause.message}.`, {
    cause,
    hint: 'Make room there, or name another folder by TMPDIR.',
  })
}
