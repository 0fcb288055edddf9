import { createHash, randomBytes, randomUUID } from 'node:crypto'

/** An id as Keystone makes them, the same for the same name at every start, so that scripts may rely on it. */
export function idOf(...name: string[]): string {
  return createHash('sha256').update(name.join('\0')).digest('hex').slice(0, 32)
}

/** A request id as oslo makes them. */
export function newRequestId(): string {
  return `req-${randomUUID()}`
}

/** An audit id of a token: 16 random bytes. */
export function newAuditId(): string {
  return randomBytes(16).toString('base64url')
}
