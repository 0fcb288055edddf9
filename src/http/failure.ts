import { type Advice, CertificateError, ConnectionError, GlanceTasksError, UnexpectedAnswerError } from '../errors.js'
import { ANSWER_TOO_LONG, MAX_ANSWER_BYTES } from './pending-request.js'
import { PROXY_REFUSED } from './retry.js'

const CERTIFICATE_CODES =
  /^(CERT_|ERR_TLS_CERT|ERR_SSL|ERR_OSSL|EPROTO$|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|CRL_)/

/**
 * Whether certificates or the handshake are at fault. After a request was sent, other TLS errors may only mean that the
 * connection broke. With TLS 1.3 a server refuses our certificate after that too, but before it reads the request.
 */
function isCertificateFault(code: string, sent: boolean): boolean {
  return CERTIFICATE_CODES.test(code) && (!sent || /CERT|UNKNOWN_CA/.test(code))
}

/**
 * Turns what the network layer throws into an error that names the host and the remedy.
 *
 * @param sent whether any of the request can have left.
 */
export function failureOf(error: unknown, url: URL, sent: boolean): GlanceTasksError {
  if (error instanceof GlanceTasksError) return error
  const code = codeOf(error)
  const server = url.host
  if (code === ANSWER_TOO_LONG) {
    return new UnexpectedAnswerError(`${server} answered with more than ${MAX_ANSWER_BYTES / 1024 / 1024} MiB.`, {
      cause: error,
      isLasting: true,
      hint: 'No answer about tasks is that long. For a list, ask for fewer tasks at a time.',
      remedy: { kind: 'ask_for_less' },
    })
  }
  if (error instanceof RangeError && /WebAssembly|Wasm/.test(error.message)) {
    return new GlanceTasksError('memory', 'Node.js has too little memory for WebAssembly, which reads HTTP.', {
      cause: error,
      hint: 'Raise the limit on virtual memory (ulimit -v): Node.js reserves several gigabytes of addresses.',
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

/** The same for a server that is reached by a proxy: most often the proxy is what failed. */
export function proxyFailureOf(error: unknown, url: URL, proxy: URL, sent: boolean): GlanceTasksError {
  const failure = failureOf(error, url, sent)
  if (!(failure instanceof ConnectionError)) return failure
  const refused = /\((\d{3})\)/.exec(/^Proxy /.test(messageOf(error)) ? messageOf(error) : '')?.[1]
  const setting = `${url.protocol.slice(0, -1)}_proxy`
  if (refused !== undefined) {
    return new ConnectionError(`${url.host} cannot be reached by the proxy ${proxy.host}, which answers ${refused}.`, {
      cause: error,
      reason: PROXY_REFUSED,
      sent: false,
      hint:
        refused === '407'
          ? `It wants a user and a password: write ${setting} as http://USER:PASSWORD@HOST:PORT.`
          : `Check that it may reach ${url.host}; or name ${url.hostname} in no_proxy.`,
    })
  }
  return new ConnectionError(failure.message.replace(url.host, `${url.host}, by the proxy ${proxy.host},`), {
    cause: error,
    reason: failure.reason,
    sent: failure.sent,
    hint: `Check ${setting} and no_proxy.`,
  })
}

/** The reason of a ConnectionError where the bytes that came are not HTTP. */
export const NOT_HTTP = 'NOT_HTTP'

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  // Several addresses tried in turn (IPv6, then IPv4) arrive as one AggregateError.
  const { name, code, errors, cause } = error as { name?: string; code?: unknown; errors?: unknown[]; cause?: unknown }
  if (name === 'HTTPParserError') return NOT_HTTP
  if (typeof code === 'string') return code
  return codeOf(errors?.[0] ?? cause)
}

function certificateError(cause: unknown, code: string, server: string): CertificateError {
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return new CertificateError(`${server} does not speak TLS the way it must (${code}).`, {
      cause,
      reason: code,
      hint: 'Check whether the URL should begin with http:// rather than https://, and the port.',
    })
  }
  if (code.startsWith('ERR_OSSL')) {
    return new CertificateError(`The client certificate, its key or the CA file cannot be used (${code}).`, {
      cause,
      reason: code,
      hint: 'Check cacert, cert and key in clouds.yaml: PEM files, the key without a passphrase and fitting the certificate.',
    })
  }
  return new CertificateError(`The certificate of ${server} is not trusted (${code}): ${messageOf(cause)}.`, {
    cause,
    reason: code,
    hint: 'Give the CA that signed it: cacert in clouds.yaml, or OS_CACERT.',
    remedy: { kind: 'trust_authority' },
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
}

function reachFailure(code: string | undefined, error: unknown): string {
  switch (code) {
    case 'ENOTFOUND':
      return 'cannot be reached: no such host name.'
    case 'EAI_AGAIN':
      return 'cannot be reached: the name server does not answer.'
    case 'ECONNREFUSED':
      return 'cannot be reached: the connection was refused.'
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'cannot be reached: no connection within the time allowed.'
    case NOT_HTTP:
      return 'answered with something that is not HTTP.'
    case 'UND_ERR_HEADERS_OVERFLOW':
      return 'answered with headers that are too long.'
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return 'answered with a Content-Length that is wrong.'
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return 'closed the connection before it answered.'
    default:
      return code === undefined ? `cannot be reached: ${messageOf(error)}.` : `cannot be reached (${code}).`
  }
}

function reachAdvice(code: string | undefined, url: URL): Advice {
  if (code === 'ENOTFOUND') return { hint: `Check the spelling of ${url.hostname}, the VPN and the name server.` }
  if (code === 'ECONNREFUSED') {
    return { hint: `Check that the service runs and that ${url.port || url.protocol} is its port.` }
  }
  if (url.protocol === 'https:') {
    return { hint: 'Check the network; and if the service speaks no TLS, its URL begins with http://.' }
  }
  const tls = MAY_BE_TLS.has(code ?? '') ? 'If the service speaks TLS, its URL begins with https://. ' : ''
  return { hint: `${tls}Check the network, step by step.`, remedy: { kind: 'diagnose' } }
}

/** What a plain request meets at a server that speaks TLS: it closes the connection, or sends an alert of TLS. */
const MAY_BE_TLS = new Set([NOT_HTTP, 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])
