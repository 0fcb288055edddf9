import { type JsonValue, parseJson, TooDeepError } from '../../http/json.js'
import type { Exchange } from '../http/exchange.js'
import { bestMatch, describeViolation, type Schema } from '../python/json-schema.js'
import { badRequest, internalError } from './problem.js'

/** The deepest nesting of arrays and objects that Glance parses. One level more exceeds Python's recursion limit. */
const MAX_DEPTH = 839

/** The media type of the body; text/plain when the request has none. */
export function contentType({ headers }: Exchange): string {
  return (headers['content-type'] ?? 'text/plain').split(';')[0]?.trim() ?? ''
}

/** Whether Glance considers a request to have a body. */
export function hasBody({ method, headers, body }: Exchange): boolean {
  const isChunked = headers['transfer-encoding'] !== undefined
  return isChunked ? /^(POST|PUT|PATCH)$/.test(method) : body.length > 0
}

/**
 * The body, parsed as JSON; undefined when there is none.
 *
 * @throws GlanceProblem when the body is not JSON, is nested too deeply, or is neither an object nor an array.
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

/** @throws GlanceProblem 400 with the most relevant violation, its schema and the whole instance. */
export function validate(instance: JsonValue, schema: Schema, name: string): void {
  const violation = bestMatch(instance, schema)
  if (violation) throw badRequest(`Provided object does not match schema '${name}': ${describeViolation(violation)}`)
}
