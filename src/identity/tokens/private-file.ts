import { constants } from 'node:fs'
import { chmod, lstat, mkdir, open, rename, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Reads a file that belongs to this user and that no other user can read or write.
 *
 * @throws Error if other users can access the file.
 */
export async function readPrivate(file: string, platform: NodeJS.Platform): Promise<string> {
  // A link could point to a file that another user chose, and opening a pipe would block forever.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw new Error('it is not a regular file')
    if (platform !== 'win32') {
      if (isForeign(stats.uid)) throw new Error('it belongs to another user')
      if ((stats.mode & 0o077) !== 0) throw new Error('other users can read or write it')
    }
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

/** Replaces a private file atomically: a reader gets either the old or the new content, and never a part. */
export async function replacePrivate(file: string, text: string): Promise<void> {
  // The name need not be secret, because `wx` rejects an existing file.
  const temporary = `${file}.${Math.random().toString(36).slice(2)}`
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' })
    // The umask may have removed permissions of the owner.
    await chmod(temporary, 0o600)
    await rename(temporary, file)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw error
  }
}

/**
 * Creates a folder, if necessary, and makes it accessible only to its owner.
 *
 * @throws Error if this is not possible.
 */
export async function makePrivateFolder(folder: string, platform: NodeJS.Platform): Promise<void> {
  await makeFolders(folder)
  const mode = await checkFolder(folder, platform)
  if (platform !== 'win32' && (mode & 0o777) !== 0o700) await chmod(folder, 0o700)
}

/**
 * Checks that a folder, and the one above it, are this user's. If other users can write to the cache directory, they could
 * replace them by a link to other files of this user.
 *
 * @returns the permissions of the folder.
 * @throws Error if it is not so, or if there is no such folder.
 */
export async function checkFolder(folder: string, platform: NodeJS.Platform): Promise<number> {
  const [parent, stats] = await Promise.all([lstat(dirname(folder)), lstat(folder)])
  for (const each of [parent, stats]) {
    if (each.isSymbolicLink()) throw new Error('its directory is a link')
    if (!each.isDirectory()) throw new Error('its parent is not a directory')
    if (platform !== 'win32' && isForeign(each.uid)) throw new Error('its directory belongs to another user')
  }
  return stats.mode
}

/** A replacement for Node's recursive mkdir, which never returns where no folder can be created, as under /proc. */
async function makeFolders(folder: string): Promise<void> {
  const parent = dirname(folder)
  await makeFolder(folder).catch(async (error) => {
    if (codeOf(error) !== 'ENOENT' || parent === folder) throw error
    await makeFolders(parent)
    await makeFolder(folder)
  })
}

/** Creates a folder with mode 0700, regardless of the umask. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
    await chmod(folder, 0o700)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/** Not by the name of the user: a container may run as one without a name, and finding a name can ask a directory server. */
function isForeign(uid: number): boolean {
  return process.geteuid !== undefined && uid !== process.geteuid()
}

/** Why a file operation failed. Loaded on demand: most runs need none. */
export async function reasonOf(error: unknown): Promise<string> {
  return (await import('../../file-fault.js')).fileFault(error)
}

/** The error code of the system, such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code
}
