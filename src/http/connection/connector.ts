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
