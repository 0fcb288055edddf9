import { isJsonObject, type JsonObject, type JsonValue } from '../../http/json.js'
import { didYouMean } from '../../nearest.js'
import { type Check, listed } from './check.js'
import type { Info } from './info.js'

/** Whether the cloud accepts a record with these keys: GET /v2/schemas/image. */
export function checkRecord(info: Info, record: JsonObject): Check {
  const check = 'record'
  const properties = info.kind === 'known' && isJsonObject(info.value.properties) ? info.value.properties : undefined
  if (info.kind !== 'known' || properties === undefined) {
    const why = info.kind === 'unknown' ? ` ${info.why}` : ''
    return { check, status: 'unknown', detail: `It is unknown which image records the cloud accepts.${why}` }
  }
  const further = isJsonObject(info.value.additionalProperties) ? info.value.additionalProperties : undefined
  const isClosed = info.value.additionalProperties === false
  for (const [key, value] of Object.entries(record)) {
    const fault = Object.hasOwn(properties, key)
      ? faultOf(key, value, properties[key])
      : otherFault(key, value, further, isClosed)
    if (fault) return { check, status: 'failed', ...fault }
  }
  return { check, status: 'ok', detail: 'The cloud accepts this image record.' }
}

interface Fault {
  detail: string
  hint?: string
}

function otherFault(
  key: string,
  value: JsonValue,
  schema: JsonObject | undefined,
  isClosed: boolean,
): Fault | undefined {
  // Glance reserves these for itself: 403, Attribute … is reserved.
  if (key.startsWith('os_glance_')) return { detail: `The property ${key} is reserved for Glance.`, hint: 'Omit it.' }
  if (isClosed) return { detail: `The cloud does not allow the property ${key}.`, hint: 'Omit it.' }
  return schema && faultOf(key, value, schema)
}

/**
 * Why a value does not match a schema of Glance. Patterns are left to the server, because matching one may take any time.
 */
function faultOf(key: string, value: JsonValue, schema: JsonValue | undefined): Fault | undefined {
  if (!isJsonObject(schema)) return undefined
  // It would be overwritten.
  if (key === 'id') return { detail: 'A new image gets its ID from this program.', hint: 'Omit it.' }
  if (schema.readOnly === true) return { detail: `${key} is set by Glance itself.`, hint: 'Omit it.' }
  const types = [schema.type].flat().filter((type) => typeof type === 'string')
  if (types.length > 0 && !types.includes(typeOf(value)) && !(types.includes('number') && typeof value === 'number')) {
    return { detail: `${key} must be ${kinds(types)}.` }
  }
  const allowed = Array.isArray(schema.enum) ? schema.enum.filter((item) => typeof item === 'string') : undefined
  if (allowed && typeof value === 'string' && !allowed.includes(value)) {
    const hint = didYouMean(value, allowed) ?? `The allowed values are ${listed(allowed)}.`
    return { detail: `The cloud does not allow the ${key} ${JSON.stringify(value)}.`, hint }
  }
  if (typeof schema.maxLength === 'number' && typeof value === 'string' && [...value].length > schema.maxLength) {
    return { detail: `${key} is longer than ${schema.maxLength} characters.` }
  }
  if (!Array.isArray(value)) return undefined
  for (const item of value) {
    const fault = faultOf(`each of ${key}`, item, schema.items)
    if (fault) return fault
  }
  return undefined
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

function kinds(types: string[]): string {
  const texts = types
    .filter((type) => type !== 'null')
    .map((type) => (type === 'string' ? 'text' : `of the type ${type}`))
  return texts.join(' or ')
}
