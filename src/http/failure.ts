import { type Advice, CertificateError, ConnectionError, GlanceTasksError, UnexpectedAnswerError } from '../errors.js'
import { ANSWER_TOO_LONG, MAX_ANSWER_BYTES } from './connection/pending-request.js'
import { PROXY_REFUSED } from './retry.js'

const CERTIFICATE_CODES =
  /^(CERT_|ERR_TLS_CERT|ERR_SSL|ERR_OSSL|EPROTO$|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|CRL_)/

/**
 * Whether a certificate or the handshake caused the error. After a request was sent, other TLS errors may mean that the
 * connection broke. With TLS 1.3 a server also rejects our certificate after that, but before it reads the request.
 */
function isCertificateFault(code: string, sent: boolean): boolean {
  return CERTIFICATE_CODES.test(code) && (!sent || /CERT|UNKNOWN_CA/.test(code))
}

/**
 * Converts an error of the network layer to one that names the host and the remedy.
 *
 * @param sent whether a part of the request may have been sent.
 */
export function failureOf(error: unknown, url: URL, sent: boolean): GlanceTasksError {
  if (error instanceof GlanceTasksError) return error
  const code = codeOf(error)
  const server = url.host
  if (code === ANSWER_TOO_LONG) {
    return new UnexpectedAnswerError(`${server} sent a response of more than ${MAX_ANSWER_BYTES / 1024 / 1024} MiB.`, {
      cause: error,
      isLasting: true,
      hint: 'No list of tasks should be that long. Request fewer tasks per page.',
      remedy: { kind: 'ask_for_less' },
    })
  }
  if (error instanceof RangeError && /WebAssembly|Wasm/.test(error.message)) {
    return new GlanceTasksError('memory', 'Node.js has too little memory for WebAssembly, which it needs for HTTP.', {
      cause: error,
      hint: 'Raise the limit of virtual memory (ulimit -v). Node.js reserves several gigabytes of addresses.',
    })
  }
  if (code !== undefined && isCertificateFault(code, sent)) return certificateError(error, code, server)
  return new ConnectionError(`${server} ${reachFailure(code, error)}`, {
    cause: error,
    reason: code,
    sent,
    ...reachAdvice(code, url),
  })
}

/** The same for a server behind a proxy. Usually the proxy failed. */
export function proxyFailureOf(error: unknown, url: URL, proxy: URL, sent: boolean): GlanceTasksError {
  const failure = failureOf(error, url, sent)
  if (!(failure instanceof ConnectionError)) return failure
  const refused = /\((\d{3})\)/.exec(/^Proxy /.test(messageOf(error)) ? messageOf(error) : '')?.[1]
  const setting = `${url.protocol.slice(0, -1)}_proxy`
  if (refused !== undefined) {
    return new ConnectionError(
      `${url.host} cannot be reached through the proxy ${proxy.host}, which returned ${refused}.`,
      {
        cause: error,
        reason: PROXY_REFUSED,
        sent: false,
        hint:
          refused === '407'
            ? `The proxy requires a login. Set ${setting} to http://USER:PASSWORD@HOST:PORT.`
            : `Check that the proxy allows ${url.host}, or add ${url.hostname} to no_proxy.`,
      },
    )
  }
  return new ConnectionError(failure.message.replace(url.host, `${url.host}, through the proxy ${proxy.host},`), {
    cause: error,
    reason: failure.reason,
    sent: failure.sent,
    hint: `Check ${setting} and no_proxy.`,
  })
}

/** The reason of a ConnectionError if the answer is not HTTP. */
export const NOT_HTTP = 'NOT_HTTP'

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  // If several addresses failed (IPv6, then IPv4), the error is an AggregateError.
  const { name, code, errors, cause } = error as { name?: string; code?: unknown; errors?: unknown[]; cause?: unknown }
  if (name === 'HTTPParserError') return NOT_HTTP
  if (typeof code === 'string') return code
  return codeOf(errors?.[0] ?? cause)
}

function certificateError(cause: unknown, code: string, server: string): CertificateError {
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return new CertificateError(`The TLS handshake with ${server} failed (${code}).`, {
      cause,
      reason: code,
      hint: 'Check the port, and whether the URL should begin with http://.',
    })
  }
  if (code.startsWith('ERR_OSSL')) {
    return new CertificateError(`The client certificate, its key or the CA file is invalid (${code}).`, {
      cause,
      reason: code,
      hint: 'Check cacert, cert and key in clouds.yaml. They must be PEM files, and the key must match the certificate and have no passphrase.',
    })
  }
  return new CertificateError(`The certificate of ${server} is not trusted (${code}): ${messageOf(cause)}.`, {
    cause,
    reason: code,
    hint: 'Set cacert in clouds.yaml, or OS_CACERT, to the CA that signed it.',
    remedy: { kind: 'trust_authority' },
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
}

function reachFailure(code: string | undefined, error: unknown): string {
  switch (code) {
    case 'ENOTFOUND':
      return 'cannot be reached: the host name is unknown.'
    case 'EAI_AGAIN':
      return 'cannot be reached: the name server does not respond.'
    case 'ECONNREFUSED':
      return 'cannot be reached: the connection was refused.'
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'cannot be reached: the connection timed out.'
    case NOT_HTTP:
      return 'sent a response that is not HTTP.'
    case 'UND_ERR_HEADERS_OVERFLOW':
      return 'sent headers that are too long.'
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return 'sent an incorrect Content-Length.'
    case 'ECONNRESET':
    case 'ECONNABORTED': // Windows
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return 'closed the connection before it responded.'
    default:
      return code === undefined ? `cannot be reached: ${messageOf(error)}.` : `cannot be reached (${code}).`
  }
}

function reachAdvice(code: string | undefined, url: URL): Advice {
  if (code === 'ENOTFOUND') return { hint: `Check the spelling of ${url.hostname}, the VPN and the name server.` }
  if (code === 'ECONNREFUSED') {
    return { hint: `Check that the service runs, and that ${url.port || url.protocol} is its port.` }
  }
  if (url.protocol === 'https:') {
    return { hint: 'Check the network. If the service does not use TLS, begin its URL with http://.' }
  }
  const tls = MAY_BE_TLS.has(code ?? '') ? 'If the service uses TLS, begin its URL with https://. ' : ''
  return { hint: `${tls}Check the network step by step.`, remedy: { kind: 'diagnose' } }
}

/** The errors of an http request to a TLS server, which closes the connection or sends a TLS alert. */
const MAY_BE_TLS = new Set([NOT_HTTP, 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'UND_ERR_SOCKET'])
