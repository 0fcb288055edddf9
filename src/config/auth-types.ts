/** What the configuration must know of a way to log in. The code of each is in identity/methods. */
export interface AuthType {
  /** The keys of `auth` that it uses and that are secrets. */
  secrets: readonly string[]
  /** Whether Keystone is asked at `auth_url`. Without Keystone, the settings must name the service's endpoint. */
  keystone: boolean
}

const byKeystone = (...secrets: string[]): AuthType => ({ secrets, keystone: true })
const byEndpoint = (...secrets: string[]): AuthType => ({ secrets, keystone: false })

/** The supported ways to log in, by their names in clouds.yaml. */
export const AUTH_TYPES: ReadonlyMap<string, AuthType> = new Map([
  ['password', byKeystone('password')],
  ['v3password', byKeystone('password')],
  ['token', byKeystone('token')],
  ['v3token', byKeystone('token')],
  ['v3applicationcredential', byKeystone('application_credential_secret')],
  ['v3totp', byKeystone('passcode')],
  ['v3multifactor', byKeystone('password', 'passcode', 'token', 'application_credential_secret')],
  ['v3oidcaccesstoken', byKeystone('access_token')],
  ['v3oidcclientcredentials', byKeystone('client_secret')],
  ['v3oidcpassword', byKeystone('password', 'client_secret')],
  ['none', byEndpoint()],
  ['http_basic', byEndpoint('password')],
  ['admin_token', byEndpoint('token')],
])

/**
 * How to log in, by what is set; undefined when nothing says. A token on an endpoint, without a Keystone, is what the
 * openstack tools call admin_token.
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
