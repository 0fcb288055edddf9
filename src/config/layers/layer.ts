import type { Source } from '../source.js'
import { isSection, type Section, type Value } from '../value.js'
import { canonicalPath } from './names.js'

/** One setting: its normalised keys, its value as written, and its source. */
export interface Entry {
  keys: readonly string[]
  value: Exclude<Value, null | Section>
  source: Source
  /** The source of the region that replaced the placeholder in the value. */
  region?: Source
}

/** The settings of one origin, by dotted path (`auth.username`). */
export type Layer = Map<string, Entry>

/** The dotted path of keys. A key that contains a dot is quoted: `"a.b"` is one key, `a.b` are two. */
export function pathOf(keys: readonly string[]): string {
  return keys.map((key) => (key.includes('.') ? JSON.stringify(key) : key)).join('.')
}

/**
 * Converts a section of a file to a layer, with normalised paths. If a setting occurs several times, its current name
 * wins over an old name, and a key inside `auth` wins over the same key beside it. Empty values are omitted.
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
