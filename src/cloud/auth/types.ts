import type { LogIn } from './login.js'

/** One way to log in. */
export interface AuthType {
  /** The keys of `auth` that it uses and that are secrets. */
  secrets: readonly string[]
  /** Whether Keystone is asked at `auth_url`. */
  keystone: boolean
  /** Loads the code that logs in: only the way that is used is read from disk. */
  load(): Promise<{ logIn: LogIn }>
}

const password: AuthType = { secrets: ['password'], keystone: true, load: () => import('./password.js') }
const token: AuthType = { secrets: ['token'], keystone: true, load: () => import('./token.js') }

/** The ways to log in that are supported, by their names in clouds.yaml. */
export const AUTH_TYPES: ReadonlyMap<string, AuthType> = new Map<string, AuthType>([
  ['password', password],
  ['v3password', password],
  ['token', token],
  ['v3token', token],
  [
    'v3applicationcredential',
    {
      secrets: ['application_credential_secret'],
      keystone: true,
      load: () => import('./application-credential.js'),
    },
  ],
])

/** How to log in, by what is set; undefined when nothing says. */
export function guessAuthType(has: (key: string) => boolean): string | undefined {
  if (has('application_credential_id') || has('application_credential_name') || has('application_credential_secret')) {
    return 'v3applicationcredential'
  }
  if (has('token')) return 'token'
  if (has('password')) return 'password'
  return undefined
}
