import type { JsonValue } from '../../http/json.js'
import type { Reply } from '../http/exchange.js'
import { pythonJson } from '../python/json.js'

/** What an action with nothing to say has as its type, for no better reason than that it is WebOb's default. */
const NO_TYPE = 'text/html; charset=UTF-8'

/** JSON as Glance's own serializers write it: not limited to ASCII. */
export function json(status: 200 | 201, value: JsonValue): Reply {
  const body = pythonJson(value, { ascii: false })
  return { status, reason: status === 201 ? 'Created' : 'OK', headers: { 'Content-Type': 'application/json' }, body }
}

/** JSON where Glance leaves the writing to its framework: ASCII alone. */
export function asciiJson(value: JsonValue): Reply {
  return { status: 200, reason: 'OK', headers: { 'Content-Type': 'application/json' }, body: pythonJson(value) }
}

/** Done, and no body. */
export function emptyReply(status: 202 | 204): Reply {
  const reason = status === 202 ? 'Accepted' : 'No Content'
  // Of no content others do not say the length.
  return { status, reason, headers: { 'Content-Type': NO_TYPE, 'Content-Length': '0' }, body: '' }
}
