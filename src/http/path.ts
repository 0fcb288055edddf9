import { UsageError } from '../errors.js'

/**
 * A template tag for URL paths. Each value becomes one encoded segment. It rejects values that would change the route
 * (`..`, `.` and the empty string), because IDs come from users and servers.
 *
 * @throws UsageError if a value cannot be a segment.
 */
export function path(strings: TemplateStringsArray, ...values: string[]): string {
  return strings.reduce((built, text, i) => {
    const value = values[i]
    return built + text + (value === undefined ? '' : segment(value))
  }, '')
}

function segment(value: string): string {
  // encodeURIComponent throws if the value contains a lone surrogate, which UTF-8 cannot encode.
  if (value === '' || value === '.' || value === '..' || /\p{Cs}/u.test(value)) {
    throw new UsageError(`${JSON.stringify(value)} cannot be part of a URL path.`, {
      hint: 'Use the ID of a task or an image.',
    })
  }
  return encodeURIComponent(value)
}
