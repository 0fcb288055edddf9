import type { buildConnector } from 'undici'
// @ts-expect-error undici has types only for its index file
import untypedBuildConnector from 'undici/lib/core/connect.js'

const buildUndicis: typeof buildConnector = untypedBuildConnector

/**
 * A function that opens connections. After a TLS alert of the server, such as that it requires a client certificate, Node.js emits
 * an error and leaves the socket open. The end of the connection would then replace the alert as the error of the request.
 */
export function makeConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const open = buildUndicis(options)
  return (target, callback) =>
    open(target, (error, socket) => {
      if (error) return callback(error, null)
      socket.once('error', (alert) => socket.destroy(alert))
      callback(null, socket)
    })
}

/**
 * The same for connections to a proxy. undici expects the certificate to be for the host of the Host header, but that is the server
 * behind the proxy. The certificate authority and the client certificate of the cloud are not for the proxy.
 */
export function makeProxyConnector(timeout: number): buildConnector.connector {
  const open = makeConnector({ timeout })
  return (target, callback) => open({ ...target, servername: '' }, callback)
}
