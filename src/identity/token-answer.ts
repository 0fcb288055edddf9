import { type Answer, jsonOf } from '../http/answer.js'
import { isJsonObject, type JsonObject } from '../http/json.js'
import { readCatalog } from './catalog.js'
import type { Login } from './login.js'

/** How long before its expiry a token is renewed, in milliseconds. */
const MARGIN = 120_000
/** A token with a lifetime shorter than this, in milliseconds, is renewed after four fifths of its lifetime instead. */
const SHORT_LIFE = 2 * MARGIN

/**
 * Reads the login from Keystone's response. Returns undefined if it contains no token.
 *
 * @param sentAt when the request was sent, in milliseconds by the local clock.
 */
export function readToken(answer: Answer, sentAt: number): Login | undefined {
  const token = answer.headers['x-subject-token']
  if (token === undefined || answer.status >= 300) return undefined
  const body = jsonOf(answer)
  const content = isJsonObject(body) && isJsonObject(body.token) ? body.token : undefined
  if (!content) return undefined
  const project = isJsonObject(content.project) ? content.project.id : undefined
  return {
    headers: { 'x-auth-token': token },
    renewAt: renewalOf(content, sentAt),
    catalog: readCatalog(content.catalog),
    ...(typeof project === 'string' ? { projectId: project } : {}),
  }
}

/**
 * When to renew a token, by the local clock. It is computed from the token's lifetime, so that a wrong local clock does
 * not matter.
 */
function renewalOf({ issued_at, expires_at }: JsonObject, sentAt: number): number | undefined {
  const expires = typeof expires_at === 'string' ? Date.parse(expires_at) : Number.NaN
  if (Number.isNaN(expires)) return undefined
  const issued = typeof issued_at === 'string' ? Date.parse(issued_at) : Number.NaN
  const life = Math.max(0, expires - (Number.isNaN(issued) ? sentAt : issued))
  return sentAt + life - (life < SHORT_LIFE ? life / 5 : MARGIN)
}
