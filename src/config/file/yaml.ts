import { FAILSAFE_SCHEMA, load, Type, YAMLException } from 'js-yaml'
import { ConfigurationError } from '../../errors.js'
import type { Section, Value } from '../value.js'
import { placeAt, yamlProblem } from './yaml-problem.js'

// Every scalar stays text: `password: 0123456` is not a number, and `username: no` is not a boolean. Type tags are
// accepted and ignored. Merge keys and empty values work as usual in YAML.
const scalar = (name: string, resolve: (text: string | null) => boolean, construct: (text: string) => string | null) =>
  new Type(`tag:yaml.org,2002:${name}`, { kind: 'scalar', resolve, construct })
const SCHEMA = FAILSAFE_SCHEMA.extend({
  implicit: [
    scalar(
      'null',
      (text) => text === null || /^(|~|null|Null|NULL)$/.test(text),
      () => null,
    ),
    scalar(
      'merge',
      (text) => text === '<<',
      (text) => text,
    ),
  ],
  explicit: ['int', 'float', 'bool', 'timestamp', 'binary'].map((name) =>
    scalar(
      name,
      () => true,
      (text) => text,
    ),
  ),
})

/** The maximum size of a file, in bytes. No real configuration comes close. */
export const LONGEST_FILE = 2 * 1024 * 1024
/** The maximum number of values in a file with all aliases expanded, and their maximum depth. */
const MAX_VALUES = 100_000
const DEEPEST = 100

/** A parsed configuration file. */
export interface ParsedFile {
  /** Null if the file is empty. */
  content: Value
  /** The position, from 1, of the first duplicate key. The last of the equal keys is used. */
  repeatedKey?: { line: number; column: number }
}

/**
 * Parses the YAML or JSON text of a configuration file.
 *
 * @throws ConfigurationError with line and column, but without any text of the file, which may contain passwords.
 */
export function parseConfig(text: string, file: string): ParsedFile {
  checkText(text, file)
  try {
    return { content: plain(load(text, { schema: SCHEMA }), text, file) }
  } catch (error) {
    if (!(error instanceof YAMLException) || error.reason !== 'duplicated mapping key')
      throw yamlProblem(error, text, file)
    // YAML forbids duplicate keys, but the openstack tools use the last one.
    const { line, column } = error.mark
    return { content: parseRepeated(text, file), repeatedKey: { line: line + 1, column: column + 1 } }
  }
}

function parseRepeated(text: string, file: string): Value {
  try {
    return plain(load(text, { schema: SCHEMA, json: true }), text, file)
  } catch (error) {
    throw yamlProblem(error, text, file)
  }
}

function checkText(text: string, file: string): void {
  if (text.length > LONGEST_FILE) throw tooLong(file)
  if (text.includes('\0')) {
    throw new ConfigurationError('not UTF-8 text: the file contains NUL bytes.', {
      place: { file, ...placeAt(text, text.indexOf('\0')) },
      hint: 'Save it as UTF-8. Windows PowerShell (>, Out-File) and some editors write UTF-16.',
    })
  }
  // Node decodes invalid UTF-8 to this character, which hardly occurs otherwise.
  if (text.includes('\uFFFD')) {
    throw new ConfigurationError('not UTF-8 text.', {
      place: { file, ...placeAt(text, text.indexOf('\uFFFD')) },
      hint: 'Save the file as UTF-8.',
    })
  }
}

/** The error for a file that exceeds LONGEST_FILE. */
export function tooLong(file: string): ConfigurationError {
  return new ConfigurationError(
    `larger than ${LONGEST_FILE / 1024 / 1024} MiB, which is too large for a clouds file.`,
    {
      place: { file },
      hint: 'Check that this is the right file.',
    },
  )
}

/** Converts a parsed document to Values. Expands aliases, up to a limit. */
function plain(document: unknown, text: string, file: string): Value {
  let count = 0
  const convert = (node: unknown, depth: number): Value => {
    count++
    // Without aliases, a file cannot have more values than characters.
    if (count > Math.max(MAX_VALUES, text.length) || depth > DEEPEST) {
      throw new ConfigurationError('its aliases expand to too many values.', {
        place: { file },
        hint: 'Check for an alias that contains itself, or that contains many others.',
      })
    }
    if (node === null || node === undefined) return null
    if (Array.isArray(node)) return node.map((item) => convert(item, depth + 1))
    if (typeof node === 'object') return section(node, depth)
    return String(node)
  }
  const section = (node: object, depth: number): Section => {
    const converted: Section = new Map()
    for (const [key, item] of Object.entries(node)) {
      if (key === '__proto__') {
        throw new ConfigurationError('"__proto__" cannot be a key.', {
          place: { file, ...placeAt(text, Math.max(0, text.indexOf(key))) },
          hint: 'Rename the key.',
        })
      }
      converted.set(key, convert(item, depth + 1))
    }
    return converted
  }
  return convert(document, 0)
}
