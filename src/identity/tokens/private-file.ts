import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, lstat, mkdir, open, rename, unlink, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'

/**
 * Reads a file that nobody but its owner, who must be this user, can have read or written.
 *
 * @throws Error when it is not so.
 */
export async function readPrivate(file: string, platform: NodeJS.Platform): Promise<string> {
  // A link could lead to a file that somebody else chose; opening a pipe would wait for ever.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw new Error('it is no file')
    if (platform !== 'win32') {
      if (isForeign(stats.uid)) throw new Error('it belongs to another user')
      if ((stats.mode & 0o077) !== 0) throw new Error('others may read or write it')
    }
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

/** Puts a new private file in the place of an old one: a reader finds the one or the other, and either whole. */
export async function replacePrivate(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}`
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' })
    await rename(temporary, file)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw error
  }
}

/**
 * Makes sure that a folder is there, and that only its owner may look into it.
 *
 * @throws Error when it cannot be had so.
 */
export async function makePrivateFolder(folder: string, platform: NodeJS.Platform): Promise<void> {
  await makeFolders(folder)
  const stats = await lstat(folder)
  if (!stats.isDirectory()) throw new Error('its folder is no directory')
  if (platform === 'win32') return
  if (isForeign(stats.uid)) throw new Error('its folder belongs to another user')
  if ((stats.mode & 0o777) !== 0o700) await chmod(folder, 0o700)
}

/** Node's own recursive mkdir never comes back where no folder can be made, as under /proc. */
async function makeFolders(folder: string): Promise<void> {
  const parent = dirname(folder)
  await makeFolder(folder).catch(async (error) => {
    if (codeOf(error) !== 'ENOENT' || parent === folder) throw error
    await makeFolders(parent)
    await makeFolder(folder)
  })
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })
}

function isForeign(uid: number): boolean {
  try {
    return uid !== userInfo().uid
  } catch {
    // A container may run as a user that it has no name for; then the permissions alone must do.
    return false
  }
}

/** Why a file operation failed, in a word. */
export function reasonOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.message : String(error))
}

/** The system's code of a failure: ENOENT, EACCES. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
