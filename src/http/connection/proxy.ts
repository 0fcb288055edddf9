import { BlockList, isIP } from 'node:net'
import { ConfigurationError } from '../../errors.js'

/** The proxies that the environment configures. */
export interface ProxyOptions {
  /** The proxy for http: URLs. */
  http?: string | undefined
  /** The proxy for https: URLs. */
  https?: string | undefined
  /**
   * The servers that are reached without a proxy, separated by commas or spaces: host names (including their subdomains),
   * addresses and networks (`10.0.0.0/8`), each with or without a port; `*` for all servers.
   */
  no?: string | undefined
}

/**
 * The proxy for a URL; undefined if it is reached directly.
 *
 * @throws ConfigurationError if the proxy is not a URL. A request without the proxy would not be what the user wants.
 */
export function proxyFor(url: URL, { http, https, no = '' }: ProxyOptions): URL | undefined {
  const proxy = url.protocol === 'https:' ? https : http
  if (!proxy || bypassesProxy(url, no)) return undefined
  const uri = /^[a-z][a-z\d+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`
  if (URL.canParse(uri)) return new URL(uri)
  throw new ConfigurationError(`The proxy for ${url.protocol} URLs is not a URL.`, {
    hint: `Set ${url.protocol.slice(0, -1)}_proxy to http://HOST:PORT.`,
  })
}

function bypassesProxy(url: URL, no: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return no
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => matchesEntry(entry, host, port))
}

function matchesEntry(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const network = /^([\d.]+|[\da-f:.]+)\/(\d+)$/.exec(entry)
  if (network?.[1] && network[2]) return isInNetwork(host, network[1], Number(network[2]))
  const { name, onPort } = splitPort(entry)
  if (onPort !== undefined && onPort !== port) return false
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`))
}

function splitPort(entry: string): { name: string; onPort?: string | undefined } {
  const bracketed = /^\[([\da-f:.]+)\](?::(\d+))?$/.exec(entry)
  if (bracketed?.[1]) return { name: bracketed[1], onPort: bracketed[2] }
  if (isIP(entry) === 6) return { name: entry }
  const [host = '', onPort] = entry.split(':')
  return { name: host.replace(/^\*?\./, ''), onPort }
}

function isInNetwork(host: string, network: string, bits: number): boolean {
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(host) === 0 || isIP(network) === 0 || bits > (family === 'ipv6' ? 128 : 32)) return false
  const list = new BlockList()
  list.addSubnet(network, bits, family)
  return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}
