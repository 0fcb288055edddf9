import { FAILSAFE_SCHEMA, load, Type, YAMLException } from 'js-yaml'
import { ConfigurationError } from '../../errors.js'
import type { Section, Value } from '../value.js'
import { placeAt, yamlProblem } from './yaml-problem.js'

// Scalars stay text: `password: 0123456` is no number and `username: no` no boolean. The tags that would make them one
// are accepted and change nothing. Merge keys and an empty value are YAML's own and stay.
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

/** A file longer than this is no configuration of clouds. */
export const LONGEST_FILE = 2 * 1024 * 1024
/** Values in a file once its aliases are followed, and how deep they lie: far beyond any real file. */
const MOST_VALUES = 100_000
const DEEPEST = 100

/** What a configuration file says, and what is odd but usable about it. */
export interface ParsedFile {
  /** Null for a file that says nothing. */
  content: Value
  /** Where the first key stands that repeats another, from 1; the last one counts. */
  repeatedKey?: { line: number; column: number }
}

/**
 * Parses YAML, and JSON with it, as clouds.yaml means it.
 *
 * @throws ConfigurationError with the line and the column, and nothing of the file's text: it may hold passwords.
 */
export function parseConfig(text: string, file: string): ParsedFile {
  checkText(text, file)
  try {
    return { content: plain(load(text, { schema: SCHEMA }), text, file) }
  } catch (error) {
    if (!(error instanceof YAMLException) || error.reason !== 'duplicated mapping key')
      throw yamlProblem(error, text, file)
    // YAML forbids it, the openstack tools take the last one.
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
    throw new ConfigurationError('is not text in UTF-8: it holds NUL bytes.', {
      place: { file, ...placeAt(text, text.indexOf('\0')) },
      hint: 'If an editor saved it as UTF-16, save it again as UTF-8.',
    })
  }
  // Node decodes what is not UTF-8 to this character, which nobody writes.
  if (text.includes('\uFFFD')) {
    throw new ConfigurationError('is not text in UTF-8.', {
      place: { file, ...placeAt(text, text.indexOf('\uFFFD')) },
      hint: 'Save the file as UTF-8.',
    })
  }
}

/** The error for a file that is too long to be what it should be. */
export function tooLong(file: string): ConfigurationError {
  return new ConfigurationError(`is longer than ${LONGEST_FILE / 1024 / 1024} MiB, which no clouds file is.`, {
    place: { file },
    hint: 'Check that this is the file you mean.',
  })
}

/** The parsed document as Values of our own; follows aliases, and stops where they multiply without end. */
function plain(document: unknown, text: string, file: string): Value {
  let count = 0
  const convert = (node: unknown, depth: number): Value => {
    count++
    // Without aliases there is no more than a value a character.
    if (count > Math.max(MOST_VALUES, text.length) || depth > DEEPEST) {
      throw new ConfigurationError('its aliases multiply without end.', {
        place: { file },
        hint: 'An alias must not contain itself, nor many others that contain many others.',
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
