import { guessAuthType } from './auth-types.js'
import type { Layer } from './layer.js'

/** Makes sure that the way to log in is said: guessed by what is set, and password when nothing says. */
export function fillAuthType(layer: Layer): void {
  const given = layer.get('auth_type')
  if (typeof given?.value === 'string') {
    layer.set('auth_type', { ...given, value: authTypeName(given.value) })
    return
  }
  if (given) return
  const guessed = guessAuthType((key) => layer.has(`auth.${key}`))
  const source = { kind: 'default', ...(guessed === undefined ? {} : { why: 'by what is set' }) } as const
  layer.set('auth_type', { keys: ['auth_type'], value: guessed ?? 'password', source })
}

/** The present name of a way to log in, however it was written. */
export function authTypeName(type: string): string {
  const name = type.trim().toLowerCase()
  return name === 'token_endpoint' ? 'admin_token' : name
}
