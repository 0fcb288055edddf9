import { ExactNumber, isJsonObject, type JsonObject, type JsonValue } from '../../http/json.js'
import { pformat, repr } from './pprint.js'

/** A JSON Schema, limited to the keywords that Glance's and Keystone's schemas use. */
export type Schema = JsonObject

/** A way in which an instance violates its schema. */
export interface Violation {
  message: string
  keyword: string
  schema: Schema
  /** The paths into the schema and the instance, such as `['properties']['type']`. */
  schemaPath: (string | number)[]
  path: (string | number)[]
  instance: JsonValue
}

/** jsonschema's `best_match`: the most relevant violation; undefined when there is none. */
export function bestMatch(instance: JsonValue, schema: Schema): Violation | undefined {
  const violations = findViolations(instance, schema)
  const [first] = violations
  return first && violations.reduce((best, one) => (isMoreRelevant(one, best) ? one : best), first)
}

/** jsonschema's `str(error)`. */
export function describeViolation({ message, keyword, schema, schemaPath, path, instance }: Violation): string {
  const where = (root: string, steps: (string | number)[]) => root + steps.map((step) => `[${repr(step)}]`).join('')
  return `${message}

Failed validating ${repr(keyword)} in ${where('schema', schemaPath)}:
    ${indented(pformat(schema, 72))}

On ${where('instance', path)}:
    ${indented(pformat(instance, 72))}`
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n    ')
}

/** All violations, in jsonschema's order: the order of the keywords in the schema. */
export function findViolations(
  instance: JsonValue,
  schema: Schema,
  schemaPath: (string | number)[] = [],
  path: (string | number)[] = [],
): Violation[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    const violation = (message: string): Violation => ({ message, keyword, schema, schemaPath, path, instance })
    switch (keyword) {
      case 'type':
        return checkType(instance, rule).map(violation)
      case 'enum':
        return Array.isArray(rule) && !rule.some((one) => repr(one) === repr(instance))
          ? [violation(`${repr(instance)} is not one of ${repr(rule)}`)]
          : []
      case 'pattern':
        return typeof instance === 'string' && !pythonPattern(String(rule)).test(instance)
          ? [violation(`${repr(instance)} does not match ${repr(rule)}`)]
          : []
      case 'maxLength':
        return typeof instance === 'string' && [...instance].length > Number(rule)
          ? [violation(`${repr(instance)} is too long`)]
          : []
      case 'required':
        return isJsonObject(instance) && Array.isArray(rule)
          ? rule
              .filter((key) => !(String(key) in instance))
              .map((key) => violation(`${repr(key)} is a required property`))
          : []
      case 'properties':
        return checkProperties(instance, rule, schemaPath, path)
      case 'additionalProperties':
        return checkAdditional(instance, rule, schema, schemaPath, path).flatMap((found) =>
          typeof found === 'string' ? [violation(found)] : [found],
        )
      case 'items':
        return Array.isArray(instance) && isJsonObject(rule)
          ? instance.flatMap((item, i) => findViolations(item, rule, [...schemaPath, 'items'], [...path, i]))
          : []
      default:
        return []
    }
  })
}

/** In Python, `$` also matches before a line feed at the end of the string. */
function pythonPattern(rule: string): RegExp {
  return new RegExp(rule.replaceAll('$', '(?=\\n?$)'), 'u')
}

function checkType(instance: JsonValue, rule: JsonValue): string[] {
  const types = Array.isArray(rule) ? rule : [rule]
  if (types.some((type) => isType(instance, String(type)))) return []
  return [`${repr(instance)} is not of type ${types.map(repr).join(', ')}`]
}

function isType(instance: JsonValue, type: string): boolean {
  switch (type) {
    case 'null':
      return instance === null
    case 'object':
      return isJsonObject(instance)
    case 'array':
      return Array.isArray(instance)
    case 'integer':
      return /^-?\d+(\.0)?$/.test(String(instance)) && typeof instance !== 'string' && !Array.isArray(instance)
    case 'number':
      return typeof instance === 'number' || instance instanceof ExactNumber
    default:
      return typeof instance === type
  }
}

function checkProperties(
  instance: JsonValue,
  rule: JsonValue,
  schemaPath: (string | number)[],
  path: (string | number)[],
): Violation[] {
  if (!isJsonObject(instance) || !isJsonObject(rule)) return []
  return Object.entries(rule).flatMap(([key, schema]) => {
    const member = Object.hasOwn(instance, key) ? instance[key] : undefined
    if (member === undefined || !isJsonObject(schema)) return []
    return findViolations(member, schema, [...schemaPath, 'properties', key], [...path, key])
  })
}

function checkAdditional(
  instance: JsonValue,
  rule: JsonValue,
  schema: Schema,
  schemaPath: (string | number)[],
  path: (string | number)[],
): (string | Violation)[] {
  const known = isJsonObject(schema.properties) ? schema.properties : {}
  const extras = isJsonObject(instance) ? Object.entries(instance).filter(([key]) => !Object.hasOwn(known, key)) : []
  if (isJsonObject(rule)) {
    return extras.flatMap(([key, item]) =>
      findViolations(item, rule, [...schemaPath, 'additionalProperties'], [...path, key]),
    )
  }
  if (rule !== false || extras.length === 0) return []
  const names = extras.map(([key]) => key).sort()
  const verb = names.length === 1 ? 'was' : 'were'
  return [`Additional properties are not allowed (${names.map(repr).join(', ')} ${verb} unexpected)`]
}

/** jsonschema's relevance: a violation nearer to the root first, then one by a wrong type. */
function isMoreRelevant(one: Violation, other: Violation): boolean {
  if (one.path.length !== other.path.length) return one.path.length < other.path.length
  return wrongType(one) && !wrongType(other)
}

function wrongType({ instance, schema }: Violation): boolean {
  return schema.type === undefined || checkType(instance, schema.type).length > 0
}
