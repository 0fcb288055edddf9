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
