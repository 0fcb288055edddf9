import { UsageError } from '../../errors.js'
import { ExactNumber, isJsonObject, type JsonValue } from '../../http/json.js'
import { didYouMean } from '../../nearest.js'
import { parseChecksum } from '../options/checksum.js'
import { parseDuration } from '../options/duration.js'
import { FALLBACKS, METHODS, VISIBILITIES } from '../options/import-options.js'
import { jsonKind } from './read-input.js'

/** Reads the value of a key. Throws UsageError if it is not one. */
type Reader = (value: JsonValue, key: string) => unknown

/**
 * The keys of an image in the file of `--from`, and how each is read. docs/images.schema.json describes the same keys for
 * editors; a test keeps both together.
 */
export const IMAGE_KEYS = {
  source: text,
  name: text,
  disk_format: text,
  container_format: text,
  visibility: oneOf(VISIBILITIES),
  property: properties,
  tag: texts,
  min_disk: wholeNumber(0),
  min_ram: wholeNumber(0),
  image: text,
  method: oneOf(METHODS),
  from_region: text,
  store: texts,
  all_stores: flag,
  allow_partial: flag,
  checksum: (value: JsonValue, key: string) => parseChecksum(key, text(value, key)),
  keep_failed: flag,
  fallback: oneOf(FALLBACKS),
  retry_import: wholeNumber(1),
  stall_timeout: duration,
} satisfies Record<string, Reader>

/** The key of a spec: `allStores` for `all_stores`. */
export function specKeyOf(key: string): string {
  return key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function text(value: JsonValue, key: string): string {
  if (typeof value === 'string' && value !== '') return value
  const isScalar = typeof value === 'number' || typeof value === 'boolean' || value instanceof ExactNumber
  throw wrong(key, 'text', value, isScalar ? `Quote it: ${key}: "${value}"` : undefined)
}

function flag(value: JsonValue, key: string): boolean {
  if (typeof value === 'boolean') return value
  throw wrong(key, 'true or false', value)
}

function texts(value: JsonValue, key: string): string[] {
  if (typeof value === 'string') return [text(value, key)]
  if (Array.isArray(value) && value.length > 0) return value.map((item) => text(item, key))
  throw wrong(key, 'a list of strings', value)
}

/** Glance's properties are text. Numbers and booleans are taken as they are written. */
function properties(value: JsonValue, key: string): Record<string, string> {
  if (!isJsonObject(value)) throw wrong(key, 'an object', value, 'For example: property: {os_distro: debian}')
  const entries = Object.entries(value).map(([name, item]): [string, string] => {
    if (item === null || (typeof item === 'object' && !(item instanceof ExactNumber)))
      throw wrong(`${key}: ${name}`, 'text', item)
    return [name, String(item)]
  })
  return Object.fromEntries(entries)
}

function wholeNumber(least: number): Reader {
  return (value, key) => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value
    throw wrong(key, `a whole number of at least ${least}`, value)
  }
}

/** `10m`, or a number of seconds. */
function duration(value: JsonValue, key: string): number {
  if (typeof value === 'number') return parseDuration(key, String(value))
  return parseDuration(key, text(value, key))
}

function oneOf(words: readonly string[]): Reader {
  return (value, key) => {
    const word = text(value, key)
    if (words.includes(word)) return word
    throw new UsageError(`${key}: ${JSON.stringify(word)} is not allowed.`, {
      hint: didYouMean(word, words) ?? `Use ${words.join(', ')}.`,
    })
  }
}

function wrong(key: string, wanted: string, value: JsonValue, hint?: string): UsageError {
  const isEmpty = value === '' || (Array.isArray(value) && value.length === 0)
  const is = isEmpty ? 'empty' : jsonKind(value)
  return new UsageError(`${key} must be ${wanted}, but it is ${is}.`, { hint })
}
