import { ApiError, ConfigurationError, NotFoundError, withHint } from '../../errors.js'
import type { Answer } from '../../http/answer.js'
import { path } from '../../http/path.js'
import { scopeOf } from '../scope.js'
import { keystoneUrl } from '../url.js'
import { credentialHint } from './credential-hint.js'
import { askForToken, notAToken } from './keystone.js'
import type { Login, LoginContext } from './login.js'
import { readToken } from './token-answer.js'

/**
 * Logs in with an access token of an OpenID Connect provider: Keystone gives a token without a scope for it, and that
 * one is exchanged for a token with the scope that the settings ask for.
 */
export async function logInWithAccessToken(accessToken: string, context: LoginContext): Promise<Login> {
  const { settings, clock } = context
  const sentAt = clock.now()
  const answer = await askFederation(accessToken, context)
  const login = readToken(answer, sentAt)
  const token = login?.headers['x-auth-token']
  if (login === undefined || token === undefined) throw notAToken(answer)
  const scope = scopeOf(settings)
  return scope === undefined ? login : askForToken({ methods: ['token'], token: { id: token } }, scope, context)
}

async function askFederation(accessToken: string, { settings, http, signal }: LoginContext): Promise<Answer> {
  const provider = needed(settings.auth.identity_provider, 'identity_provider', settings.name)
  const protocol = needed(settings.auth.protocol, 'protocol', settings.name)
  const route = path`OS-FEDERATION/identity_providers/${provider}/protocols/${protocol}/auth`
  const headers = { accept: 'application/json', authorization: `Bearer ${accessToken}` }
  const url = new URL(route, await keystoneUrl(settings))
  try {
    return await http.request({ method: 'POST', url, headers, signal })
  } catch (error) {
    if (error instanceof NotFoundError) throw unknownProvider(provider, protocol, error)
    if (!(error instanceof ApiError) || error.status >= 500) throw error
    throw withHint(error, credentialHint(settings), `Keystone refused the access token: ${error.message}`)
  }
}

function unknownProvider(provider: string, protocol: string, cause: NotFoundError): ConfigurationError {
  return new ConfigurationError(
    `Keystone knows no identity provider "${provider}" with the protocol "${protocol}": ${cause.message}`,
    { cause, hint: 'Check identity_provider, protocol and auth_url; the operator of the cloud knows them.' },
  )
}

/** A setting that this way to log in cannot do without. */
export function needed(value: string | undefined, key: string, cloud: string): string {
  if (value !== undefined) return value
  throw new ConfigurationError(`The cloud "${cloud}" has no ${key}.`, {
    hint: `Write ${key} under auth: in clouds.yaml, or set OS_${key.toUpperCase()}.`,
  })
}
