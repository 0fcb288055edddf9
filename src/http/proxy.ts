import { BlockList, isIP } from 'node:net'
import { ConfigurationError } from '../errors.js'

/** Proxies, as the environment gives them. */
export interface ProxyOptions {
  /** The proxy for http: URLs. */
  http?: string | undefined
  /** The proxy for https: URLs. */
  https?: string | undefined
  /**
   * Servers that are reached without a proxy, separated by commas or spaces: host names (their subdomains with them),
   * addresses, networks (`10.0.0.0/8`), each with or without a port; `*` for all.
   */
  no?: string | undefined
}

/**
 * The proxy by which a URL is reached; undefined where it is reached directly.
 *
 * @throws ConfigurationError for a proxy that is not a URL. Connecting without the proxy would be wrong.
 */
export function proxyFor(url: URL, { http, https, no = '' }: ProxyOptions): URL | undefined {
  const proxy = url.protocol === 'https:' ? https : http
  if (!proxy || isExcepted(url, no)) return undefined
  const uri = /^[a-z][a-z\d+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`
  if (URL.canParse(uri)) return new URL(uri)
  throw new ConfigurationError(`The proxy for ${url.protocol} URLs is no URL.`, {
    hint: `Write ${url.protocol.slice(0, -1)}_proxy as http://HOST:PORT.`,
  })
}

function isExcepted(url: URL, no: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return no
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => matches(entry, host, port))
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const network = /^([\d.]+|[\da-f:.]+)\/(\d+)$/.exec(entry)
  if (network?.[1] && network[2]) return isWithin(host, network[1], Number(network[2]))
  const { name, onPort } = split(entry)
  if (onPort !== undefined && onPort !== port) return false
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`))
}

function split(entry: string): { name: string; onPort?: string | undefined } {
  const bracketed = /^\[([\da-f:.]+)\](?::(\d+))?$/.exec(entry)
  if (bracketed?.[1]) return { name: bracketed[1], onPort: bracketed[2] }
  if (isIP(entry) === 6) return { name: entry }
  const [host = '', onPort] = entry.split(':')
  return { name: host.replace(/^\*?\./, ''), onPort }
}

function isWithin(host: string, network: string, bits: number): boolean {
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(host) === 0 || isIP(network) === 0 || bits > (family === 'ipv6' ? 128 : 32)) return false
  const list = new BlockList()
  list.addSubnet(network, bits, family)
  return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}
