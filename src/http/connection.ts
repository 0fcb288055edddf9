import type { Dispatcher } from 'undici'
import { type ProxyOptions, proxyFor } from './proxy.js'
import { Pool } from './undici.js'

/** How to trust and to be trusted, as PEM text. */
export interface TlsOptions {
  /** Replaces the system's roots. */
  ca?: string | undefined
  cert?: string | undefined
  key?: string | undefined
  /** Accept any certificate. Default false. */
  insecure?: boolean | undefined
}

/** How servers are reached. */
export interface ConnectionOptions {
  tls?: TlsOptions | undefined
  proxy?: ProxyOptions | undefined
  /** How long opening a connection may take, in milliseconds. Default 10 000. */
  connectTimeout?: number | undefined
  /** How many connections to one server are open at a time. Default 16. */
  connections?: number | undefined
}

const CONNECT_TIMEOUT = 10_000
const CONNECTIONS = 16

/**
 * What sends requests to the server of a URL, directly or through the proxy for it. Nothing is opened yet.
 *
 * @throws ConfigurationError for a proxy that is not a URL.
 */
export async function connectTo(url: URL, options: ConnectionOptions): Promise<Dispatcher> {
  const proxy = proxyFor(url, options.proxy ?? {})
  const settings = connectionSettings(options)
  if (!proxy) return new Pool(url.origin, settings)
  // A plain request is handed to the proxy as it is; many proxies refuse to open a tunnel for it.
  const proxyTunnel = url.protocol === 'https:'
  const { proxyAgent } = await import('./undici-proxy.js')
  return proxyAgent({ ...settings, uri: proxy.href, requestTls: settings.connect, proxyTunnel })
}

function connectionSettings({ tls, connectTimeout = CONNECT_TIMEOUT, connections = CONNECTIONS }: ConnectionOptions) {
  return {
    connections,
    // The deadline of the whole exchange is ours; undici's own two would only blur the message.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      // The only deadline on a real timer: undici keeps it together with the socket that it opens.
      timeout: connectTimeout,
      rejectUnauthorized: !tls?.insecure,
      ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls?.key === undefined ? {} : { key: tls.key }),
    },
  }
}
