import type { LogIn } from './login.js'

/** One way to log in. */
export interface AuthType {
  /** The keys of `auth` that it uses and that are secrets. */
  secrets: readonly string[]
  /** Whether Keystone is asked at `auth_url`. Without it the service itself must be told of. */
  keystone: boolean
  /** Loads the code that logs in: only the way that is used is read from disk. */
  load(): Promise<LogIn>
}

/** A login by one of Keystone's methods. */
function byMethod(method: string, ...secrets: string[]): AuthType {
  const load = async (): Promise<LogIn> => {
    const { logInBy } = await import('./keystone.js')
    return (context) => logInBy([method], context)
  }
  return { secrets, keystone: true, load }
}

/** A login by way of an OpenID Connect provider. */
function byProvider(load: () => Promise<{ logIn: LogIn }>, ...secrets: string[]): AuthType {
  return { secrets, keystone: true, load: async () => (await load()).logIn }
}

/** A login that is none: the service is told who asks with each request. */
function byEndpoint(name: 'none' | 'httpBasic' | 'adminToken', ...secrets: string[]): AuthType {
  return { secrets, keystone: false, load: async () => (await import('./endpoint-login.js'))[name] }
}

const password = byMethod('password', 'password')
const token = byMethod('token', 'token')

/** The ways to log in that are supported, by their names in clouds.yaml. */
export const AUTH_TYPES: ReadonlyMap<string, AuthType> = new Map<string, AuthType>([
  ['password', password],
  ['v3password', password],
  ['token', token],
  ['v3token', token],
  ['v3applicationcredential', byMethod('application_credential', 'application_credential_secret')],
  ['v3totp', byMethod('totp', 'passcode')],
  [
    'v3multifactor',
    {
      secrets: ['password', 'passcode', 'token', 'application_credential_secret'],
      keystone: true,
      load: async () => (await import('./multifactor.js')).logIn,
    },
  ],
  ['v3oidcaccesstoken', byProvider(() => import('./oidc-access-token.js'), 'access_token')],
  ['v3oidcclientcredentials', byProvider(() => import('./oidc-client-credentials.js'), 'client_secret')],
  ['v3oidcpassword', byProvider(() => import('./oidc-password.js'), 'password', 'client_secret')],
  ['none', byEndpoint('none')],
  ['http_basic', byEndpoint('httpBasic', 'password')],
  ['admin_token', byEndpoint('adminToken', 'token')],
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
