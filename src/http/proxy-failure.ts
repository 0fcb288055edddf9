import { CertificateError, ConnectionError, type GlanceTasksError, TimeoutError } from '../errors.js'
import { ProxyFault, proxyLogin, variableFor } from './connection/proxy.js'
import { failureOf, networkCode, thrownMessage } from './failure.js'
import { PROXY_FAILED, PROXY_REFUSED } from './retry.js'

/**
 * Converts an error of the network layer, for a server behind a proxy, to one that names the host and the remedy.
 *
 * @param sent whether a part of the request may have been sent.
 */
export function proxyFailureOf(error: unknown, url: URL, proxy: URL, sent: boolean): GlanceTasksError {
  if (error instanceof ProxyFault) return refusalOf(error, url, proxy) ?? unreachable(error, url, proxy)
  const failure = failureOf(error, url, sent)
  if (failure instanceof TimeoutError) return late(failure, url, proxy)
  if (failure instanceof CertificateError) return inTunnel(failure, url, proxy)
  return failure instanceof ConnectionError ? behindProxy(failure, url, proxy) : failure
}

/** If nothing was sent, the proxy accepted no connection, or opened none to the server. */
function late({ message, cause, sent, hint, remedy }: TimeoutError, url: URL, proxy: URL): TimeoutError {
  const text = sent
    ? withProxy(message, url, proxy)
    : message.replace(url.host, `The proxy ${proxy.host} for ${url.host}`)
  return new TimeoutError(text, { cause, sent, hint, remedy })
}

/** A certificate or a handshake that failed in a tunnel: some proxies answer instead of the server. */
function inTunnel({ message, cause, reason, hint, remedy }: CertificateError, url: URL, proxy: URL): CertificateError {
  const isNotTls = /^(EPROTO$|ERR_SSL_WRONG_VERSION)/.test(reason ?? '')
  return new CertificateError(withProxy(message, url, proxy), {
    cause,
    reason,
    hint: isNotTls ? `Check that the proxy ${proxy.host} opens tunnels to ${url.host}: the response is not TLS.` : hint,
    remedy,
  })
}

function withProxy(message: string, url: URL, proxy: URL): string {
  return message.replace(url.host, `${url.host}, through the proxy ${proxy.host},`)
}

/** The error if the proxy itself says why it does not connect to the server. */
function refusalOf(fault: ProxyFault, url: URL, proxy: URL): ConnectionError | undefined {
  const { status, cause } = fault
  const code = networkCode(cause) ?? ''
  if (status === undefined && !code.startsWith('UND_ERR_SOCKS5')) return undefined
  const why = status === undefined ? `: ${thrownMessage(cause)}` : `, which returned ${status}`
  const message = `${url.host} cannot be reached through the proxy ${proxy.host}${why}.`
  const isPassing = (status !== undefined && (status >= 500 || status === 429)) || /_REPLY_\d/.test(code)
  return new ConnectionError(message, {
    cause: fault,
    reason: isPassing ? PROXY_FAILED : PROXY_REFUSED,
    sent: false,
    hint: refusalHint(),
  })

  function refusalHint(): string {
    if (status === 407 || code.startsWith('UND_ERR_SOCKS5_AUTH')) {
      if (proxyLogin(proxy)) {
        return `The proxy rejects the user and the password of ${variableFor(url)}. Check them; in a URL, write @ as %40 and % as %25.`
      }
      return `The proxy requires a login. Set ${variableFor(url)} to ${proxy.protocol}//USER:PASSWORD@HOST:PORT.`
    }
    if (isPassing) return `Check that ${url.host} responds, or add ${url.hostname} to no_proxy.`
    if (status === undefined) return `Check that ${proxy.host} is a SOCKS 5 proxy, and ${variableFor(url)}.`
    return `Check that the proxy allows ${url.host}, or add ${url.hostname} to no_proxy.`
  }
}

/** The error if the proxy cannot be reached, or cannot prove its identity. */
function unreachable(fault: ProxyFault, url: URL, proxy: URL): GlanceTasksError {
  const failure = failureOf(fault.cause, proxy, false)
  if (failure instanceof CertificateError) {
    return new CertificateError(failure.message.replace(proxy.host, `the proxy ${proxy.host}`), {
      cause: fault,
      reason: failure.reason,
      hint: 'Set NODE_EXTRA_CA_CERTS to a file with the CA that signed it.',
    })
  }
  if (!(failure instanceof ConnectionError)) return failure
  const { message, reason, sent } = failure
  return new ConnectionError(message.replace(proxy.host, `The proxy ${proxy.host} for ${url.host}`), {
    cause: fault,
    reason,
    sent,
    hint: `Check ${variableFor(url)} and no_proxy.`,
  })
}

function behindProxy({ message, cause, reason, sent }: ConnectionError, url: URL, proxy: URL): ConnectionError {
  return new ConnectionError(withProxy(message, url, proxy), {
    cause,
    reason,
    sent,
    hint: `Check ${variableFor(url)} and no_proxy.`,
  })
}
