import { type Answer, jsonOf } from '../http/answer.js'
import { isJsonObject, type JsonObject } from '../http/json.js'
import { readCatalog } from './catalog.js'
import type { Login } from './login.js'

/** A token is renewed this long before its end, in milliseconds. */
const MARGIN = 120_000
/** One that lives shorter than this serves for four fifths of its life: renewed as early, it would hardly serve. */
const SHORT_LIFE = 2 * MARGIN

/**
 * The login that Keystone's answer is; undefined for an answer without a token.
 *
 * @param sentAt when the request was sent, in milliseconds by this machine's clock.
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
 * When a token is to be renewed, by this machine's clock: reckoned from how long the server says that it lives, so that
 * a clock that is wrong changes nothing.
 */
function renewalOf({ issued_at, expires_at }: JsonObject, sentAt: number): number | undefined {
  const expires = typeof expires_at === 'string' ? Date.parse(expires_at) : Number.NaN
  if (Number.isNaN(expires)) return undefined
  const issued = typeof issued_at === 'string' ? Date.parse(issued_at) : Number.NaN
  const life = Math.max(0, expires - (Number.isNaN(issued) ? sentAt : issued))
  return sentAt + life - (life < SHORT_LIFE ? life / 5 : MARGIN)
}
