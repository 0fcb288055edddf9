import { type ApiError, apiErrorFor, UnexpectedAnswerError } from '../errors.js'
import { isJsonObject, type JsonValue, MAX_DEPTH, parseJson, parsePythonJson, TooDeepError, tooDeepAt } from './json.js'
import { maskText, maskUrl } from './mask.js'
import { isFromService, originOf } from './origin.js'
import { plainText } from './plain-text.js'
import { parseRetryAfter } from './retry.js'

/** One answer of a server, whole. */
export interface Answer {
  /** Method and URL that were asked. */
  request: { method: string; url: URL }
  status: number
  /** Names in lower case; of a header that came several times the values, joined by a comma. */
  headers: Record<string, string>
  /** The body as text, decoded as UTF-8. */
  body: string
  /** The body is not UTF-8: bytes of it were changed on the way, or it is not text at all. */
  isGarbled: boolean
}

const parsed = new WeakMap<Answer, JsonValue>()

/** The request id that the server gave an answer. */
export function requestIdOf(answer: Answer): string | undefined {
  return answer.headers['x-openstack-request-id']
}

/**
 * The answer's body as JSON, every digit kept. It is parsed once, however often it is asked for.
 *
 * @throws UnexpectedAnswerError when it is not JSON: most often a proxy, a login page or a wrong port answered; and when
 *   it is nested too deep to be followed.
 */
export function jsonOf(answer: Answer): JsonValue {
  const known = parsed.get(answer)
  if (known !== undefined) return known
  const value = parse(answer)
  parsed.set(answer, value)
  return value
}

function parse(answer: Answer): JsonValue {
  const kind = answer.headers['content-type'] ?? 'no content type'
  try {
    if (answer.isGarbled) throw new SyntaxError('It is not UTF-8.')
    return parsePythonJson(answer.body)
  } catch (error) {
    if (error instanceof TooDeepError) throw tooDeep(answer)
    const { method, url } = answer.request
    // Without the error as its cause: the message of a SyntaxError repeats part of the text, which may be a token.
    throw new UnexpectedAnswerError(
      `${method} ${maskUrl(url)} answered ${answer.status} with a body that is not JSON (${kind}).`,
      {
        requestId: requestIdOf(answer),
        isDamaged: /json/.test(kind),
        hint: 'Check that the endpoint is that of an OpenStack service.',
        remedy: { kind: 'diagnose' },
      },
    )
  }
}

/** What comes whole and is nested without end will not be otherwise the next time. */
function tooDeep({ request: { method, url }, status, headers, body }: Answer): UnexpectedAnswerError {
  const where = `from character ${(tooDeepAt(body, MAX_DEPTH) ?? 0) + 1} on`
  return new UnexpectedAnswerError(
    `${method} ${maskUrl(url)} answered ${status} with JSON that is nested more than ${MAX_DEPTH} levels deep, ${where}.`,
    {
      requestId: headers['x-openstack-request-id'],
      isLasting: true,
      hint: 'No task is nested like that. Ask the operator of the service what is stored there.',
    },
  )
}

/**
 * The error that an answer with an error status stands for.
 *
 * @param now milliseconds since the epoch, for a Retry-After that is a date.
 */
export function errorOf(answer: Answer, now: number): ApiError {
  const { method, url } = answer.request
  return apiErrorFor(messageOf(answer), {
    status: answer.status,
    requestId: requestIdOf(answer),
    retryAfter: parseRetryAfter(answer.headers['retry-after'], now),
    request: `${method} ${maskUrl(url)}`,
    isFromService: isFromService(answer),
    origin: originOf(answer),
    hint: hintOf(answer),
  })
}

// What nginx, Apache httpd and Go's servers answer.
const PLAIN_TO_TLS =
  /plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled|HTTP request to an HTTPS server/

function hintOf(answer: Answer): string | undefined {
  if (answer.status === 400 && answer.request.url.protocol === 'http:' && PLAIN_TO_TLS.test(answer.body)) {
    return `${answer.request.url.host} speaks TLS: its URL begins with https://.`
  }
  if (!isFromService(answer) && !/json/.test(answer.headers['content-type'] ?? '')) {
    return `It is not an OpenStack service that answers at ${answer.request.url.host}, or a proxy stands before it.`
  }
  const isOwnFault = answer.status === 500 && requestIdOf(answer) !== undefined
  return isOwnFault ? "The service itself failed; its operator finds why in its log by the request's id." : undefined
}

/**
 * What an error answer says, as plain text and without secrets. Glance answers `{"message", "code", "title"}`, its
 * `message` ending in `<br /><br />`; Keystone `{"error": {"message"}}`; proxies and old servers HTML or plain text.
 */
function messageOf(answer: Answer): string {
  return shortened(maskText(plainText(toldBy(answer.body)))) || `The server answered ${answer.status}.`
}

/** The part of an error body that is meant for people; empty for JSON without one, and for damaged JSON. */
function toldBy(text: string): string {
  let body: JsonValue
  try {
    body = parseJson(text)
  } catch {
    return /^\s*[{["]/.test(text) ? '' : text
  }
  const holder = isJsonObject(body) && isJsonObject(body.error) ? body.error : body
  const message = isJsonObject(holder) ? (holder.message ?? holder.title) : holder
  return typeof message === 'string' ? message : ''
}

const LONGEST_MESSAGE = 2000

function shortened(text: string): string {
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text
}
