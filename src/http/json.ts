import { parse, stringify } from 'lossless-json'

/** A number whose digits a JavaScript number cannot hold: an integer beyond 2^53, `1e400`, `1.0`. */
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

/**
 * Parses JSON and keeps what JSON.parse loses: the digits of numbers (as ExactNumber where a number cannot hold them).
 * Of duplicate keys the last wins, as with JSON.parse; `__proto__` is a key like any other.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): JsonValue {
  const value: JsonValue = JSON.parse(text)
  // To look through the values is twice as fast as through the text, and of most lists it is the end.
  if (!holdsNumber(value) || !INEXACT_NUMBER.test(text)) return value
  return parse(text, undefined, { parseNumber, onDuplicateKey: ({ newValue }) => newValue }) as JsonValue
}

/** Whether there is a number anywhere in it. Not recursive: an answer may be nested deeper than the stack is. */
function holdsNumber(value: JsonValue): boolean {
  const left: JsonValue[] = [value]
  for (let item = left.pop(); item !== undefined; item = left.pop()) {
    if (typeof item === 'number') return true
    if (typeof item !== 'object' || item === null) continue
    for (const key in item) {
      const inner = (item as JsonObject)[key]
      if (typeof inner === 'number') return true
      if (typeof inner === 'object' && inner !== null) left.push(inner)
    }
  }
  return false
}

const STRING_OR_NO_NUMBER = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g

/**
 * Parses JSON as OpenStack's services write it: Python lets `NaN` and `Infinity` through, which JSON does not know. They
 * become null, as JavaScript's own JSON has it, so that one such value in a task's input does not hide the task.
 *
 * @throws SyntaxError
 */
export function parsePythonJson(text: string): JsonValue {
  try {
    return parseJson(text)
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error
    return parseJson(text.replace(STRING_OR_NO_NUMBER, (token) => (token.startsWith('"') ? token : 'null')))
  }
}

function parseNumber(text: string): number | ExactNumber {
  const number = Number(text)
  return String(number) === text && !Object.is(number, -0) ? number : new ExactNumber(text)
}

/** JSON text of a value, the digits of ExactNumber as they were. */
export function formatJson(value: JsonValue, indent?: number): string {
  return stringify(value, undefined, indent, [
    { test: (item) => item instanceof ExactNumber, stringify: (item) => (item as ExactNumber).text },
  ]) as string
}

/** Whether a JSON value is an object (and neither null nor an array nor a number). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
}
