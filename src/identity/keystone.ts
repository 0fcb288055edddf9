import {
  ApiError,
  AuthenticationError,
  ConfigurationError,
  RateLimitError,
  UnexpectedAnswerError,
  withHint,
} from '../errors.js'
import { type Answer, errorOf, redirectTarget, requestIdOf } from '../http/answer.js'
import { formatJson, isJsonObject, type JsonObject, parseJson } from '../http/json.js'
import { maskUrl } from '../http/mask.js'
import { isUnsent } from '../http/retry.js'
import { urlBelow } from '../http/versioned-url.js'
import { credentialHint } from './credential-hint.js'
import type { Login, LoginContext } from './login.js'
import { type Identity, identityBy } from './methods/keystone-methods.js'
import { type Scope, scopeOf } from './scope.js'
import { readToken } from './token-answer.js'
import { keystoneUrl } from './url.js'

/** Logs in with methods of Keystone, for the scope in the settings. Prompts again for a typed secret that is refused. */
export async function logInWith(methods: readonly string[], context: LoginContext): Promise<Login> {
  // Keystone rejects a scope in the body here, because an application credential is bound to its project.
  const scope = methods.includes('application_credential') ? undefined : scopeOf(context.settings)
  for (;;) {
    try {
      return await requestToken(await identityBy(methods, context), scope, context)
    } catch (error) {
      const isRefusal = error instanceof AuthenticationError && error.status === 401 && error.isFromService
      if (!isRefusal || !(await context.refused?.())) throw error
    }
  }
}

/**
 * Requests a token from Keystone. If Keystone requires further login methods, sends a second request with them.
 *
 * @throws ApiError with a hint that lists the rejected settings; ConfigurationError if there is no Keystone at the URL.
 */
export async function requestToken(identity: Identity, scope: Scope, context: LoginContext): Promise<Login> {
  const url = urlBelow(await keystoneUrl(context.settings), 'auth/tokens')
  const sentAt = context.clock.now()
  let answer = await post(url, identity, scope, context)
  const receipt = answer.headers['openstack-auth-receipt']
  if (answer.status === 401 && receipt !== undefined) {
    // Only more methods are missing.
    context.accepted?.()
    const { completeLogin } = await import('./complete-login.js')
    const rest = await completeLogin(answer, refusalOf(answer, context), context)
    answer = await post(url, rest, scope, context, { 'openstack-auth-receipt': receipt })
  }
  if (answer.status === 404 && !isFromKeystone(answer)) throw noKeystone(url)
  if (answer.status >= 400) throw refusalOf(answer, context)
  context.accepted?.()
  return readToken(answer, sentAt) ?? fail(notAToken(answer))
}

function bodyOf(identity: Identity, scope: Scope): string {
  const auth = scope === undefined ? { identity } : { identity, scope }
  return formatJson({ auth } as JsonObject)
}

async function post(
  url: URL,
  identity: Identity,
  scope: Scope,
  context: LoginContext,
  extraHeaders: Record<string, string> = {},
): Promise<Answer> {
  const { http, signal, settings } = context
  const body = bodyOf(identity, scope)
  const isOneTime = identity.methods.includes('totp')
  const headers = { accept: 'application/json', 'content-type': 'application/json', ...extraHeaders }
  try {
    return await http.request({
      method: 'POST',
      url,
      headers,
      body,
      signal,
      // Requesting a token twice is harmless, but a passcode is valid for only one login.
      retry: isOneTime ? isCertainlyUnprocessed : true,
      retryStatuses: [500],
      json: true,
      acceptedStatuses: [401, 404],
    })
  } catch (error) {
    const isRefused = error instanceof ApiError && error.status < 500 && !(error instanceof RateLimitError)
    throw isRefused && error.hint === undefined ? withHint(error, credentialHint(settings)) : error
  }
}

/** Whether Keystone certainly did not process the login. */
function isCertainlyUnprocessed(error: unknown): boolean {
  const isBusy = error instanceof ApiError && (error.status === 429 || error.status === 503)
  return isUnsent(error) || (isBusy && error.origin === 'service')
}

/** Whether Keystone itself sent this response. It also returns 404 for an unknown token or application credential. */
function isFromKeystone({ body }: Answer): boolean {
  try {
    const parsed = parseJson(body)
    return isJsonObject(parsed) && isJsonObject(parsed.error) && typeof parsed.error.message === 'string'
  } catch {
    return false
  }
}

/** The error for a rejected login. If something else than Keystone answered, it has a hint that says so. */
function refusalOf(answer: Answer, { clock, settings }: LoginContext): ApiError {
  const error = errorOf(answer, clock.now())
  if (error.hint !== undefined) return error
  const { message, status, requestId, request, isFromService, origin } = error
  return new AuthenticationError(`Keystone rejected the login: ${message}`, {
    status,
    requestId,
    request,
    isFromService,
    origin,
    ...credentialHint(settings),
  })
}

function noKeystone(url: URL): ConfigurationError {
  return new ConfigurationError(`Keystone version 3 not found at auth_url: ${maskUrl(url)} returned 404.`, {
    hint: 'Set auth_url to the URL of Keystone, with or without /v3 at its end.',
  })
}

/** What helps against a redirect of Keystone. */
export const KEYSTONE_MOVED = 'If you trust this URL, set auth_url to it. Passwords are not sent to redirects.'

/** The error for a response that should contain a token and does not. */
export function notAToken(answer: Answer): UnexpectedAnswerError {
  const { method, url } = answer.request
  const target = redirectTarget(answer)
  return new UnexpectedAnswerError(`${method} ${maskUrl(url)} returned ${answer.status} instead of a token.`, {
    requestId: requestIdOf(answer),
    hint: target
      ? `It redirects to ${maskUrl(target)}. ${KEYSTONE_MOVED}`
      : 'Set auth_url to the URL of Keystone, with or without /v3 at its end.',
  })
}

function fail(error: Error): never {
  throw error
}
