import { type JsonValue, parseJson } from '../../http/json.js'
import type { Exchange } from '../exchange.js'
import { badRequest } from './problem.js'

/** The media type of the body; text when none is given. */
export function contentType({ headers }: Exchange): string {
  return (headers['content-type'] ?? 'text/plain').split(';')[0]?.trim() ?? ''
}

/** Whether a request has a body by Glance's reckoning. */
export function hasBody({ method, headers, body }: Exchange): boolean {
  const chunked = headers['transfer-encoding'] !== undefined && /^(POST|PUT|PATCH)$/.test(method)
  return chunked || body.length > 0
}

/**
 * The body as JSON; undefined when there is none.
 *
 * @throws GlanceProblem when it is not JSON, or neither an object nor an array.
 */
export function jsonBody(exchange: Exchange): JsonValue | undefined {
  if (!hasBody(exchange)) return undefined
  let value: JsonValue
  try {
    value = parseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(exchange.body))
  } catch {
    throw badRequest('Malformed JSON in request body.')
  }
  if (typeof value !== 'object' || value === null) throw badRequest('Unexpected body type. Expected list/dict.')
  return value
}
