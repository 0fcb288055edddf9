/** Headers as undici receives them. */
export type RawHeaders = Record<string, string | string[] | undefined>

/**
 * The headers with names in lower case. If a header occurs several times, its values are joined by commas.
 *
 * @param shown changes each value. Default: no change.
 */
export function plainHeaders(headers: RawHeaders, shown = (value: string) => value): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = shown(Array.isArray(value) ? value.join(', ') : value)
  }
  return plain
}
