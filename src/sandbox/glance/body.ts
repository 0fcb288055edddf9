import { type JsonValue, parseJson, TooDeepError } from '../../http/json.js'
import type { Exchange } from '../http/exchange.js'
import { bestMatch, describeViolation, type Schema } from '../python/json-schema.js'
import { badRequest, internalError } from './problem.js'

/** So deep may arrays and objects lie in each other before Python's stack is full. */
const MAX_DEPTH = 839

/** The media type of the body; text when none is given. */
export function contentType({ headers }: Exchange): string {
  return (headers['content-type'] ?? 'text/plain').split(';')[0]?.trim() ?? ''
}

/** Whether a request has a body by Glance's reckoning. */
export function hasBody({ method, headers, body }: Exchange): boolean {
  const isChunked = headers['transfer-encoding'] !== undefined
  return isChunked ? /^(POST|PUT|PATCH)$/.test(method) : body.length > 0
}

/**
 * The body as JSON; undefined when there is none.
 *
 * @throws GlanceProblem when it is not JSON, nested too deep, or neither an object nor an array.
 */
export function jsonBody(exchange: Exchange): JsonValue | undefined {
  if (!hasBody(exchange)) return undefined
  let value: JsonValue
  try {
    value = parseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(exchange.body), MAX_DEPTH)
  } catch (error) {
    if (error instanceof TooDeepError) throw internalError()
    throw badRequest('Malformed JSON in request body.')
  }
  if (typeof value !== 'object' || value === null) throw badRequest('Unexpected body type. Expected list/dict.')
  return value
}

/** @throws GlanceProblem 400 that gives the most telling violation, its schema and the instance in full. */
export function validate(instance: JsonValue, schema: Schema, name: string): void {
  const violation = bestMatch(instance, schema)
  if (violation) throw badRequest(`Provided object does not match schema '${name}': ${describeViolation(violation)}`)
}
