import { ExactNumber, isJsonObject, type JsonValue } from '../../http/json.js'

/**
 * JSON text as Python's `json.dumps` writes it: a space after `:` and `,`, integers of any size, floats as `repr` writes
 * them. Keystone and Glance are Python programs, and the sandbox's answers equal theirs byte for byte.
 *
 * @param ascii whether to write other characters than ASCII as `\uXXXX`, which is Python's default.
 */
export function pythonJson(value: JsonValue, { ascii = true }: { ascii?: boolean } = {}): string {
  const text = (string: string) => (ascii ? asciiOnly(JSON.stringify(string)) : JSON.stringify(string))
  const write = (item: JsonValue): string => {
    if (item === null || typeof item === 'boolean') return String(item)
    if (typeof item === 'string') return text(item)
    if (typeof item === 'number') return pythonNumber(String(item))
    if (item instanceof ExactNumber) return pythonNumber(item.text)
    if (Array.isArray(item)) return `[${item.map(write).join(', ')}]`
    const entries = Object.entries(item).map(([key, member]) => `${text(key)}: ${write(member)}`)
    return `{${entries.join(', ')}}`
  }
  return write(value)
}

/** A JSON number as Python reads and writes it: an integer digit for digit, any other number as a float. */
export function pythonNumber(text: string): string {
  return /^-?\d+$/.test(text) ? BigInt(text).toString() : pythonFloat(Number(text))
}

/** `repr(float)`: the shortest digits that identify the number, in scientific notation below 1e-4 and from 1e16 on. */
function pythonFloat(number: number): string {
  if (!Number.isFinite(number)) return number > 0 ? 'Infinity' : '-Infinity'
  if (number === 0) return Object.is(number, -0) ? '-0.0' : '0.0'
  const [mantissa = '', power = '0'] = number.toExponential().split('e')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, '0')
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`
  }
  const plain = String(number)
  return plain.includes('.') ? plain : `${plain}.0`
}

/** Python's `bool(value)`: false for None, False, zero and empty values. */
export function isTruthy(value: JsonValue | undefined): boolean {
  if (value instanceof ExactNumber) return Number(value) !== 0
  if (isJsonObject(value)) return Object.keys(value).length > 0
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}

/** The Python type of a JSON value. */
export function typeName(value: JsonValue): string {
  if (value === null) return 'NoneType'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'str'
  if (Array.isArray(value)) return 'list'
  if (isJsonObject(value)) return 'dict'
  return /^-?\d+$/.test(String(value)) ? 'int' : 'float'
}

/** Escapes all characters of a JSON text that are not ASCII. */
export function asciiOnly(text: string): string {
  return text.replace(/[\u007f-\uffff]/g, (char) =>
    char === '\u007f' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
