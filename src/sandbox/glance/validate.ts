import type { JsonValue } from '../../http/json.js'
import { bestMatch, describe, type Schema } from '../python/json-schema.js'
import { badRequest } from './problem.js'

/** @throws GlanceProblem 400 that gives the most telling violation, its schema and the instance in full. */
export function validate(instance: JsonValue, schema: Schema, name: string): void {
  const violation = bestMatch(instance, schema)
  if (violation) throw badRequest(`Provided object does not match schema '${name}': ${describe(violation)}`)
}
