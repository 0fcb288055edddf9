import { UsageError } from '../errors.js'

/**
 * A template tag for URL paths: each value becomes one encoded segment, and a value that would leave its place (`..`,
 * `.`, nothing at all) is refused, so that an id from a user or a server cannot choose another route.
 *
 * @throws UsageError for a value that cannot be a segment.
 */
export function path(strings: TemplateStringsArray, ...values: string[]): string {
  return strings.reduce((built, text, i) => {
    const value = values[i]
    return built + text + (value === undefined ? '' : segment(value))
  }, '')
}

function segment(value: string): string {
  // encodeURIComponent throws for a lone surrogate, which UTF-8 cannot hold.
  if (value === '' || value === '.' || value === '..' || /\p{Cs}/u.test(value)) {
    throw new UsageError(`${JSON.stringify(value)} cannot be part of a URL path.`, { hint: 'Give an id.' })
  }
  return encodeURIComponent(value)
}
