import { ExactNumber, formatJson, type JsonValue } from '../http/json.js'
import { escapeJson } from './text.js'

/** The text of a value for a cell, not escaped: empty for null, compact JSON for nested values. */
export function cellText(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (value instanceof ExactNumber) return value.text
  return jsonText(value)
}

/** The JSON text of a value, with exact digits and escaped. */
export function jsonText(value: JsonValue, indent?: number): string {
  return escapeJson(rawJson(value, indent))
}

/** The JSON text of a value, with exact digits, not escaped. Calling `escapeJson` once per page is faster. */
export function rawJson(value: JsonValue, indent?: number): string {
  return holdsExactNumber(value) ? formatJson(value, indent) : JSON.stringify(value, null, indent)
}

// JSON.stringify is many times faster than the writer for exact numbers, which are rare.
function holdsExactNumber(value: JsonValue | undefined): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof ExactNumber) return true
  if (Array.isArray(value)) return value.some(holdsExactNumber)
  for (const key in value) if (holdsExactNumber(value[key])) return true
  return false
}
