import type { CloudSettings } from '../../config/settings.js'
import { ConfigurationError } from '../../errors.js'
import type { JsonObject } from '../../http/json.js'
import type { BuildCredentials, LoginContext } from '../login.js'
import { domainRef } from '../scope.js'
import { missing } from '../secrets.js'
import { keystoneUrl } from '../url.js'

/** The `identity` in a login body: Keystone's methods, and the credentials for each. */
export type Identity = { methods: string[] } & Record<string, unknown>

/** Keystone's methods, by their names in a login body. */
const METHODS: ReadonlyMap<string, BuildCredentials> = new Map<string, BuildCredentials>([
  [
    'password',
    async (context) => ({ user: { ...userOf(context.settings), password: await secretOf('password', context) } }),
  ],
  [
    'totp',
    async (context) => ({ user: { ...userOf(context.settings), passcode: await secretOf('passcode', context) } }),
  ],
  // An existing token. With a scope, Keystone issues another token for this scope.
  ['token', async (context) => ({ id: await secretOf('token', context) })],
  [
    'application_credential',
    async (context) => ({
      ...credentialOf(context.settings),
      secret: await secretOf('application_credential_secret', context),
    }),
  ],
])

async function secretOf(key: string, { settings, secret }: LoginContext): Promise<string> {
  return secret(key, await keystoneUrl(settings))
}

/** Whether the program supports this Keystone method. */
export function isKnownMethod(method: string): boolean {
  return METHODS.has(method)
}

/**
 * Builds the `identity` of a login body with these methods.
 *
 * @throws ConfigurationError for an unsupported method.
 */
export async function identityBy(methods: readonly string[], context: LoginContext): Promise<Identity> {
  const identity: Identity = { methods: [...methods] }
  for (const method of methods) {
    const buildCredentials = METHODS.get(method)
    if (!buildCredentials) throw unknownMethod(method)
    identity[method] = await buildCredentials(context)
  }
  return identity
}

function unknownMethod(method: string): ConfigurationError {
  return new ConfigurationError(`The login method "${method}" is not supported.`, {
    hint: `Supported methods: ${[...METHODS.keys()].join(', ')}. In auth_methods, you can add the prefix "v3" to each.`,
  })
}

/**
 * The user in a login body: by ID, or by name and domain.
 *
 * @throws ConfigurationError if the settings contain no user.
 */
function userOf(settings: CloudSettings): JsonObject {
  const { auth } = settings
  if (auth.user_id !== undefined) return { id: auth.user_id }
  if (auth.username === undefined) throw missing(settings, 'username', 'username or user_id')
  return { name: auth.username, domain: domainRef(auth, 'user_domain') ?? { id: 'default' } }
}

function credentialOf(settings: CloudSettings): JsonObject {
  const { application_credential_id: id, application_credential_name: name } = settings.auth
  if (id !== undefined) return { id }
  if (name !== undefined) return { name, user: userOf(settings) }
  throw missing(settings, 'application_credential_id')
}
