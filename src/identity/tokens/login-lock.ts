import { readFile, unlink, writeFile } from 'node:fs/promises'
import type { Clock } from '../../http/clock.js'
import type { Login } from '../login.js'
import { codeOf } from './private-file.js'

/** How long a process can have the lock before another one takes it, in milliseconds. Random waits keep these apart. */
const PATIENCE = 10_000
/** How long a process can take to write its ID into the lock, in milliseconds. A longer time means that it was killed. */
const WRITE_TIME = 1000
/** The average of the longest wait, in milliseconds. */
const LONGEST_WAIT = 60_000
/** The average time between two checks of the lock, in milliseconds. */
const INTERVAL = 100

/** How to wait for a lock. */
interface LockOptions {
  clock: Pick<Clock, 'monotonic' | 'sleep' | 'random'>
  signal: AbortSignal | undefined
  /** Called once if another process has the lock. */
  onWait(): void
  /** Returns the login that another process has stored. */
  load(): Promise<Login | undefined>
}

/** The login of another process, or a function that releases our lock. Neither: log in without a lock. */
export interface Turn {
  login?: Login
  end?: () => Promise<void>
}

/**
 * Takes the lock of a login, so that of many processes only one logs in at a time, and the others use its token. A process that
 * was killed, or that takes long, loses the lock: it saves logins, but nothing depends on it.
 *
 * @param file its content is the ID of the process that has the lock
 * @throws Error if the file system does not allow it; AbortedError.
 */
export async function lockLogin(file: string, { clock, signal, onWait, load }: LockOptions): Promise<Turn> {
  const start = clock.monotonic()
  const longest = LONGEST_WAIT * (0.5 + clock.random())
  const patience = PATIENCE * (1 + clock.random() / 2)
  let owner: number | undefined
  let since = start
  for (;;) {
    const isMine = await create(file)
    const login = await load()
    if (login && isMine) await release(file)
    if (login) return { login }
    if (isMine) return { end: () => release(file) }
    const current = await ownerOf(file)
    const now = clock.monotonic()
    if (current === process.pid || now - start >= longest) return {}
    if (current !== undefined) {
      const limit = current === 0 ? WRITE_TIME : patience
      if (!isAlive(current) || (current === owner && now - since >= limit)) {
        await remove(file)
        continue
      }
      if (owner === undefined) onWait()
      if (current !== owner) since = now
      owner = current
    }
    await clock.sleep(INTERVAL * (0.5 + clock.random()), signal)
  }
}

/** Creates the lock. Returns false if there is one. */
async function create(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { mode: 0o600, flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    // On a full disk, an empty file.
    await unlink(file).catch(() => {})
    throw error
  }
}

/** Deletes the lock of another process, which may have done that itself. */
async function remove(file: string): Promise<void> {
  await unlink(file).catch((error) => {
    if (codeOf(error) !== 'ENOENT') throw error
  })
}

/** Deletes our lock, unless another process has taken it. */
async function release(file: string): Promise<void> {
  if ((await ownerOf(file).catch(() => undefined)) === process.pid) await unlink(file).catch(() => {})
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
