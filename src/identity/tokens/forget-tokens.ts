import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../../config/environment.js'
import { GlanceTasksError } from '../../errors.js'
import { parseCachedToken, tokenFolder } from './cached-token.js'
import { checkFolder, codeOf, readPrivate, reasonOf } from './private-file.js'

/**
 * Deletes the cached tokens of some clouds, or of all.
 *
 * @returns the number of deleted tokens.
 * @throws GlanceTasksError if a token cannot be deleted.
 */
export async function forgetTokens(environment: Environment, clouds?: readonly string[]): Promise<number> {
  const folder = tokenFolder(environment)
  try {
    const files = (await tokensIn(folder, environment)).map((name) => join(folder, name))
    let count = 0
    for (const file of files) {
      if (clouds && !clouds.includes((await cloudOf(file, environment)) ?? '')) continue
      if (await remove(file)) count++
    }
    return count
  } catch (error) {
    throw new GlanceTasksError('cache', `Cannot delete the tokens in ${folder}: ${await reasonOf(error)}.`, {
      cause: error,
      hint: 'Check who owns the directory, and delete it yourself.',
    })
  }
}

/** Deletes a file. Returns false if another process has already deleted it. */
async function remove(file: string): Promise<boolean> {
  try {
    await unlink(file)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** The names of the cache files, and of those that a killed process was writing: `NAME.json.x5f3k`. */
async function tokensIn(folder: string, { platform }: Environment): Promise<string[]> {
  try {
    await checkFolder(folder, platform)
    return (await readdir(folder)).filter((name) => /\.json(\.\w+)?$/.test(name))
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
