import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../../config/environment.js'
import { GlanceTasksError } from '../../errors.js'
import { parseCachedToken, tokenFolder } from './cached-token.js'
import { codeOf, readPrivate, reasonOf } from './private-file.js'

/**
 * Removes the tokens that are kept on disk: those of some clouds, or all.
 *
 * @returns how many there were.
 * @throws GlanceTasksError when one cannot be removed.
 */
export async function forgetTokens(environment: Environment, clouds?: readonly string[]): Promise<number> {
  const folder = tokenFolder(environment)
  try {
    const files = (await namesIn(folder)).map((name) => join(folder, name))
    let count = 0
    for (const file of files) {
      if (clouds && !clouds.includes((await cloudOf(file, environment)) ?? '')) continue
      if (await remove(file)) count++
    }
    return count
  } catch (error) {
    throw new GlanceTasksError('cache', `The tokens in ${folder} cannot be removed: ${reasonOf(error)}.`, {
      cause: error,
      hint: 'Remove the folder by hand.',
    })
  }
}

/** Whether the file was there; another process may have removed it meanwhile. */
async function remove(file: string): Promise<boolean> {
  try {
    await unlink(file)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

async function cloudOf(file: string, { platform }: Environment): Promise<string | undefined> {
  try {
    return parseCachedToken(await readPrivate(file, platform)).cloud
  } catch {
    return undefined
  }
}
