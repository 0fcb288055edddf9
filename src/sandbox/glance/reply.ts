import type { JsonValue } from '../../http/json.js'
import type { Reply } from '../http/exchange.js'
import { pythonJson } from '../python/json.js'

/** The content type of an empty answer: WebOb's default, which Glance does not remove. */
const DEFAULT_CONTENT_TYPE = 'text/html; charset=UTF-8'

/** JSON as Glance's own serializers write it, with characters that are not ASCII. */
export function json(status: 200 | 201, value: JsonValue): Reply {
  const body = pythonJson(value, { ascii: false })
  return { status, reason: status === 201 ? 'Created' : 'OK', headers: { 'Content-Type': 'application/json' }, body }
}

/** JSON as Glance's framework writes it where Glance has no serializer of its own: ASCII only. */
export function asciiJson(value: JsonValue): Reply {
  return { status: 200, reason: 'OK', headers: { 'Content-Type': 'application/json' }, body: pythonJson(value) }
}

/** An answer without a body. */
export function emptyReply(status: 202 | 204): Reply {
  const reason = status === 202 ? 'Accepted' : 'No Content'
  // Glance sends the length with a 204, too, unlike other servers.
  return { status, reason, headers: { 'Content-Type': DEFAULT_CONTENT_TYPE, 'Content-Length': '0' }, body: '' }
}
