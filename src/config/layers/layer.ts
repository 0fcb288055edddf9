import type { Source } from '../source.js'
import { isSection, type Section, type Value } from '../value.js'
import { canonicalPath } from './names.js'

/** One setting as it was found: its keys after normalisation, its value as written, and where it stands. */
export interface Entry {
  keys: readonly string[]
  value: Exclude<Value, null | Section>
  source: Source
}

/** Settings from one origin, by their dotted path (`auth.username`). */
export type Layer = Map<string, Entry>

/** The dotted path of keys. A key that contains a dot stands in quotes: `"a.b"` is one key, `a.b` are two. */
export function pathOf(keys: readonly string[]): string {
  return keys.map((key) => (key.includes('.') ? JSON.stringify(key) : key)).join('.')
}

/**
 * The settings of a section, under the names and at the places that the rest of the program knows. A key that is given
 * under an old name too counts under its new one; a key inside `auth` counts more than the same beside it. A key
 * without a value, or with an empty one, is not given.
 */
export function layerOf(section: Section, sourceAt: (keys: readonly string[]) => Source): Layer {
  const layer: Layer = new Map()
  const ranks = new Map<string, number>()
  for (const { keys: written, value } of leavesOf(section, [])) {
    if (value === '') continue
    const { keys, rank } = canonicalPath(written)
    const path = pathOf(keys)
    if (rank < (ranks.get(path) ?? 0)) continue
    ranks.set(path, rank)
    layer.set(path, { keys, value, source: sourceAt(written) })
  }
  return layer
}

function* leavesOf(section: Section, above: string[]): Generator<{ keys: string[]; value: Entry['value'] }> {
  for (const [key, value] of section) {
    if (isSection(value)) yield* leavesOf(value, [...above, key])
    else if (value !== null) yield { keys: [...above, key], value }
  }
}
