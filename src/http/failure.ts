import { isIP } from 'node:net'
import { type Advice, ConnectionError, GlanceTasksError, UnexpectedAnswerError, UsageError } from '../errors.js'
import { certificateFailure, isCertificateFault } from './certificate-failure.js'
import { ANSWER_TOO_LONG, CUT_SHORT, MAX_ANSWER_BYTES } from './connection/pending-request.js'

/**
 * Converts an error of the network layer to one that names the host and the remedy.
 *
 * @param sent whether a part of the request may have been sent.
 */
export function failureOf(error: unknown, url: URL, sent: boolean): GlanceTasksError {
  if (error instanceof GlanceTasksError) return error
  // The bytes that undici could not parse. They may repeat a secret of the request.
  delete Object(error).data
  const code = networkCode(error)
  const server = url.host
  if (code === ANSWER_TOO_LONG) {
    return new UnexpectedAnswerError(`${server} sent a response of more than ${MAX_ANSWER_BYTES / 1024 / 1024} MiB.`, {
      cause: error,
      isLasting: true,
      hint: 'A page of tasks is normally much smaller. Request fewer tasks per page.',
      remedy: { kind: 'ask_for_less' },
    })
  }
  if (error instanceof RangeError && /WebAssembly|Wasm/.test(error.message)) {
    return new GlanceTasksError('memory', 'Node.js has too little memory for WebAssembly, which it needs for HTTP.', {
      cause: error,
      hint: 'Raise the limit of virtual memory (ulimit -v). Node.js reserves several gigabytes of addresses.',
    })
  }
  // A header or a dispatcher of the caller.
  if (code === 'UND_ERR_INVALID_ARG')
    return new UsageError(`The request is invalid: ${thrownMessage(error)}.`, { cause: error })
  if (code !== undefined && isCertificateFault(code, sent)) return certificateFailure(error, code, server)
  return new ConnectionError(`${server} ${reachFailure(code, error)}`, {
    cause: error,
    reason: code,
    sent,
    ...reachAdvice(code, url, sent),
  })
}

/** The reason of a ConnectionError if the answer is not HTTP. */
export const NOT_HTTP = 'NOT_HTTP'

/** The code of an error of Node.js or undici, or of the error that caused it. */
export function networkCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  // If several addresses failed (IPv6, then IPv4), the error is an AggregateError.
  const { name, code, errors, cause } = error as { name?: string; code?: unknown; errors?: unknown[]; cause?: unknown }
  if (name === 'HTTPParserError') return NOT_HTTP
  if (typeof code === 'string') return code
  return networkCode(errors?.[0] ?? cause)
}

/** The message of an error, without a full stop. */
export function thrownMessage(error: unknown): string {
  const { message = error }: { message?: unknown } = Object(error)
  return String(message).replace(/\.$/, '')
}

function reachFailure(code: string | undefined, error: unknown): string {
  switch (code) {
    case 'ENOTFOUND':
      return 'cannot be reached: the host name is unknown.'
    case 'EAI_AGAIN':
      return 'cannot be reached: the name server does not respond.'
    case 'ECONNREFUSED':
      return 'cannot be reached: the connection was refused.'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'cannot be reached: there is no route to it.'
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
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
    case CUT_SHORT:
      return 'closed the connection before its response was complete.'
    default:
      return code === undefined ? `cannot be reached: ${thrownMessage(error)}.` : `cannot be reached (${code}).`
  }
}

function reachAdvice(code: string | undefined, url: URL, sent: boolean): Advice {
  if (code === 'ENOTFOUND') return { hint: `Check the spelling of ${url.hostname}, the VPN and the name server.` }
  if (code === 'ECONNREFUSED') {
    return { hint: `Check that the service is running, and that ${url.port || url.protocol} is its port.` }
  }
  if (code === 'EAI_AGAIN') {
    return { hint: 'Check the name server of this machine, and the VPN.', remedy: { kind: 'diagnose' } }
  }
  if (NO_WAY.has(code ?? '')) {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const what =
      isIP(host) === 0 ? `the VPN, the firewall, and the address that ${host} resolves to` : 'the VPN and the firewall'
    return { hint: `Check the network: ${what}.`, remedy: { kind: 'diagnose' } }
  }
  const network = `Check the network and any proxies between this machine and ${url.host}.`
  if (code === CUT_SHORT) return { hint: network, remedy: { kind: 'diagnose' } }
  if (url.protocol === 'https:' && sent) {
    return {
      hint: 'Check the network, and whether the service requires a client certificate (cert and key in clouds.yaml).',
      remedy: { kind: 'diagnose' },
    }
  }
  if (url.protocol === 'https:') {
    return { hint: 'Check the network. If the service does not use TLS, begin its URL with http://.' }
  }
  const tls = MAY_BE_TLS.has(code ?? '') ? 'If the service uses TLS, begin its URL with https://. ' : ''
  return { hint: `${tls}${network}`, remedy: { kind: 'diagnose' } }
}

/** The errors if no packet reaches the server, or none comes back. */
const NO_WAY = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'])

/** The errors of an http request to a TLS server, which closes the connection or sends a TLS alert. */
const MAY_BE_TLS = new Set([NOT_HTTP, 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'UND_ERR_SOCKET'])
