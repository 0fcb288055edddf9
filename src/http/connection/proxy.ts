import { BlockList, isIP } from 'node:net'
import { ConfigurationError } from '../../errors.js'

/** The schemes of proxies that are supported. The others of SOCKS 5 are spellings of curl and Node.js. */
const SCHEMES = new Set(['http:', 'https:', 'socks5:', 'socks5h:', 'socks:'])

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
 * @throws ConfigurationError if the proxy is not a URL, or of an unknown kind. A request without the proxy would not be what
 *   the user wants.
 */
export function proxyFor(url: URL, { http, https, no = '' }: ProxyOptions): URL | undefined {
  const proxy = url.protocol === 'https:' ? https : http
  if (!proxy || bypassesProxy(url, no)) return undefined
  const uri = /^[a-z][a-z\d+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`
  const hint = `Set ${variableFor(url)} to http://HOST:PORT.`
  if (!URL.canParse(uri)) throw new ConfigurationError(`The proxy for ${url.protocol} URLs is not a URL.`, { hint })
  const { protocol } = new URL(uri)
  if (SCHEMES.has(protocol)) return new URL(uri)
  throw new ConfigurationError(`The proxy for ${url.protocol} URLs is ${protocol}, which is not supported.`, {
    hint: `Set ${variableFor(url)} to http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT.`,
  })
}

/** The environment variable that sets the proxy for a URL. */
export function variableFor({ protocol }: URL): string {
  return `${protocol.slice(0, -1)}_proxy`
}

/** The user and the password in the URL of a proxy. A `%` that begins no escape sequence stands for itself. */
export function proxyLogin({ username, password }: URL): { username: string; password: string } | undefined {
  if (!username && !password) return undefined
  return { username: decoded(username), password: decoded(password) }
}

/** The headers with the login of an HTTP proxy. */
export function loginHeaders(proxy: URL): Record<string, string> {
  const login = proxyLogin(proxy)
  if (login === undefined) return {}
  const text = `${login.username}:${login.password}`
  return { 'proxy-authorization': `Basic ${Buffer.from(text).toString('base64')}` }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A failure of the proxy itself, or between it and this machine: the server was not reached. */
export class ProxyFault extends Error {
  /** The HTTP status with which the proxy refused. */
  readonly status: number | undefined

  constructor(message: string, details: { status?: number; cause?: unknown } = {}) {
    super(message, { cause: details.cause })
    this.status = details.status
  }
}

function bypassesProxy(url: URL, no: string): boolean {
  const host = url.hostname.replace(/^\[|[\].]$/g, '').toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return no
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => matchesEntry(entry, host, port))
}

function matchesEntry(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const network = /^\[?([\d.]+|[\da-f:.]+)\]?\/(\d+)$/.exec(entry)
  if (network?.[1] && network[2]) return isInNetwork(host, network[1], Number(network[2]))
  const { name, onPort } = splitPort(entry)
  if (onPort !== undefined && onPort !== port) return false
  if (isIP(host) === 6) return isInNetwork(host, name, 128)
  return host === name || (isIP(host) === 0 && name !== '' && host.endsWith(`.${name}`))
}

function splitPort(entry: string): { name: string; onPort?: string | undefined } {
  const bracketed = /^\[([\da-f:.]+)\](?::(\d+))?$/.exec(entry)
  if (bracketed?.[1]) return { name: bracketed[1], onPort: bracketed[2] }
  if (isIP(entry) === 6) return { name: entry }
  const [host = '', onPort] = entry.split(':')
  return { name: host.replace(/^\*?\.|\.$/g, ''), onPort }
}

function isInNetwork(host: string, network: string, bits: number): boolean {
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(host) === 0 || isIP(network) === 0 || bits > (family === 'ipv6' ? 128 : 32)) return false
  const list = new BlockList()
  list.addSubnet(network, bits, family)
  return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}
