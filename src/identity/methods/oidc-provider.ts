import type { CloudSettings } from '../../config/settings.js'
import { ApiError, ConfigurationError, UnexpectedAnswerError, withHint } from '../../errors.js'
import { jsonOf } from '../../http/answer.js'
import { isJsonObject, type JsonValue } from '../../http/json.js'
import { maskUrl } from '../../http/mask.js'
import { credentialHint } from '../credential-hint.js'
import type { LoginContext } from '../login.js'
import { missing } from '../secrets.js'
import { httpUrl } from '../url.js'

/** Where the client of the settings requests its access tokens. */
export interface TokenProvider {
  clientId: string
  /** The token endpoint, which receives the secrets. */
  endpoint: URL
}

/**
 * The OpenID Connect provider in the settings. Reads its discovery document if they do not contain the token endpoint.
 *
 * @throws ConfigurationError for a missing setting; UnexpectedAnswerError for a document without a usable token endpoint.
 */
export async function tokenProvider(context: LoginContext): Promise<TokenProvider> {
  const { settings } = context
  const clientId = requireSetting(settings.auth.client_id, 'client_id', settings)
  return { clientId, endpoint: await tokenEndpoint(context) }
}

/** Requests an access token from the provider (RFC 6749, 4.3 and 4.4). */
export async function requestAccessToken(
  { clientId, endpoint: url }: TokenProvider,
  grant: Record<string, string>,
  { settings, http, signal }: LoginContext,
): Promise<string> {
  const { auth } = settings
  const form = new URLSearchParams({ ...grant, scope: auth.openid_scope ?? 'openid profile' })
  const headers: Record<string, string> = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  }
  if (auth.client_secret === undefined) form.set('client_id', clientId)
  else headers.authorization = basic(clientId, auth.client_secret)
  try {
    const answer = await http.request({ method: 'POST', url, headers, body: form.toString(), signal, ...REPEATABLE })
    return tokenOf(jsonOf(answer), url, auth.access_token_type)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error
    throw withHint(error, credentialHint(settings), `The identity provider rejected the login: ${error.message}`)
  }
}

// Requesting a token twice is harmless.
const REPEATABLE = { retry: true, retryStatuses: [500], json: true }

/** Both parts are form-encoded first (RFC 6749, 2.3.1). */
function basic(clientId: string, secret: string): string {
  const encoded = [clientId, secret].map((part) => new URLSearchParams({ part }).toString().slice('part='.length))
  return `Basic ${Buffer.from(encoded.join(':')).toString('base64')}`
}

/** The provider's token endpoint, from the settings or from the provider's discovery document. */
async function tokenEndpoint({ settings, http, signal }: LoginContext): Promise<URL> {
  const { auth, sources, name } = settings
  const configured = auth.access_token_endpoint
  if (configured !== undefined) {
    return httpUrl(configured, 'access_token_endpoint', sources['auth.access_token_endpoint'])
  }
  if (auth.discovery_endpoint === undefined) {
    throw new ConfigurationError(`The cloud "${name}" has no access_token_endpoint and no discovery_endpoint.`, {
      hint: 'Add one of them under auth: in clouds.yaml. The provider documents both.',
    })
  }
  const url = await httpUrl(auth.discovery_endpoint, 'discovery_endpoint', sources['auth.discovery_endpoint'])
  const body = jsonOf(
    await http.request({ method: 'GET', url, headers: { accept: 'application/json' }, signal, ...REPEATABLE }),
  )
  const found = isJsonObject(body) && typeof body.token_endpoint === 'string' ? body.token_endpoint : ''
  const endpoint = URL.canParse(found) ? new URL(found) : undefined
  // A document fetched over TLS must not make the program send the password without TLS.
  if (endpoint && (endpoint.protocol === 'https:' || endpoint.protocol === url.protocol)) return endpoint
  throw new UnexpectedAnswerError(`${maskUrl(url)} contains no usable token_endpoint.`, {
    hint: 'Check discovery_endpoint, or set access_token_endpoint.',
  })
}

function tokenOf(body: JsonValue, url: URL, type = 'access_token'): string {
  const token = isJsonObject(body) ? body[type] : undefined
  if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return token
  throw new UnexpectedAnswerError(`The response from ${maskUrl(url)} contains no ${type}.`, {
    hint: 'Check access_token_endpoint and access_token_type (access_token or id_token).',
  })
}

/**
 * A setting of `auth` that the login method requires.
 *
 * @throws ConfigurationError if it is not set.
 */
export function requireSetting(value: string | undefined, key: string, settings: CloudSettings): string {
  if (value !== undefined) return value
  throw missing(settings, key)
}
