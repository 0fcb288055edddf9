import { isIP } from 'node:net'

/** The ports that Glance's default [import_filtering_opts] allows. */
const ALLOWED_PORTS = ['', '80', '443']

/** Why Glance's default URL filter refuses a URL; undefined if it accepts the URL, or if this is not a URL. */
export function filterReason(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  const { protocol, hostname, port } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:')
    return `it allows http and https only, not ${protocol.slice(0, -1)}`
  if (!ALLOWED_PORTS.includes(port)) return `it allows ports 80 and 443 only by default, not ${port}`
  if (isLocal(hostname)) return `${hostname} is a loopback or link-local address`
  return undefined
}

/** Whether a host is a loopback or link-local address, which Glance never downloads from unless the operator lists it. */
export function isLocal(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  if (isIP(host) === 4) return /^(?:127|169\.254)\./.test(host)
  return isIP(host) === 6 && /^(?:::1$|fe[89ab][\da-f]:|::ffff:(?:7f[\da-f]{2}|a9fe):)/.test(host)
}
