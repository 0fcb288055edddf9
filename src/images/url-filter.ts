import { isLocal } from '../http/transfer/this-machine.js'

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
