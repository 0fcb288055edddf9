import { UsageError } from './errors.js'
import { didYouMean } from './nearest.js'

/** Returns a description of the allowed values if a value is not allowed, otherwise undefined. */
export type Rule = (value: unknown) => string | undefined

/** A rule for each option. */
export type Rules<T> = { readonly [Name in keyof Required<T>]: Rule }

const rule =
  (allowed: string, isAllowed: (value: unknown) => boolean): Rule =>
  (value) =>
    isAllowed(value) ? undefined : allowed

export const text = rule('text', (value) => typeof value === 'string')
/** A path below an endpoint. */
export const route = rule(
  'a path such as "tasks", without a slash at its start, a query, or dots as a segment',
  (value) => typeof value === 'string' && !/^\/|[?#]|(^|\/)\.\.?(\/|$)/.test(value),
)
export const flag = rule('true or false', (value) => typeof value === 'boolean')
export const call = rule('a function', (value) => typeof value === 'function')
/** A text, or an array of strings. */
export const texts = rule('a string or an array of strings', (value) =>
  [value].flat().every((item) => typeof item === 'string'),
)
export const textArray = rule(
  'an array of strings',
  (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
)
export const time = rule('a Date, or milliseconds since the epoch', (value) => value instanceof Date || isNumber(value))
export const objectOrNull = rule('an object or null', (value) => value === null || isObject(value))
export const object = rule('an object', isObject)
/** Any value. It is checked where it is used. */
export const any = rule('anything', () => true)
export const count = rule('a whole number of 0 or more', (value) => Number.isSafeInteger(value) && Number(value) >= 0)
export const milliseconds = rule('a number of milliseconds, 0 or more', (value) => isNumber(value) && value >= 0)
export const signal = rule(
  'an AbortSignal',
  (value) => isObject(value) && 'aborted' in value && has(value, 'addEventListener'),
)

export const environment = rule(
  'an object with env, cwd, home and platform',
  (value) =>
    isObject(value) &&
    isObject(Reflect.get(value, 'env')) &&
    ['cwd', 'home', 'platform'].every((name) => typeof Reflect.get(value, name) === 'string'),
)

/** A rule for an object that has these methods. */
export function methods(...names: string[]): Rule {
  const allowed = `an object with the method${names.length === 1 ? '' : 's'} ${names.join(', ')}`
  return rule(allowed, (value) => isObject(value) && names.every((name) => has(value, name)))
}

/** A rule for one of these texts. */
export function oneOf(...words: string[]): Rule {
  const quoted = words.map((word) => `'${word}'`)
  return rule(`${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`, (value) => words.includes(value as string))
}

/**
 * Checks the options of a public function, for programs in plain JavaScript. An option that is undefined counts as missing.
 *
 * @param caller the name of the function in messages, such as `connect()`.
 * @param required the required options.
 * @throws UsageError with the option, its value and the allowed values.
 */
export function checkOptions<T>(
  caller: string,
  options: object,
  rules: Rules<T>,
  required: readonly (keyof T & string)[] = [],
): void {
  if (!isObject(options)) throw new UsageError(`${caller}: the options must be an object, not ${shown(options)}.`)
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name)) throw unknownOption(caller, name, Object.keys(rules))
    if (value === undefined) continue
    const allowed = rules[name as keyof T](value)
    if (allowed !== undefined) throw new UsageError(`${caller}: ${name} must be ${allowed}, not ${shown(value)}.`)
  }
  const given = options as Partial<Record<string, unknown>>
  const missing = required.find((name) => given[name] === undefined)
  if (missing !== undefined) throw new UsageError(`${caller}: ${missing} is missing.`)
}

/** Checks the ID that a public function takes. @throws UsageError unless it is a non-empty string. */
export function checkId(caller: string, id: unknown): void {
  if (typeof id !== 'string' || id === '') throw new UsageError(`${caller}: the ID must be a non-empty string.`)
}

function unknownOption(caller: string, name: string, known: string[]): UsageError {
  return new UsageError(`${caller}: unknown option ${JSON.stringify(name)}.`, {
    hint: didYouMean(name, known) ?? `The options are ${known.join(', ')}.`,
  })
}

/** Formats a value for a message. Shows only the kind of objects and long texts, because they may contain secrets. */
export function shown(value: unknown): string {
  if (value == null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return value.length > 40 ? 'a long string' : JSON.stringify(value)
  if (Array.isArray(value)) return 'an array'
  return `${/^[aeiou]/.test(typeof value) ? 'an' : 'a'} ${typeof value}`
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(value)
}

function has(value: object, name: string): boolean {
  return typeof (value as Record<string, unknown>)[name] === 'function'
}
