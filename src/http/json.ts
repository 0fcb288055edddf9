import { parse, stringify } from 'lossless-json'

/**
 * A number that a JavaScript number cannot represent exactly as it was written: an integer beyond 2^53, `1e400`, `1.0`.
 * Also `NaN`, `Infinity` and `-Infinity`, which Python writes although JSON does not allow them.
 */
export class ExactNumber {
  /** The number as the server wrote it. */
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** The nearest JavaScript number. */
  valueOf(): number {
    return Number(this.text)
  }

  toString(): string {
    return this.text
  }
}

/** Any JSON value, with all digits of its numbers. */
export type JsonValue = null | boolean | number | string | ExactNumber | JsonValue[] | { [key: string]: JsonValue }
/** What formatJson() writes: a JSON value, such as a task. A key that is undefined is left out. */
export type JsonInput =
  | null
  | boolean
  | number
  | string
  | ExactNumber
  | readonly JsonInput[]
  | { readonly [key: string]: JsonInput | undefined }
/** A JSON object. */
export type JsonObject = { [key: string]: JsonValue }

// A number that a JavaScript number may not preserve: with a fraction, an exponent, 16 digits, or -0. If it matches inside a
// string, the slower parser is used without need.
const INEXACT_NUMBER = /[:,[\s](?:-?\d+[.eE]|-?\d{16}|-0)|^\s*-?\d/

/** The maximum nesting of arrays and objects: far beyond any real answer, and well below the stack limit. */
export const MAX_DEPTH = 1000

/** The arrays and objects of a JSON text are nested too deeply. */
export class TooDeepError extends Error {}

/**
 * Parses JSON and keeps all digits of numbers, as ExactNumber if a number cannot represent them. If a key occurs several
 * times, the last one counts, as with JSON.parse. `__proto__` is a key like any other.
 *
 * @param deepest how many levels arrays and objects may be nested. Default 1000.
 * @throws SyntaxError; an Error if they are nested more deeply.
 */
export function parseJson(text: string, deepest: number = MAX_DEPTH): JsonValue {
  return parseWith(text, deepest, parseNumber)
}

/** @throws SyntaxError, TooDeepError */
function parseWith(text: string, deepest: number, numberOf: (text: string) => number | ExactNumber): JsonValue {
  const value: JsonValue = JSON.parse(text)
  const { isTooDeep, hasNumber } = inspectValue(value, deepest)
  if (isTooDeep) throw new TooDeepError(`It is nested more than ${deepest} levels deep.`)
  // Searching the values is twice as fast as searching the text, and most lists contain no number.
  if (!hasNumber || !INEXACT_NUMBER.test(text)) return value
  return parse(text, undefined, { parseNumber: numberOf, onDuplicateKey: ({ newValue }) => newValue }) as JsonValue
}

/** Inspects a value level by level, without recursion, because it may be nested more deeply than the stack allows. */
function inspectValue(value: JsonValue, deepest: number): { isTooDeep: boolean; hasNumber: boolean } {
  let hasNumber = false
  const note = (inner: JsonValue | undefined, below: JsonValue[]) => {
    if (typeof inner === 'number') hasNumber = true
    else if (typeof inner === 'object' && inner !== null) below.push(inner)
  }
  let level: JsonValue[] = [[value]]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return { isTooDeep: true, hasNumber }
    const below: JsonValue[] = []
    for (const item of level) {
      // Enumerating the keys of an array as strings takes ten times as long as enumerating its items.
      if (Array.isArray(item)) for (const inner of item) note(inner, below)
      else for (const key in item as JsonObject) note((item as JsonObject)[key], below)
    }
    level = below
  }
  return { isTooDeep: false, hasNumber }
}

/** Whether arrays and objects are nested more than this number of levels. */
export function isDeeper(value: JsonValue, levels: number): boolean {
  return inspectValue(value, levels).isTooDeep
}

/** The index of the first bracket in a JSON text that exceeds the maximum nesting; undefined if there is none. */
export function tooDeepAt(text: string, deepest: number): number | undefined {
  let depth = 0
  let isInString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (isInString && character === '\\') at++
    else if (character === '"') isInString = !isInString
    else if (isInString) continue
    else if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth--
    if (depth > deepest) return at
  }
  return undefined
}

/**
 * The numbers that Python reads and writes although JSON does not allow them, with their substitutes in strict JSON. No
 * server sends the substitutes, because they are far below the smallest double.
 */
const SUBSTITUTES: readonly (readonly [text: string, substitute: string])[] = [
  ['-Infinity', '-1e-900000000001'],
  ['Infinity', '1e-900000000001'],
  ['NaN', '1e-900000000002'],
]

/**
 * Parses JSON as OpenStack's services write it. Python writes `NaN`, `Infinity` and `-Infinity`, which JSON does not allow.
 * They become ExactNumber with that text.
 *
 * @throws SyntaxError, TooDeepError
 */
export function parsePythonJson(text: string): JsonValue {
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof TooDeepError || !/NaN|Infinity/.test(text)) throw error
    const strict = outsideStrings(text, (part) =>
      part.replace(/-?\b(?:NaN|Infinity)\b/g, (token) => SUBSTITUTES.find(([each]) => each === token)?.[1] ?? token),
    )
    return parseWith(strict, MAX_DEPTH, (number) => {
      const [meant] = SUBSTITUTES.find(([, substitute]) => substitute === number) ?? []
      return meant === undefined ? parseNumber(number) : new ExactNumber(meant)
    })
  }
}

/** Replaces the parts of a JSON text outside its strings. Reads the text once, even if it is invalid. */
function outsideStrings(text: string, replace: (part: string) => string): string {
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    const start = text.indexOf('"', at)
    if (start === -1) return pieces.join('') + replace(text.slice(at))
    const end = endOfString(text, start)
    pieces.push(replace(text.slice(at, start)), text.slice(start, end))
    at = end
  }
  return pieces.join('')
}

/** The index after the string that begins at `start`; the length of the text if the string does not end. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at + 1
  }
  return text.length
}

function parseNumber(text: string): number | ExactNumber {
  const number = Number(text)
  return String(number) === text && !Object.is(number, -0) ? number : new ExactNumber(text)
}

/**
 * The JSON text of a value, with the original digits of each ExactNumber. `NaN` and the infinities, which JSON does not
 * allow, become strings such as `"NaN"`.
 */
export function formatJson(value: JsonInput, indent?: number): string {
  return format(value, indent, (text) => `"${text}"`)
}

/** The JSON text of a value for Python, with `NaN`, `Infinity` and `-Infinity` for numbers that are not finite. */
export function formatPythonJson(value: JsonValue): string {
  return format(value, undefined, (text) => text)
}

function format(value: JsonInput, indent: number | undefined, notFinite: (text: string) => string): string {
  let usesSubstitutes = false
  const numberText = (item: unknown) => {
    const substitute = SUBSTITUTES.find(([text]) => text === String(item))?.[1]
    if (substitute !== undefined) usesSubstitutes = true
    return substitute ?? String(item)
  }
  const isNumber = (item: unknown) => item instanceof ExactNumber || typeof item === 'number'
  const text = stringify(value, undefined, indent, [{ test: isNumber, stringify: numberText }]) as string
  if (!usesSubstitutes) return text
  return outsideStrings(text, (part) =>
    part.replace(/-?\d[\d.eE+-]*/g, (number) => {
      const [meant] = SUBSTITUTES.find(([, substitute]) => substitute === number) ?? []
      return meant === undefined ? number : notFinite(meant)
    }),
  )
}

/** Whether a JSON value is an object, and not null, an array or an ExactNumber. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
}
