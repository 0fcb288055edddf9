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

/** How Glance's schemas write a UUID. */
export const UUID_PATTERN = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$'

/** What oslo takes for a UUID: braces, `urn:uuid:` and the place of the dashes do not matter. */
export function isUuidLike(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(
    text
      .replace('urn:', '')
      .replace('uuid:', '')
      .replace(/^[{}]+|[{}]+$/g, '')
      .replaceAll('-', '')
      .toLowerCase(),
  )
}
