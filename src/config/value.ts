/**
 * What a configuration file holds. Every scalar is text, digit for digit as it was written; null stands for a key that
 * has no value.
 */
export type Value = string | null | Value[] | Section
/** A mapping of a configuration file. A Map, because the file chooses the keys. */
export type Section = Map<string, Value>

/** Whether a value is a mapping. */
export function isSection(value: Value | undefined): value is Section {
  return value instanceof Map
}

/** What a value is, for messages. */
export function kindOf(value: Value): string {
  if (value === null) return 'empty'
  if (typeof value === 'string') return 'text'
  return Array.isArray(value) ? 'a list' : 'a mapping'
}

/** A value as plain data, for output. */
export function plainValue(value: Value): unknown {
  if (isSection(value)) return Object.fromEntries([...value].map(([key, item]) => [key, plainValue(item)]))
  return Array.isArray(value) ? value.map(plainValue) : value
}
