import {
  ApiError,
  AuthenticationError,
  ConfigurationError,
  NotFoundError,
  UnexpectedAnswerError,
} from '../../errors.js'
import { type Answer, jsonOf, requestIdOf } from '../../http/answer.js'
import { formatJson, isJsonObject, type JsonObject } from '../../http/json.js'
import { maskUrl } from '../../http/mask.js'
import { isUnsent } from '../../http/retry.js'
import { readCatalog } from '../catalog.js'
import { withHint } from '../hints.js'
import { type Scope, scopeOf } from '../scope.js'
import { keystoneUrl } from '../url.js'
import { credentialHint } from './credential-hint.js'
import type { Login, LoginContext } from './login.js'

/** The `identity` of a login body: the methods, and what each of them needs. */
export type Identity = JsonObject & { methods: string[] }

/** Asks Keystone for a token with the scope that the settings ask for. */
export async function logInWith(identity: Identity, context: LoginContext): Promise<Login> {
  return askForToken(identity, scopeOf(context.settings), context)
}

/**
 * Asks Keystone for a token.
 *
 * @throws AuthenticationError with a hint at the settings that were refused, ConfigurationError when there is no Keystone.
 */
export async function askForToken(identity: Identity, scope: Scope, context: LoginContext): Promise<Login> {
  const url = new URL('auth/tokens', await keystoneUrl(context.settings))
  const auth = scope === undefined ? { identity } : { identity, scope: scope as JsonObject }
  const sentAt = context.clock.now()
  const answer = await post(url, { auth }, context)
  return loginOf(answer, sentAt)
}

async function post(url: URL, body: JsonObject, { http, signal, settings }: LoginContext): Promise<Answer> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  try {
    return await http.request({ method: 'POST', url, headers, body: formatJson(body), signal, retry: isRefused })
  } catch (error) {
    if (error instanceof AuthenticationError) {
      throw withHint(error, credentialHint(settings), `Keystone refused the login: ${error.message}`)
    }
    if (error instanceof NotFoundError) throw noKeystone(url, error)
    throw error instanceof ApiError && error.status < 500 ? withHint(error, credentialHint(settings)) : error
  }
}

/** Whether Keystone certainly did nothing with a login: a passcode counts once. */
function isRefused(error: unknown): boolean {
  return isUnsent(error) || (error instanceof ApiError && (error.status === 429 || error.status === 503))
}

function noKeystone(url: URL, cause: NotFoundError): ConfigurationError {
  return new ConfigurationError(`There is no Keystone of version 3 at auth_url: ${maskUrl(url)} answers 404.`, {
    cause,
    hint: 'Set auth_url to the URL of Keystone, with or without /v3 at its end.',
  })
}

/** What a token answer gives. */
export function loginOf(answer: Answer, sentAt: number): Login {
  const token = answer.headers['x-subject-token']
  const body = answer.status < 300 && token !== undefined ? jsonOf(answer) : undefined
  const content = isJsonObject(body) && isJsonObject(body.token) ? body.token : undefined
  if (token === undefined || content === undefined) throw notAToken(answer)
  const project = isJsonObject(content.project) ? content.project.id : undefined
  return {
    headers: { 'x-auth-token': token },
    renewAt: renewalOf(content, sentAt),
    catalog: readCatalog(content.catalog),
    ...(typeof project === 'string' ? { projectId: project } : {}),
  }
}

function notAToken(answer: Answer): UnexpectedAnswerError {
  const { method, url } = answer.request
  const location = answer.headers.location
  const moved = answer.status >= 300 && location !== undefined && URL.canParse(location, url.href)
  return new UnexpectedAnswerError(`${method} ${maskUrl(url)} answered ${answer.status}, and not with a token.`, {
    requestId: requestIdOf(answer),
    hint: moved
      ? `It points at ${maskUrl(new URL(location, url))}: if you trust it, set auth_url to it. Passwords follow no redirect.`
      : 'Set auth_url to the URL of Keystone, with or without /v3 at its end.',
  })
}

/** A token is renewed this long before its end, in milliseconds, or a fifth of its life where that is less. */
const MARGIN = 120_000

/**
 * When a token is to be renewed, by this machine's clock: from how long the server says that it lives, so that a clock
 * that is wrong changes nothing.
 */
function renewalOf({ issued_at, expires_at }: JsonObject, sentAt: number): number | undefined {
  const expires = typeof expires_at === 'string' ? Date.parse(expires_at) : Number.NaN
  if (Number.isNaN(expires)) return undefined
  const issued = typeof issued_at === 'string' ? Date.parse(issued_at) : Number.NaN
  const life = Math.max(0, expires - (Number.isNaN(issued) ? sentAt : issued))
  return sentAt + life - Math.min(MARGIN, life / 5)
}
