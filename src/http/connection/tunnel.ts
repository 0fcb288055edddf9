import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Dispatcher } from 'undici'
// @ts-expect-error undici has types only for its index file
import untypedConnect from 'undici/lib/api/api-connect.js'
// @ts-expect-error see above
import { Socks5Client } from 'undici/lib/core/socks5-client.js'
import { makeConnector, makeProxyConnector } from './connector.js'
import { loginHeaders, ProxyFault, proxyLogin } from './proxy.js'
import { Pool } from './undici.js'

// undici's index file, which is not loaded, adds this method to every dispatcher.
const sendConnect: Dispatcher['connect'] = untypedConnect

interface TunnelOptions {
  /** The timeout for opening a connection to the proxy, in milliseconds. */
  timeout: number
  /** Closes a tunnel that is not open yet. */
  signal: AbortSignal
}

/**
 * Opens a connection to the server of a URL through a proxy.
 *
 * @throws ProxyFault
 */
export async function openTunnel(url: URL, proxy: URL, options: TunnelOptions): Promise<Socket> {
  try {
    return await (proxy.protocol.startsWith('socks')
      ? openBySocks(url, proxy, options)
      : openByHttp(url, proxy, options))
  } catch (error) {
    if (error instanceof ProxyFault) throw error
    // undici connects again, at once and without end, after an error with the code UND_ERR_SOCKET of a connection.
    throw new ProxyFault('The proxy cannot be reached.', { cause: error })
  }
}

async function openByHttp(url: URL, proxy: URL, { timeout, signal }: TunnelOptions): Promise<Socket> {
  const pool = new Pool(proxy.origin, { connections: 1, connect: makeProxyConnector(timeout) })
  const path = `${url.hostname}:${portOf(url)}`
  const { statusCode, socket } = await sendConnect.call(pool, {
    origin: proxy.origin,
    path,
    headers: { host: path, ...loginHeaders(proxy) },
    signal,
  })
  if (statusCode >= 200 && statusCode < 300) return socket as Socket
  socket.on('error', () => {}).destroy()
  throw new ProxyFault('The proxy did not open a tunnel.', { status: statusCode })
}

/** The port of SOCKS servers, if the URL names none. */
const SOCKS_PORT = 1080

async function openBySocks(url: URL, proxy: URL, { timeout, signal }: TunnelOptions): Promise<Socket> {
  const socket = await connect(proxy, timeout)
  const client = new Socks5Client(socket, proxyLogin(proxy))
  // Also for an error after this function has ended.
  client.on('error', () => {})
  const ending = AbortSignal.any([signal, AbortSignal.timeout(timeout)])
  try {
    const isClosed = once(client, 'close', { signal: ending }).then(() => {
      throw Object.assign(new Error('The proxy closed the connection.'), { code: 'ECONNRESET' })
    })
    client.handshake()
    await Promise.race([once(client, 'authenticated', { signal: ending }), isClosed])
    client.connect(url.hostname.replace(/^\[|\]$/g, ''), portOf(url))
    await Promise.race([once(client, 'connected', { signal: ending }), isClosed])
    return socket
  } catch (error) {
    socket.destroy()
    const isLate = ending.aborted && !signal.aborted
    throw isLate ? Object.assign(new Error('The proxy did not respond.'), { code: 'UND_ERR_CONNECT_TIMEOUT' }) : error
  }
}

function connect({ hostname, port }: URL, timeout: number): Promise<Socket> {
  const host = hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve, reject) => {
    const options = { hostname: host, host, protocol: 'http:', port: port || String(SOCKS_PORT) }
    makeConnector({ timeout })(options, (error, socket) => (error ? reject(error) : resolve(socket as Socket)))
  })
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80)
}
