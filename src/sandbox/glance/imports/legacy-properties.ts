import { ExactNumber, isJsonObject, type JsonObject, type JsonValue } from '../../../http/json.js'
import { isTruthy, pythonNumber } from '../../python/json.js'
import { newImage } from '../images/record.js'
import { GlanceProblem } from '../problem.js'

/** Image properties that make Glance's import task fail. */
const UNSUPPORTED = 'id os_hash_algo os_hash_value direct_url self file schema stores deleted deleted_at'.split(' ')
const VISIBILITIES: readonly JsonValue[] = ['community', 'public', 'private', 'shared']

/**
 * Converts the `image_properties` of an import task to the properties of its image. Glance checks them against no schema:
 * Python and the database convert numbers and booleans.
 *
 * @returns undefined when the properties make the task fail.
 */
export function legacyProperties(given: JsonValue | undefined): JsonObject | undefined {
  if (!isJsonObject(given) || UNSUPPORTED.some((key) => key in given)) return undefined
  const { container_format: container } = given
  // Glance unpacks an OVA, which fails because the downloaded data is not an OVA.
  if (!isTruthy(container) || container === 'ova') return undefined
  const entries = Object.entries(given).map(([key, value]) => [key, propertyOf(key, value)] as const)
  if (entries.some(([, value]) => value === undefined)) return undefined
  const properties = Object.fromEntries(entries) as JsonObject
  return makesImage(properties) ? properties : undefined
}

/** Whether Glance accepts these properties. */
function makesImage(properties: JsonObject): boolean {
  try {
    newImage(properties, { owner: null, now: 0 })
    return true
  } catch (error) {
    if (error instanceof GlanceProblem) return false
    throw error
  }
}

function propertyOf(key: string, value: JsonValue): JsonValue | undefined {
  switch (key) {
    case 'protected':
      return isTruthy(value)
    case 'os_hidden':
      return [null, false, true, 0, 1].includes(value as null) ? isTruthy(value) : undefined
    case 'min_disk':
    case 'min_ram':
      return integerOf(value)
    case 'tags':
      return tagsOf(value)
    case 'visibility':
      return VISIBILITIES.includes(value) ? value : undefined
    case 'name':
    case 'owner':
    case 'disk_format':
    case 'container_format':
      return value === null ? null : textOf(value)
    default:
      return value === null ? '' : textOf(value)
  }
}

/** A value as the database stores it in a text column. */
function textOf(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number' || value instanceof ExactNumber) return pythonNumber(String(value))
  return undefined
}

function integerOf(value: JsonValue): number | undefined {
  if (typeof value === 'string' || (typeof value === 'object' && value !== null && !(value instanceof ExactNumber))) {
    return undefined
  }
  return Math.trunc(Number(value))
}

/** Python's `set(value)`: the characters of a string, the keys of a dict, the items of a list. */
function tagsOf(value: JsonValue): JsonValue[] | undefined {
  if (!isTruthy(value)) return []
  if (typeof value === 'string') return [...value]
  if (isJsonObject(value)) return Object.keys(value)
  const tags = Array.isArray(value) ? value.map(textOf) : [undefined]
  return tags.some((tag) => tag === undefined) ? undefined : (tags as string[])
}
