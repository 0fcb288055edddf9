import { ExactNumber, formatJson, type JsonValue } from '../http/json.js'
import { escapeJson } from './text.js'

/** The text of a value as a cell holds it, exact and perhaps unsafe: nothing for null, compact JSON for what is nested. */
export function cellText(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (value instanceof ExactNumber) return value.text
  return jsonText(value)
}

/** JSON text of a value, digits kept, and safe to show. */
export function jsonText(value: JsonValue, indent?: number): string {
  return escapeJson(rawJson(value, indent))
}

/** JSON text of a value, digits kept, that has yet to go through `escapeJson`: once for a page is faster. */
export function rawJson(value: JsonValue, indent?: number): string {
  return holdsExactNumber(value) ? formatJson(value, indent) : JSON.stringify(value, null, indent)
}

// JSON.stringify is many times as fast as the writer that knows exact numbers, and these are rare.
function holdsExactNumber(value: JsonValue | undefined): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof ExactNumber) return true
  if (Array.isArray(value)) return value.some(holdsExactNumber)
  for (const key in value) if (holdsExactNumber(value[key])) return true
  return false
}
