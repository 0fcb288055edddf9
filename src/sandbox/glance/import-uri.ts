import { isIP } from 'node:net'
import type { JsonValue } from '../../http/json.js'
import { str } from '../pprint.js'
import { badRequest, internalError } from './problem.js'

/** Which addresses Glance may fetch from: its `import_filtering_opts`. */
export interface ImportFilter {
  /** Host names. Default: all but those that lead back to this machine. */
  allowedHosts?: readonly string[]
  /** Default 80 and 443. */
  allowedPorts?: readonly number[]
}

/**
 * Checks the `import_from` of a create.
 *
 * @throws GlanceProblem
 */
export function requireImportUri(uri: JsonValue, filter: ImportFilter): void {
  if (isFalsy(uri)) throw badRequest(`Invalid location: ${str(uri)}`)
  // Python calls .startswith() on it, which only a text has.
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

/** Whether Glance would fetch from there. Names are not resolved, but those that never can be are refused. */
export function passesFilter(
  uri: JsonValue | undefined,
  { allowedHosts, allowedPorts = [80, 443] }: ImportFilter,
): boolean {
  if (typeof uri !== 'string' || !URL.canParse(uri)) return false
  const { protocol, hostname, port } = new URL(uri)
  if (protocol !== 'http:' && protocol !== 'https:') return false
  const given = port || portOf(uri)
  if (given !== '' && !allowedPorts.includes(Number(given))) return false
  return allowedHosts ? allowedHosts.includes(hostname) : isElsewhere(hostname)
}

/** A port that URL leaves out because it is the scheme's own. */
function portOf(uri: string): string {
  return /^https?:\/\/(?:[^/?#]*@)?[^/?#]*:(\d+)/.exec(uri)?.[1] ?? ''
}

function isElsewhere(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host)) return !/^(127\.|0\.|169\.254\.|::1?$|fe80:|::ffff:)/.test(host)
  return host !== '' && !/(^|\.)(localhost|invalid)\.?$/.test(host)
}

/** What Python takes for false. */
export function isFalsy(uri: JsonValue): boolean {
  if (typeof uri === 'object' && uri !== null) return Object.keys(uri).length === 0
  return uri === null || uri === false || uri === 0 || uri === ''
}
