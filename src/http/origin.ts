import type { AnswerOrigin } from '../errors.js'
import { isJsonObject, type JsonValue, parseJson } from './json.js'

/** What of an answer shows who gave it. */
export interface Marks {
  status: number
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
  body: string
}

/**
 * Who gave an error answer, where its form proves it; undefined where a proxy may have given it in the service's place,
 * after the service had carried the request out.
 */
export function originOf(answer: Marks): AnswerOrigin | undefined {
  if (isTokenCheck(answer)) return 'token check'
  const isMarked = answer.headers['x-openstack-request-id'] !== undefined && isErrorBody(answer)
  return isMarked ? 'service' : undefined
}

/**
 * Whether the service itself most likely gave an error answer, and not a proxy in its place: one mark is enough, since a
 * proxy may strip the request id and an old server writes its errors in HTML. To know for sure see `originOf`.
 */
export function isFromService(answer: Marks): boolean {
  return answer.headers['x-openstack-request-id'] !== undefined || isErrorBody(answer) || isTokenCheck(answer)
}

/**
 * Keystone's middleware stands before each service and checks the token before the service sees the request. It refuses
 * with a header of its own, or, while Keystone is away, with a text of its own; its answers have no request id.
 */
function isTokenCheck(answer: Marks): boolean {
  if (answer.status === 401) return /^keystone\s/i.test(answer.headers['www-authenticate'] ?? '')
  return answer.status === 503 && isErrorBody(answer) && answer.body.includes('The Keystone service is temporarily')
}

/** Glance: `{"message", "code": "404 Not Found", "title"}`. Keystone: `{"error": {"message", "code": 404, "title"}}`. */
function isErrorBody({ body, status }: Marks): boolean {
  const parsed = parsedOr(body, null)
  if (!isJsonObject(parsed)) return false
  const { message, code, title } = isJsonObject(parsed.error) ? parsed.error : parsed
  return typeof message === 'string' && typeof title === 'string' && Number.parseInt(String(code), 10) === status
}

function parsedOr(text: string, otherwise: JsonValue): JsonValue {
  try {
    return parseJson(text)
  } catch {
    return otherwise
  }
}
