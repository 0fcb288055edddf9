import { ConfigurationError } from '../../errors.js'
import type { LoginContext, Prove } from './login.js'

/** The `identity` of a login body: Keystone's methods, and what each of them wants to know. */
export type Identity = { methods: string[] } & Record<string, unknown>

const METHODS: Readonly<Record<string, () => Promise<{ prove: Prove }>>> = {
  password: () => import('./password.js'),
  totp: () => import('./totp.js'),
  token: () => import('./token.js'),
  application_credential: () => import('./application-credential.js'),
}

/** Whether a method of Keystone's can be used here. */
export function isKnownMethod(method: string): boolean {
  return Object.hasOwn(METHODS, method)
}

/** What these methods together say of who logs in. */
export async function identityBy(methods: readonly string[], context: LoginContext): Promise<Identity> {
  const identity: Identity = { methods: [...methods] }
  for (const method of methods) {
    const load = isKnownMethod(method) ? METHODS[method] : undefined
    if (!load) throw unknownMethod(method)
    const { prove } = await load()
    identity[method] = await prove(context)
  }
  return identity
}

function unknownMethod(method: string): ConfigurationError {
  return new ConfigurationError(`There is no way here to log in by the method "${method}".`, {
    hint: `Methods are: ${Object.keys(METHODS).join(', ')}; in auth_methods each with or without "v3" before it.`,
  })
}
