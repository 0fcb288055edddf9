/** A value in a configuration file. Every scalar is text, exactly as written. Null is a key without a value. */
export type Value = string | null | Value[] | Section
/** A mapping in a configuration file. It is a Map, because an object is not safe for keys that a file chooses. */
export type Section = Map<string, Value>

/** Whether a value is a mapping. */
export function isSection(value: Value | undefined): value is Section {
  return value instanceof Map
}

/** The type of a value, for messages. */
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
