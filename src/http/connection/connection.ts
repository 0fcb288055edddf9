import type { buildConnector, Dispatcher } from 'undici'
import { makeConnector } from './connector.js'
import { type ProxyOptions, proxyFor } from './proxy.js'
import { Pool } from './undici.js'

/** Certificates and keys, as PEM text. */
export interface TlsOptions {
  /** The certificate authorities, instead of those of Node.js. */
  ca?: string | undefined
  cert?: string | undefined
  key?: string | undefined
  /** Whether to accept any certificate. Default false. */
  insecure?: boolean | undefined
}

/** An address of a host. */
export interface HostAddress {
  address: string
  /** 4 or 6. */
  family: number
}

/** Finds the addresses of a host: all of them, or the first one and its family. Has the form that node:net expects. */
export type Lookup = (
  host: string,
  options: { all?: boolean | undefined },
  done: (error: Error | null, address: string | HostAddress[], family?: number) => void,
) => void

/** How to connect to servers. */
export interface ConnectionOptions {
  tls?: TlsOptions | undefined
  proxy?: ProxyOptions | undefined
  /** The timeout for opening a connection, in milliseconds. Default 10 000. */
  connectTimeout?: number | undefined
  /** Finds the addresses of a host. Not used with a proxy, nor for a host that is an address. Default: the lookup of the system. */
  lookup?: Lookup | undefined
  /** The maximum number of connections to one server. Default 16. */
  connections?: number | undefined
}

/** Connections to one server, which open when they are needed. */
export interface Connections {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean
  /** Closes them. Running requests fail. */
  destroy(): Promise<void>
}

/** The options of undici for connections to a server. */
export interface ConnectionSettings {
  connections: number
  headersTimeout: number
  bodyTimeout: number
  connect: buildConnector.BuildOptions & { timeout: number }
}

const CONNECT_TIMEOUT = 10_000
const CONNECTIONS = 16

/**
 * Connections to the server of a URL, direct or through the proxy for it.
 *
 * @throws ConfigurationError if the proxy is not a URL, or of an unknown kind.
 */
export async function connectTo(url: URL, options: ConnectionOptions): Promise<Connections> {
  const proxy = proxyFor(url, options.proxy ?? {})
  const settings = connectionSettings(options)
  if (!proxy) {
    const connect = makeConnector({ ...settings.connect, ...(options.lookup && { lookup: options.lookup }) })
    return new Pool(url.origin, { ...settings, connect })
  }
  const { throughProxy } = await import('./through-proxy.js')
  return throughProxy(url, proxy, settings)
}

function connectionSettings({
  tls,
  connectTimeout = CONNECT_TIMEOUT,
  connections = CONNECTIONS,
}: ConnectionOptions): ConnectionSettings {
  return {
    connections,
    // The client has a timeout for the whole request. The two of undici would only make messages less clear.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      // The only timeout on a real timer, because undici opens the socket.
      timeout: connectTimeout,
      rejectUnauthorized: !tls?.insecure,
      ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls?.key === undefined ? {} : { key: tls.key }),
    },
  }
}
