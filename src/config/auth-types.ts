/** What the configuration needs to know about a login method. The methods themselves are in identity/methods. */
export interface AuthType {
  /** The keys of `auth` that hold the method's secrets. */
  secrets: readonly string[]
  /** Whether the method logs in to Keystone at `auth_url`. Otherwise the settings must contain the endpoint. */
  keystone: boolean
}

const withKeystone = (...secrets: string[]): AuthType => ({ secrets, keystone: true })
const withoutKeystone = (...secrets: string[]): AuthType => ({ secrets, keystone: false })

/** The supported login methods, by their `auth_type`. */
export const AUTH_TYPES: ReadonlyMap<string, AuthType> = new Map([
  ['password', withKeystone('password')],
  ['v3password', withKeystone('password')],
  ['token', withKeystone('token')],
  ['v3token', withKeystone('token')],
  ['v3applicationcredential', withKeystone('application_credential_secret')],
  ['v3totp', withKeystone('passcode')],
  ['v3multifactor', withKeystone('password', 'passcode', 'token', 'application_credential_secret')],
  ['v3oidcaccesstoken', withKeystone('access_token')],
  ['v3oidcclientcredentials', withKeystone('client_secret')],
  ['v3oidcpassword', withKeystone('password', 'client_secret')],
  ['none', withoutKeystone()],
  ['http_basic', withoutKeystone('password')],
  ['admin_token', withoutKeystone('token')],
])

/**
 * The login method that the settings imply, if any. A token with an endpoint and without Keystone is what the openstack
 * tools call admin_token.
 */
export function guessAuthType(has: (key: string) => boolean): string | undefined {
  if (has('application_credential_id') || has('application_credential_name') || has('application_credential_secret')) {
    return 'v3applicationcredential'
  }
  if (has('token')) return has('endpoint') && !has('auth_url') ? 'admin_token' : 'token'
  if (has('passcode')) return 'v3totp'
  if (has('password')) return 'password'
  return undefined
}

/** The current name of a login method; in any letter case, and also by its old name. */
export function authTypeName(type: string): string {
  const name = type.trim().toLowerCase()
  return name === 'token_endpoint' ? 'admin_token' : name
}
