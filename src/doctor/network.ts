import { lookup } from 'node:dns/promises'
import { isIP, type Socket } from 'node:net'
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import { AbortedError, TimeoutError } from '../errors.js'
import type { Clock } from '../http/clock.js'
import type { TlsOptions } from '../http/connection/connection.js'
import { ProxyFault } from '../http/connection/proxy.js'
import { unlessAborted, withTimeout } from '../http/deadline.js'
import { failureOf } from '../http/failure.js'
import { proxyFailureOf } from '../http/proxy-failure.js'
import { throwIfAborted, whenAborted } from '../http/signal.js'
import { NotApplicable } from './step.js'

/** A server, and the proxy for it. */
export interface Server {
  url: URL
  proxy?: URL | undefined
}

/**
 * Resolves the host, or that of the proxy, which resolves the host itself. A name server may take half a minute to fail, so the
 * signal ends the search.
 */
export async function resolveHost({ url, proxy }: Server, signal: AbortSignal): Promise<string> {
  const host = hostOf(proxy ?? url)
  if (isIP(host) !== 0) {
    throw new NotApplicable(
      proxy ? `${url.host} is accessed through the proxy ${proxy.host}.` : `${host} is an IP address.`,
    )
  }
  try {
    const addresses = await unlessAborted(lookup(host, { all: true }), signal)
    const found = `${host} resolves to ${addresses.map(({ address }) => address).join(', ')}.`
    return proxy ? `${found} It is the proxy for ${url.host}.` : found
  } catch (error) {
    throw proxy ? proxyFailureOf(new ProxyFault('', { cause: error }), url, proxy, false) : failureOf(error, url, false)
  }
}

/** How long a step may take, in milliseconds, and what interrupts it. */
interface Limits {
  clock: Clock
  timeout: number
  signal: AbortSignal
}

/** Opens a TLS connection, through the proxy if there is one, and verifies the certificate of the host. */
export async function checkTls({ url, proxy }: Server, tls: TlsOptions, limits: Limits): Promise<string> {
  if (url.protocol !== 'https:') throw new NotApplicable(`${url.host} does not use TLS. Requests are not encrypted.`)
  const tunnel = proxy && (await tunnelTo(url, proxy, limits))
  const socket = await secureSocket({ url, proxy }, tls, limits, tunnel)
  const { subject, issuer, valid_to } = socket.getPeerCertificate() as Partial<PeerCertificate>
  const protocol = socket.getProtocol()
  socket.destroy()
  const trust = tls.insecure ? 'It was not verified, because insecure is set.' : 'It is trusted.'
  return `${protocol}; certificate of ${subject?.CN ?? url.hostname}, issued by ${issuer?.CN ?? 'itself'}, valid until ${valid_to}. ${trust}${proxy ? ` It comes through the proxy ${proxy.host}.` : ''}`
}

/** A connection to the server through its proxy. */
async function tunnelTo(url: URL, proxy: URL, { clock, timeout, signal }: Limits): Promise<Socket> {
  const { openTunnel } = await import('../http/connection/tunnel.js')
  let isLate = () => false
  try {
    return await withTimeout(clock, timeout, signal, (limited) => {
      isLate = () => limited.aborted
      return openTunnel(url, proxy, { timeout, signal: limited })
    })
  } catch (error) {
    throwIfAborted(signal)
    throw isLate() ? tooLate(url, timeout) : proxyFailureOf(error, url, proxy, false)
  }
}

function tooLate({ host }: URL, timeout: number): TimeoutError {
  return new TimeoutError(`No TLS connection to ${host} within ${timeout / 1000} s.`, {
    sent: false,
    hint: 'Check that the port accepts TLS, and that no firewall drops the packets.',
  })
}

function secureSocket(
  { url, proxy }: Server,
  tls: TlsOptions,
  { clock, timeout, signal }: Limits,
  tunnel: Socket | undefined,
): Promise<TLSSocket> {
  const { ca, cert, key, insecure } = tls
  const host = hostOf(url)
  return new Promise((resolve, reject) => {
    throwIfAborted(signal)
    const socket = connect({
      host,
      port: Number(url.port) || 443,
      ...(tunnel && { socket: tunnel }),
      rejectUnauthorized: !insecure,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    })
    const settle = () => {
      stopTimer()
      forget()
    }
    const fail = (error: unknown) => {
      socket.destroy()
      settle()
      reject(error)
    }
    const forget = whenAborted(signal, () => fail(new AbortedError(undefined, { cause: signal.reason })))
    const stopTimer = clock.startTimer(timeout, () => fail(tooLate(url, timeout)))
    socket.once('secureConnect', () => {
      settle()
      resolve(socket)
    })
    socket.once('error', (error) =>
      fail(proxy ? proxyFailureOf(error, url, proxy, false) : failureOf(error, url, false)),
    )
  })
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}
