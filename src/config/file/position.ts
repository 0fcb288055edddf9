import { readFile } from 'node:fs/promises'
import type { Place } from '../../errors.js'
import type { Source } from '../source.js'
import type { FindPosition } from './finder.js'

/**
 * The line and the column of a setting in its file. This parses the file once more, with the parser that keeps
 * positions, which is loaded for it: only a report and an error need them.
 */
export async function placeOf(source: Source | undefined): Promise<Place | undefined> {
  return placeFinder()(source)
}

/** As placeOf, for many settings: each file is parsed once. */
export function placeFinder(): (source: Source | undefined) => Promise<Place | undefined> {
  const finders = new Map<string, Promise<FindPosition>>()
  return async (source) => {
    if (source?.kind !== 'file') return undefined
    const { file, keys } = source
    const finder = finders.get(file) ?? finderFor(file)
    finders.set(file, finder)
    return { file, ...(await finder)(keys) }
  }
}

async function finderFor(file: string): Promise<FindPosition> {
  const { positionFinder } = await import('./finder.js')
  // The file was read a moment ago; should it be gone by now, its name alone must do.
  const text = await readFile(file, 'utf8').catch(() => '')
  return positionFinder(text)
}
