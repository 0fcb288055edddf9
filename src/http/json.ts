import { parse, stringify } from 'lossless-json'

/**
 * A number that a JavaScript number cannot hold as it was written: an integer beyond 2^53, `1e400`, `1.0`. Also `NaN`,
 * `Infinity` and `-Infinity`, which Python writes and JSON does not know.
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

/** What JSON can hold, with every digit kept. */
export type JsonValue = null | boolean | number | string | ExactNumber | JsonValue[] | { [key: string]: JsonValue }
/** A JSON object. */
export type JsonObject = { [key: string]: JsonValue }

// A number that may change its digits on the way through a JavaScript number: a fraction, an exponent, 16 digits or -0.
// It may also match inside a string, which costs the slower parser and nothing else.
const INEXACT_NUMBER = /[:,[\s](?:-?\d+[.eE]|-?\d{16}|-0)|^\s*-?\d/

/** So deep arrays and objects may lie in each other: far beyond any real answer, and well before the stack is full. */
export const MAX_DEPTH = 1000

/** JSON whose arrays and objects lie in each other too deep to be followed. */
export class TooDeepError extends Error {}

/**
 * Parses JSON and keeps what JSON.parse loses: the digits of numbers (as ExactNumber where a number cannot hold them).
 * Of duplicate keys the last wins, as with JSON.parse; `__proto__` is a key like any other.
 *
 * @throws SyntaxError; TooDeepError where it is nested deeper than `deepest`.
 */
export function parseJson(text: string, deepest = MAX_DEPTH, numberOf = parseNumber): JsonValue {
  const value: JsonValue = JSON.parse(text)
  const { isTooDeep, holdsNumber } = survey(value, deepest)
  if (isTooDeep) throw new TooDeepError(`It is nested more than ${deepest} levels deep.`)
  // To look through the values is twice as fast as through the text, and of most lists it is the end.
  if (!holdsNumber || !INEXACT_NUMBER.test(text)) return value
  return parse(text, undefined, { parseNumber: numberOf, onDuplicateKey: ({ newValue }) => newValue }) as JsonValue
}

/** What a value holds. Level by level and not recursive: it may be nested deeper than the stack is. */
function survey(value: JsonValue, deepest: number): { isTooDeep: boolean; holdsNumber: boolean } {
  let holdsNumber = false
  let level: JsonValue[] = [[value]]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return { isTooDeep: true, holdsNumber }
    const below: JsonValue[] = []
    for (const item of level) {
      for (const key in item as JsonObject) {
        const inner = (item as JsonObject)[key]
        if (typeof inner === 'number') holdsNumber = true
        else if (typeof inner === 'object' && inner !== null) below.push(inner)
      }
    }
    level = below
  }
  return { isTooDeep: false, holdsNumber }
}

/** Whether arrays and objects are nested more than this many levels deep. */
export function isDeeper(value: JsonValue, levels: number): boolean {
  return survey(value, levels).isTooDeep
}

/** The index of the bracket in a JSON text that begins a level too many; undefined where there is none. */
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
 * Numbers that Python reads and writes in JSON, and what stands for them where strict JSON is read and written. No server
 * sends these numbers: they are far below the least number that any double can hold.
 */
const STAND_INS: readonly (readonly [text: string, standIn: string])[] = [
  ['-Infinity', '-1e-900000000001'],
  ['Infinity', '1e-900000000001'],
  ['NaN', '1e-900000000002'],
]

/**
 * Parses JSON as OpenStack's services write it: Python allows `NaN`, `Infinity` and `-Infinity`, which JSON does not
 * know. They become ExactNumber with that text.
 *
 * @throws SyntaxError, TooDeepError
 */
export function parsePythonJson(text: string): JsonValue {
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof TooDeepError || !/NaN|Infinity/.test(text)) throw error
    const strict = outsideStrings(text, (part) =>
      part.replace(/-?\b(?:NaN|Infinity)\b/g, (token) => STAND_INS.find(([each]) => each === token)?.[1] ?? token),
    )
    return parseJson(strict, MAX_DEPTH, (number) => {
      const [meant] = STAND_INS.find(([, standIn]) => standIn === number) ?? []
      return meant === undefined ? parseNumber(number) : new ExactNumber(meant)
    })
  }
}

/** A JSON text whose parts outside its strings are replaced. It reads the text once, whatever is wrong with it. */
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

/** The index behind the string that begins at `start`; the text's length where it does not end. */
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
 * JSON text of a value, the digits of ExactNumber as they were. `NaN` and the infinities, which JSON cannot hold, become
 * text: `"NaN"`.
 */
export function formatJson(value: JsonValue, indent?: number): string {
  return format(value, indent, (text) => `"${text}"`)
}

/** JSON text of a value as Python reads it, with `NaN`, `Infinity` and `-Infinity` for numbers that are not finite. */
export function formatPythonJson(value: JsonValue): string {
  return format(value, undefined, (text) => text)
}

function format(value: JsonValue, indent: number | undefined, notFinite: (text: string) => string): string {
  let usesStandIns = false
  const numberText = (item: unknown) => {
    const standIn = STAND_INS.find(([text]) => text === String(item))?.[1]
    if (standIn !== undefined) usesStandIns = true
    return standIn ?? String(item)
  }
  const isNumber = (item: unknown) => item instanceof ExactNumber || typeof item === 'number'
  const text = stringify(value, undefined, indent, [{ test: isNumber, stringify: numberText }]) as string
  if (!usesStandIns) return text
  return outsideStrings(text, (part) =>
    part.replace(/-?\d[\d.eE+-]*/g, (number) => {
      const [meant] = STAND_INS.find(([, standIn]) => standIn === number) ?? []
      return meant === undefined ? number : notFinite(meant)
    }),
  )
}

/** Whether a JSON value is an object (and neither null nor an array nor a number). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
}
