import { readFile } from 'node:fs/promises'
import type { Place } from '../../errors.js'
import type { Source } from '../source.js'
import type { FindPosition } from './finder.js'

/**
 * The line and column of a setting in its file. Parses the file again, with a slower parser that keeps positions. Only
 * reports and errors need it.
 */
export async function placeOf(source: Source | undefined): Promise<Place | undefined> {
  return placeFinder()(source)
}

/** Like placeOf(), for many settings: parses each file only once. */
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
  // If the file has disappeared since it was read, report its name without a position.
  const text = await readFile(file, 'utf8').catch(() => '')
  return positionFinder(text)
}
