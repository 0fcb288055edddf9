/** Connections through a proxy. Loaded only if the environment configures one. */
import type { buildConnector } from 'undici'
import type { ConnectionSettings, Connections } from './connection.js'
import { makeConnector, makeProxyConnector } from './connector.js'
import { ForwardedRequest } from './forwarded-request.js'
import { loginHeaders, ProxyFault } from './proxy.js'
import { openTunnel } from './tunnel.js'
import { Pool } from './undici.js'

/**
 * Connections to the server of a URL through a proxy. A http request is sent to an HTTP proxy itself, because many proxies
 * reject tunnels for it.
 *
 * They reject with a ProxyFault if the proxy fails or refuses.
 */
export function throughProxy(url: URL, proxy: URL, settings: ConnectionSettings): Connections {
  const isHttpProxy = proxy.protocol === 'http:' || proxy.protocol === 'https:'
  return url.protocol === 'http:' && isHttpProxy ? forwarding(url, proxy, settings) : tunnelled(url, proxy, settings)
}

function forwarding(url: URL, proxy: URL, settings: ConnectionSettings): Connections {
  const { timeout } = settings.connect
  const pool = new Pool(proxy.origin, { ...settings, connect: namingTheProxy(makeProxyConnector(timeout)) })
  const headers = { host: url.host, ...loginHeaders(proxy) }
  return {
    dispatch: (options, handler) =>
      pool.dispatch(
        { ...options, path: `${url.origin}${options.path}`, headers: { ...(options.headers as object), ...headers } },
        new ForwardedRequest(handler),
      ),
    destroy: () => pool.destroy(),
  }
}

function namingTheProxy(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (error, socket) => {
      if (error) callback(new ProxyFault('The proxy cannot be reached.', { cause: error }), null)
      else callback(null, socket)
    })
}

function tunnelled(url: URL, proxy: URL, { connect, ...settings }: ConnectionSettings): Connections {
  const encrypt = makeConnector(connect)
  const closing = new AbortController()
  const pool = new Pool(url.origin, {
    ...settings,
    connect: (options, callback) => {
      openTunnel(url, proxy, { timeout: connect.timeout, signal: closing.signal }).then(
        (socket) => {
          if (url.protocol === 'https:') encrypt({ ...options, httpSocket: socket }, callback)
          else callback(null, socket)
        },
        (error) => callback(error, null),
      )
    },
  })
  return {
    dispatch: (options, handler) => pool.dispatch(options, handler),
    destroy() {
      closing.abort()
      return pool.destroy()
    },
  }
}
