import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import { AbortedError, TimeoutError } from '../errors.js'
import type { Clock } from '../http/clock.js'
import type { TlsOptions } from '../http/connection/connection.js'
import { unlessAborted } from '../http/deadline.js'
import { failureOf } from '../http/failure.js'
import { throwIfAborted, whenAborted } from '../http/signal.js'
import { NotApplicable } from './step.js'

/** Resolves the host. A name server may take half a minute to fail, so the signal ends the search. */
export async function resolveHost(url: URL, signal: AbortSignal): Promise<string> {
  const host = hostOf(url)
  if (isIP(host) !== 0) throw new NotApplicable(`${host} is an IP address.`)
  try {
    const addresses = await unlessAborted(lookup(host, { all: true }), signal)
    return `${host} resolves to ${addresses.map(({ address }) => address).join(', ')}.`
  } catch (error) {
    throw failureOf(error, url, false)
  }
}

/** How long a step may take, in milliseconds, and what interrupts it. */
interface Limits {
  clock: Pick<Clock, 'startTimer'>
  timeout: number
  signal: AbortSignal
}

/** Opens a TLS connection and verifies the certificate of the host. */
export async function checkTls(url: URL, tls: TlsOptions, { clock, timeout, signal }: Limits): Promise<string> {
  if (url.protocol !== 'https:') throw new NotApplicable(`${url.host} does not use TLS. Requests are not encrypted.`)
  const socket = await secureSocket(url, tls, { clock, timeout, signal })
  const { subject, issuer, valid_to } = socket.getPeerCertificate() as Partial<PeerCertificate>
  const protocol = socket.getProtocol()
  socket.destroy()
  const trust = tls.insecure ? 'It was not verified, because insecure is set.' : 'It is trusted.'
  return `${protocol}; certificate of ${subject?.CN ?? url.hostname}, issued by ${issuer?.CN ?? 'itself'}, valid until ${valid_to}. ${trust}`
}

function secureSocket(url: URL, tls: TlsOptions, { clock, timeout, signal }: Limits): Promise<TLSSocket> {
  const { ca, cert, key, insecure } = tls
  const host = hostOf(url)
  return new Promise((resolve, reject) => {
    throwIfAborted(signal)
    const socket = connect({
      host,
      port: Number(url.port) || 443,
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
      reject(failureOf(error, url, false))
    }
    const forget = whenAborted(signal, () => fail(new AbortedError(undefined, { cause: signal.reason })))
    const stopTimer = clock.startTimer(timeout, () =>
      fail(
        new TimeoutError(`No TLS connection to ${url.host} within ${timeout / 1000} s.`, {
          sent: false,
          hint: 'Check that the port accepts TLS, and that no firewall drops the packets.',
        }),
      ),
    )
    socket.once('secureConnect', () => {
      settle()
      resolve(socket)
    })
    socket.once('error', fail)
  })
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}
