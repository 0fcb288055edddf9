import { isIP } from 'node:net'
import type { JsonValue } from '../../../http/json.js'
import { isTruthy } from '../../python/json.js'
import { str } from '../../python/pprint.js'
import { urlsplit } from '../../python/urlsplit.js'
import { badRequest, internalError } from '../problem.js'

/** The URLs that Glance may download from: its `import_filtering_opts`. */
export interface ImportFilter {
  /** Host names. Default: all except loopback, link-local and `.invalid` hosts. */
  allowedHosts?: readonly string[] | undefined
  /** Default 80 and 443. */
  allowedPorts?: readonly number[] | undefined
}

/**
 * Checks the `import_from` of an import task.
 *
 * @throws GlanceProblem
 */
export function requireImportUri(uri: JsonValue, filter: ImportFilter): void {
  if (!isTruthy(uri)) throw badRequest(`Invalid location: ${str(uri)}`)
  // Glance calls .startswith(), which only a Python string has.
  if (typeof uri !== 'string') throw internalError()
  if (!/^https?:\/\//.test(uri)) {
    throw badRequest(
      /^(file|filesystem):\/\/\//.test(uri)
        ? 'File based imports are not allowed. Please use a non-local source of image data.'
        : "The given uri is not valid. Please specify a valid uri from the following list of supported uri ['http']",
    )
  }
  if (!passesFilter(uri, filter)) throw badRequest(`URI for legacy import task does not pass filtering: ${uri}`)
}

/** Whether Glance's import filter allows a URL. The sandbox does not resolve names, and refuses `.invalid` ones. */
export function passesFilter(
  uri: JsonValue | undefined,
  { allowedHosts, allowedPorts = [80, 443] }: ImportFilter,
): boolean {
  const place = typeof uri === 'string' ? urlsplit(uri) : undefined
  if (!place || (place.scheme !== 'http' && place.scheme !== 'https')) return false
  const host = normaliseHost(place.host)
  if (host === undefined) return false
  // Glance treats port 0 like a missing port.
  if (place.port !== 0 && !allowedPorts.includes(place.port)) return false
  return allowedHosts ? allowedHosts.includes(host) : isPublicHost(host)
}

/** The canonical form of an IP address or a host name; undefined for other forms, such as a number for an address. */
function normaliseHost(host: string): string | undefined {
  if (isIP(host) === 4) return host
  if (isIP(host) === 6)
    return URL.canParse(`http://[${host}]`) ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host
  const labels = host.replace(/\.$/, '').split('.')
  const isName = labels.every((label) => /^[\w-]+$/.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '')
  return isName ? host : undefined
}

/** Neither loopback nor link-local. Glance allows all other addresses. */
function isPublicHost(host: string): boolean {
  if (isIP(host) === 4) return !/^(?:127|169\.254)\./.test(host)
  if (isIP(host) === 6) return !/^(?:::1$|fe[89ab][\da-f]:|::ffff:(?:7f[\da-f]{2}|a9fe):)/.test(host)
  return !/(^|\.)(localhost|invalid)\.?$/.test(host)
}
