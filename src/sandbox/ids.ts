import { createHash, randomBytes, randomUUID } from 'node:crypto'

/** An id in Keystone's format. The same name has the same id at every start, so that scripts can rely on it. */
export function idOf(...name: string[]): string {
  return createHash('sha256').update(name.join('\0')).digest('hex').slice(0, 32)
}

/** A new request id, as oslo.middleware generates it. */
export function newRequestId(): string {
  return `req-${randomUUID()}`
}

/** A new audit id for a token: 16 random bytes. */
export function newAuditId(): string {
  return randomBytes(16).toString('base64url')
}

/** The pattern of a UUID in Glance's schemas. */
export const UUID_PATTERN = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$'

/** oslo's `is_uuid_like`: ignores braces, `urn:uuid:` and the positions of the dashes. */
export function isUuidLike(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(
    text
      .replace(/urn:|uuid:/g, '')
      .replace(/^[{}]+|[{}]+$/g, '')
      .replaceAll('-', '')
      .toLowerCase(),
  )
}
