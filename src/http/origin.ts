import type { AnswerOrigin } from '../errors.js'
import { isJsonObject, type JsonValue, parseJson } from './json.js'

/** The parts of an answer that show who sent it. */
export interface OriginMarks {
  status: number
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
  body: string
}

/**
 * Who sent an error answer, if its form proves that. Undefined if it may come from a proxy, which can answer with an error
 * although the service has executed the request.
 */
export function originOf(answer: OriginMarks): AnswerOrigin | undefined {
  if (isTokenCheck(answer)) return 'token check'
  const isMarked = answer.headers['x-openstack-request-id'] !== undefined && isErrorBody(answer)
  return isMarked ? 'service' : undefined
}

/**
 * Whether an error answer most likely comes from the service, and not from a proxy. One mark is enough, because a proxy may
 * remove the request ID, and old servers write errors as HTML. `originOf` requires proof.
 */
export function isFromService(answer: OriginMarks): boolean {
  return answer.headers['x-openstack-request-id'] !== undefined || isErrorBody(answer) || isTokenCheck(answer)
}

/**
 * Keystone's middleware runs before each service and checks the token before the service gets the request. It rejects a
 * request with its own header or, while Keystone is unavailable, with its own text. Its answers have no request ID.
 */
function isTokenCheck(answer: OriginMarks): boolean {
  if (answer.status === 401) return /^keystone\s/i.test(answer.headers['www-authenticate'] ?? '')
  return answer.status === 503 && isErrorBody(answer) && answer.body.includes('The Keystone service is temporarily')
}

/** Glance: `{"message", "code": "404 Not Found", "title"}`. Keystone: `{"error": {"message", "code": 404, "title"}}`. */
function isErrorBody({ body, status }: OriginMarks): boolean {
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
