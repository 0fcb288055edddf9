import { type Advice, type ApiError, apiErrorFor, UnexpectedAnswerError } from '../errors.js'
import { isJsonObject, type JsonValue, MAX_DEPTH, parseJson, parsePythonJson, TooDeepError, tooDeepAt } from './json.js'
import { maskText, maskUrl } from './mask.js'
import { isFromService, originOf } from './origin.js'
import { plainText, truncated } from './plain-text.js'
import { parseRetryAfter } from './retry.js'

/** A complete response of a server. */
export interface Answer {
  /** The method and URL of the request. */
  request: { method: string; url: URL }
  status: number
  /** Names are in lower case. If a header occurs several times, its values are joined by commas. */
  headers: Record<string, string>
  /** The body, decoded as UTF-8. */
  body: string
  /** Whether the body is not valid UTF-8: it was damaged, or it is not text. */
  isGarbled: boolean
  /** The host of the proxy that received the request in plain text, and may have answered it. */
  proxy?: string | undefined
}

const parsed = new WeakMap<Answer, JsonValue>()

/** The request ID in an answer. */
export function requestIdOf(answer: Answer): string | undefined {
  return answer.headers['x-openstack-request-id']
}

/**
 * The body of an answer as JSON, with all digits of its numbers. It is parsed once.
 *
 * @throws UnexpectedAnswerError if it is not JSON, usually because a proxy, a login page or another port answered, or if it
 *   is nested too deeply.
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
    // Without the SyntaxError as cause: its message repeats a part of the text, which may be a token.
    throw new UnexpectedAnswerError(
      `${method} ${maskUrl(url)} returned ${answer.status} with a body that is not JSON (${kind}).`,
      {
        requestId: requestIdOf(answer),
        isDamaged: /json/.test(kind),
        hint: 'Check that the URL is the endpoint of an OpenStack service.',
        remedy: { kind: 'diagnose' },
      },
    )
  }
}

/** The same request would get the same answer, so this error is lasting. */
function tooDeep({ request: { method, url }, status, headers, body }: Answer): UnexpectedAnswerError {
  const where = `from character ${(tooDeepAt(body, MAX_DEPTH) ?? 0) + 1} on`
  return new UnexpectedAnswerError(
    `${method} ${maskUrl(url)} returned ${status} with JSON that is nested more than ${MAX_DEPTH} levels deep, ${where}.`,
    {
      requestId: headers['x-openstack-request-id'],
      isLasting: true,
      hint: 'No task is nested that deeply. Ask the operator of the service to check its data.',
    },
  )
}

/**
 * The error for a redirect, which is not followed: it would send a token or a password to another host.
 *
 * @param advice what helps; the hint begins with the target, if the answer names one.
 */
export function redirectError(answer: Answer, advice: (target: URL | undefined) => Advice): UnexpectedAnswerError {
  const { method, url } = answer.request
  const target = redirectTarget(answer)
  const { hint = '', remedy } = advice(target)
  return new UnexpectedAnswerError(`${method} ${maskUrl(url)} returned ${answer.status}, a redirect.`, {
    requestId: requestIdOf(answer),
    hint: target ? `It redirects to ${maskUrl(target)}. ${hint}` : hint,
    remedy,
  })
}

/** The URL that a redirect names. */
export function redirectTarget({ status, headers: { location }, request }: Answer): URL | undefined {
  const isRedirect = status >= 300 && status < 400 && location !== undefined
  return isRedirect && URL.canParse(location, request.url.href) ? new URL(location, request.url) : undefined
}

/**
 * The error for an answer with an error status.
 *
 * @param now milliseconds since the epoch, for a Retry-After header with a date.
 */
export function errorOf(answer: Answer, now: number): ApiError {
  const { method, url } = answer.request
  return apiErrorFor(messageOf(answer), {
    status: answer.status,
    requestId: requestIdOf(answer),
    retryAfter: parseRetryAfter(answer.headers['retry-after'], timeOf(answer) ?? now),
    request: `${method} ${maskUrl(url)}`,
    isFromService: isFromService(answer),
    origin: originOf(answer),
    hint: hintOf(answer),
  })
}

/** The time of the server, whose clock may differ from the clock of this machine. */
function timeOf({ headers: { date = '' } }: Answer): number | undefined {
  const time = Date.parse(date)
  return Number.isNaN(time) ? undefined : time
}

// The answers of nginx, Apache httpd and servers in Go.
const PLAIN_TO_TLS =
  /plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled|HTTP request to an HTTPS server/

function hintOf(answer: Answer): string | undefined {
  if (answer.status === 400 && answer.request.url.protocol === 'http:' && PLAIN_TO_TLS.test(answer.body)) {
    return `${answer.request.url.host} uses TLS. Begin its URL with https://.`
  }
  if (!isFromService(answer) && !/json/.test(answer.headers['content-type'] ?? '')) {
    return `The response from ${answer.request.url.host} is not from an OpenStack service. It may come from ${answer.proxy === undefined ? 'a proxy' : `the proxy ${answer.proxy}`}.`
  }
  const isServiceFault = answer.status === 500 && requestIdOf(answer) !== undefined
  return isServiceFault
    ? 'The service failed. Its operator can find the cause in its log by the request ID.'
    : undefined
}

/**
 * The message of an error answer, as plain text and without secrets. Glance sends `{"message", "code", "title"}` with a
 * `message` that ends in `<br /><br />`, Keystone `{"error": {"message"}}`, proxies and old servers HTML or plain text.
 */
function messageOf(answer: Answer): string {
  return truncated(maskText(plainText(messageIn(answer.body)))) || `The server returned ${answer.status}.`
}

/** The message in an error body. Empty if it is JSON without a message, or damaged JSON. */
function messageIn(text: string): string {
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
