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
  if (error instanceof ProxyFault) return refusalOf(error, url, proxy) ?? unreachable(error.cause, url, proxy)
  const failure = failureOf(error, url, sent)
  if (failure instanceof TimeoutError) return late(failure, url, proxy)
  if (failure instanceof CertificateError) {
    // A request of an http: URL uses TLS only on its way to the proxy.
    return url.protocol === 'http:' ? unreachable(error, url, proxy, sent) : inTunnel(failure, url, proxy)
  }
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
  const perhapsItsOwn =
    remedy?.kind === 'trust_authority' ? ' If the proxy inspects TLS, it is a certificate of the proxy.' : ''
  return new CertificateError(`${withProxy(message, url, proxy)}${perhapsItsOwn}`, {
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

/** The error if the proxy cannot be reached, or if one of the two sides does not accept the certificate of the other. */
function unreachable(cause: unknown, url: URL, proxy: URL, wasSent = false): GlanceTasksError {
  const failure = failureOf(cause, proxy, wasSent)
  if (failure instanceof CertificateError) {
    const { message, reason } = failure
    const text = message.startsWith(proxy.host)
      ? `The proxy ${message}`
      : message.replace(proxy.host, `the proxy ${proxy.host}`)
    return new CertificateError(text, { cause, reason, hint: certificateHint(failure) })
  }
  if (!(failure instanceof ConnectionError)) return failure
  const { message, reason, sent } = failure
  return new ConnectionError(message.replace(proxy.host, `The proxy ${proxy.host} for ${url.host}`), {
    cause,
    reason,
    sent,
    hint: `Check ${variableFor(url)} and no_proxy.`,
  })
}

/** The settings of a cloud, which the usual hints name, do not apply to a proxy. */
function certificateHint({ reason = '', hint, remedy }: CertificateError): string | undefined {
  if (remedy?.kind === 'trust_authority') return 'Set NODE_EXTRA_CA_CERTS to a file with the CA that signed it.'
  const isAlert = /ALERT_.*(CERT|UNKNOWN_CA)/.test(reason)
  return isAlert ? 'This program sends no client certificate to a proxy. Use another proxy, or ask its operator.' : hint
}

function behindProxy({ message, cause, reason, sent }: ConnectionError, url: URL, proxy: URL): ConnectionError {
  return new ConnectionError(withProxy(message, url, proxy), {
    cause,
    reason,
    sent,
    hint: `Check ${variableFor(url)} and no_proxy.`,
  })
}
