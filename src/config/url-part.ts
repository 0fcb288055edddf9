import { ConfigurationError } from '../errors.js'

/**
 * A region or a project that replaces a placeholder in a URL. It may come from a file that another person wrote, or from a server,
 * so it must not contain a character that could lead the URL to another host, such as a slash.
 *
 * @throws ConfigurationError if it contains one.
 */
export function urlPart(kind: 'region' | 'project', name: string): string {
  if (/^[\w .-]+$/.test(name)) return name
  throw new ConfigurationError(`The ${kind} ${JSON.stringify(name)} cannot be part of a URL.`, {
    hint: `Use a ${kind} of letters, digits, dots, dashes and underscores, or write the URL without a placeholder.`,
  })
}
