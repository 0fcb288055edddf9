import { ExactNumber, isJsonObject, type JsonValue } from '../../http/json.js'
import { pythonNumber } from './json.js'

/** Python's `repr` of a JSON value. Keys keep their order. */
export function repr(value: JsonValue): string {
  return write(value, (keys) => keys)
}

/** Python's `str`: a string unchanged, anything else as its `repr`. */
export function str(value: JsonValue): string {
  return typeof value === 'string' ? value : repr(value)
}

/**
 * Python's `pprint.pformat`, which the schema errors of Glance and Keystone use: sorts dicts by key, wraps them at the
 * width, and wraps long strings between words.
 *
 * @param width the longest line, in characters. Lines that cannot be wrapped may be longer.
 */
export function pformat(value: JsonValue, width: number): string {
  return format(value, { width, indent: 0, allowance: 0, level: 0 })
}

interface Position {
  width: number
  indent: number
  /** How many characters of closing brackets follow on the last line. */
  allowance: number
  level: number
}

function format(value: JsonValue, { width, indent, allowance, level }: Position): string {
  const flat = write(value, (keys) => [...keys].sort(byCodePoint))
  if (lengthOf(flat) <= width - indent - allowance) return flat
  const inside = { width, indent, allowance, level: level + 1 }
  if (typeof value === 'string') return value === '' ? flat : formatString(value, inside)
  if (Array.isArray(value)) return `[${formatItems(value, inside)}]`
  if (isJsonObject(value)) return `{${formatMembers(value, inside)}}`
  return flat
}

function formatItems(items: JsonValue[], { width, indent, allowance, level }: Position): string {
  const last = items.length - 1
  return items
    .map((item, i) => format(item, { width, indent: indent + 1, allowance: i === last ? allowance + 1 : 1, level }))
    .join(`,\n${' '.repeat(indent + 1)}`)
}

function formatMembers(object: { [key: string]: JsonValue }, { width, indent, allowance, level }: Position): string {
  const keys = Object.keys(object).sort(byCodePoint)
  const last = keys.length - 1
  return keys
    .map((key, i) => {
      const label = `${repr(key)}: `
      const column = indent + 1 + lengthOf(label)
      const member = object[key] ?? null
      return label + format(member, { width, indent: column, allowance: i === last ? allowance + 1 : 1, level })
    })
    .join(`,\n${' '.repeat(indent + 1)}`)
}

function formatString(text: string, position: Position): string {
  const outermost = position.level === 1
  const indent = position.indent + (outermost ? 1 : 0)
  const allowance = position.allowance + (outermost ? 1 : 0)
  const room = position.width - indent
  const lines =
    text.match(/[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|.+$/gsu) ?? []
  const chunks = lines.flatMap((line, i) => wrapLine(line, room, i === lines.length - 1 ? allowance : 0))
  if (chunks.length === 1) return chunks[0] ?? ''
  const broken = chunks.join(`\n${' '.repeat(indent)}`)
  return outermost ? `(${broken})` : broken
}

/** Wraps a line between words, and returns the repr of each piece. */
function wrapLine(line: string, room: number, allowance: number): string[] {
  if (lengthOf(repr(line)) <= room - allowance) return [repr(line)]
  const words = line.match(/\S+\s*|^\s+/g) ?? []
  const chunks: string[] = []
  let current = ''
  for (const [i, word] of words.entries()) {
    const width = i === words.length - 1 ? room - allowance : room
    if (lengthOf(repr(current + word)) <= width) {
      current += word
    } else {
      if (current) chunks.push(repr(current))
      current = word
    }
  }
  return current ? [...chunks, repr(current)] : chunks
}

function write(value: JsonValue, order: (keys: string[]) => string[]): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return reprString(value)
  if (typeof value === 'number') return reprNumber(String(value))
  if (value instanceof ExactNumber) return reprNumber(value.text)
  if (Array.isArray(value)) return `[${value.map((item) => write(item, order)).join(', ')}]`
  const members = order(Object.keys(value)).map((key) => `${reprString(key)}: ${write(value[key] ?? null, order)}`)
  return `{${members.join(', ')}}`
}

function reprNumber(text: string): string {
  const number = pythonNumber(text)
  return number.endsWith('Infinity') ? number.replace('Infinity', 'inf') : number
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Uses single quotes unless that needs an escape, and writes unprintable characters as `\x`, `\u` or `\U`. */
function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const body = text.replace(/[\\\p{C}\p{Zl}\p{Zp}\p{Zs}'"]/gu, (char) => {
    if (char === ' ' || ((char === "'" || char === '"') && char !== quote)) return char
    return ESCAPES[char] ?? (char === quote ? `\\${char}` : escapeCode(char.codePointAt(0) ?? 0))
  })
  return quote + body + quote
}

function escapeCode(code: number): string {
  const hex = code.toString(16)
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

/** The length in code points, as Python counts it. */
function lengthOf(text: string): number {
  return [...text].length
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
