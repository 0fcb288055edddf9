import { readFile, unlink, writeFile } from 'node:fs/promises'
import type { Clock } from '../../http/clock.js'
import { codeOf } from './private-file.js'

/** The longest wait for the login of another process, in milliseconds. */
const LONGEST_WAIT = 10_000
/** The average time between two checks of the lock, in milliseconds. */
const INTERVAL = 100

/** How to wait for a lock. */
interface LockOptions {
  clock: Pick<Clock, 'monotonic' | 'sleep' | 'random'>
  signal: AbortSignal | undefined
  /** Called if another process has the lock. */
  onWait(): void
}

/**
 * Takes the lock of a login, so that of many processes only one logs in, and the others use its token. A process that was killed,
 * or that takes long, loses the lock: it saves logins, but nothing depends on it.
 *
 * @param file its content is the ID of the process that has the lock
 * @returns a function that releases the lock; undefined if another process had it, and its token may be cached now.
 * @throws Error if the file system does not allow it; AbortedError.
 */
export async function lockLogin(
  file: string,
  { clock, signal, onWait }: LockOptions,
): Promise<(() => Promise<void>) | undefined> {
  const release = () => unlink(file).catch(() => {})
  try {
    await writeFile(file, String(process.pid), { mode: 0o600, flag: 'wx' })
    return release
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      // On a full disk, an empty file.
      await release()
      throw error
    }
  }
  const end = clock.monotonic() + LONGEST_WAIT
  for (let isFirst = true; ; isFirst = false) {
    const owner = await ownerOf(file)
    if (owner === undefined || owner === process.pid) return undefined
    if (!isAlive(owner) || clock.monotonic() >= end) break
    if (isFirst) onWait()
    await clock.sleep(INTERVAL * (0.5 + clock.random()), signal)
  }
  await release()
  return undefined
}

/** The ID of the process that has the lock; 0 if it has not written it yet; undefined if there is no lock. */
async function ownerOf(file: string): Promise<number | undefined> {
  try {
    return Number(await readFile(file, 'utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Whether a process exists, also that of another user. A process of another machine or container may not be visible. */
function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
