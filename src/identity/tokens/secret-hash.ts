/** Hashes secrets with a deliberately slow function. Loaded only when needed, because node:crypto takes time to load. */
import { randomBytes, scryptSync } from 'node:crypto'

/** About three milliseconds for each guess, and for each run of the program that needs it. */
const COST = { N: 1024, r: 8, p: 1 }

/** A random salt. */
export function newSalt(): string {
  return randomBytes(16).toString('base64url')
}

/** The hash of secrets in their order. */
export function hashSecrets(secrets: readonly (readonly [string, string])[], salt: string): string {
  return scryptSync(JSON.stringify(secrets), salt, 32, COST).toString('base64url')
}
