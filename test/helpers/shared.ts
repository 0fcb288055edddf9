import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { inject } from 'vitest'

/**
 * A folder with files that are expensive to make, for all tests of a run: the first worker that needs it makes it, and the others
 * wait. Tests may only read it. `make` fills it. Rejects in each worker if that failed.
 */
export async function sharedFolder(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(inject('shared'), name)
  const outcome = `${folder}.outcome`
  const isFirst = await mkdir(folder).then(
    () => true,
    (error) => {
      if (error.code !== 'EEXIST') throw error
      return false
    },
  )
  if (isFirst) {
    const failure = await make(folder).then(
      () => '',
      (error) => `${error.stack}`,
    )
    await writeFile(`${outcome}.part`, failure)
    await rename(`${outcome}.part`, outcome)
  }
  const failure = await outcomeIn(outcome)
  if (failure !== '') throw new Error(`The shared folder "${name}" could not be made: ${failure}`)
  return folder
}

/** The error of the worker that made the folder, or an empty text, once that worker is done. */
async function outcomeIn(file: string): Promise<string> {
  while (true) {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text !== undefined) return text
    await setTimeout(20)
  }
}
