import { ApiError, ConfigurationError, NotFoundError, withHint } from '../../errors.js'
import type { Answer } from '../../http/answer.js'
import { path } from '../../http/path.js'
import { urlBelow } from '../../http/versioned-url.js'
import { credentialHint } from '../credential-hint.js'
import { notAToken, requestToken } from '../keystone.js'
import type { LogIn, Login, LoginContext } from '../login.js'
import { scopeOf } from '../scope.js'
import { readToken } from '../token-answer.js'
import { keystoneUrl } from '../url.js'
import { requestAccessToken, requireSetting, tokenProvider } from './oidc-provider.js'

/** v3oidcaccesstoken: an existing access token of an OpenID Connect provider. */
export const logInByAccessToken: LogIn = async (context) =>
  logInWithAccessToken(await context.secret('access_token', await keystoneUrl(context.settings)), context)

/** v3oidcclientcredentials: the ID and secret of an OpenID Connect client. */
export const logInByClientCredentials: LogIn = async (context) => {
  const provider = await tokenProvider(context)
  const secret = await context.secret('client_secret', provider.endpoint)
  const settings = { ...context.settings, auth: { ...context.settings.auth, client_secret: secret } }
  const accessToken = await requestAccessToken(provider, { grant_type: 'client_credentials' }, { ...context, settings })
  return logInWithAccessToken(accessToken, context)
}

/** v3oidcpassword: the user name and password of a user of an OpenID Connect provider. */
export const logInByPassword: LogIn = async (context) => {
  const username = requireSetting(context.settings.auth.username, 'username', context.settings)
  const provider = await tokenProvider(context)
  const password = await context.secret('password', provider.endpoint)
  const grant = { grant_type: 'password', username, password }
  return logInWithAccessToken(await requestAccessToken(provider, grant, context), context)
}

/**
 * Logs in with an access token of an OpenID Connect provider. Keystone issues a token without a scope for it. If the
 * settings contain a scope, this token is exchanged for one with the scope.
 */
async function logInWithAccessToken(accessToken: string, context: LoginContext): Promise<Login> {
  const { settings, clock } = context
  const sentAt = clock.now()
  const answer = await askFederation(accessToken, context)
  const login = readToken(answer, sentAt)
  const token = login?.headers['x-auth-token']
  if (login === undefined || token === undefined) throw notAToken(answer)
  const scope = scopeOf(settings)
  return scope === undefined ? login : requestToken({ methods: ['token'], token: { id: token } }, scope, context)
}

async function askFederation(accessToken: string, { settings, http, signal }: LoginContext): Promise<Answer> {
  const provider = requireSetting(settings.auth.identity_provider, 'identity_provider', settings)
  const protocol = requireSetting(settings.auth.protocol, 'protocol', settings)
  const route = path`OS-FEDERATION/identity_providers/${provider}/protocols/${protocol}/auth`
  const headers = { accept: 'application/json', authorization: `Bearer ${accessToken}` }
  const url = urlBelow(await keystoneUrl(settings), route)
  try {
    // Requesting a token twice is harmless.
    return await http.request({ method: 'POST', url, headers, signal, retry: true, retryStatuses: [500], json: true })
  } catch (error) {
    if (error instanceof NotFoundError) throw unknownProvider(provider, protocol, error)
    if (!(error instanceof ApiError) || error.status >= 500) throw error
    throw withHint(error, credentialHint(settings), `Keystone rejected the access token: ${error.message}`)
  }
}

function unknownProvider(provider: string, protocol: string, cause: NotFoundError): ConfigurationError {
  return new ConfigurationError(
    `Keystone has no identity provider "${provider}" with the protocol "${protocol}": ${cause.message}`,
    { cause, hint: 'Check identity_provider, protocol and auth_url. Ask the operator of the cloud for their values.' },
  )
}
