import { CertificateError, ConfigurationError, type GlanceTasksError } from '../errors.js'

const CODES =
  /^(CERT_|ERR_TLS_CERT|ERR_SSL|ERR_OSSL|EPROTO$|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|CRL_)/

/**
 * Whether a certificate or the handshake caused the error. After a request was sent, other TLS errors may mean that the
 * connection broke. With TLS 1.3 a server also rejects our certificate after that, but before it reads the request.
 */
export function isCertificateFault(code: string, sent: boolean): boolean {
  return CODES.test(code) && (!sent || /CERT|UNKNOWN_CA/.test(code))
}

/** The error for a certificate or a handshake that failed, by its code of Node.js or OpenSSL. */
export function certificateFailure(cause: unknown, code: string, server: string): GlanceTasksError {
  if (code.startsWith('ERR_OSSL')) {
    return new ConfigurationError(`The client certificate, its key or the CA file is invalid (${code}).`, {
      cause,
      hint: 'Check cacert, cert and key in clouds.yaml. They must be PEM files, and the key must match the certificate and have no passphrase.',
    })
  }
  const details = { cause, reason: code }
  if (/ALERT_.*(CERT|UNKNOWN_CA)/.test(code)) {
    return new CertificateError(`${server} requires a client certificate, or rejects the one it got (${code}).`, {
      ...details,
      hint: `Set cert and key in clouds.yaml, or OS_CERT and OS_KEY, to a client certificate that ${server} accepts.`,
    })
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    const message = `The TLS handshake with ${server} failed (${code}).`
    return new CertificateError(message, { ...details, hint: handshakeHint(code, server) })
  }
  const message = `The certificate of ${server} is not trusted (${code}): ${reasonOf(cause, code)}.`
  const remedy = code in VALIDITY ? undefined : ({ kind: 'trust_authority' } as const)
  const hint = VALIDITY[code]?.(server) ?? 'Set cacert in clouds.yaml, or OS_CACERT, to the CA that signed it.'
  return new CertificateError(message, { ...details, hint, remedy })
}

function handshakeHint(code: string, server: string): string {
  if (code.includes('HANDSHAKE_FAILURE')) {
    return `If ${server} requires a client certificate, set cert and key in clouds.yaml. Otherwise, it may not support the TLS versions and ciphers of Node.js.`
  }
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/.test(code)) {
    return `${server} supports only versions of TLS that Node.js no longer allows. Ask its operator for TLS 1.2 or later.`
  }
  return 'Check the port, and whether the URL should begin with http://.'
}

/** Certificates that no authority makes valid: what helps instead. */
const VALIDITY: Record<string, (server: string) => string> = {
  CERT_HAS_EXPIRED: (server) =>
    `Check the clock of this machine. If it is right, ${server} needs a new certificate: ask its operator.`,
  CERT_NOT_YET_VALID: () => 'Check the clock of this machine: it is probably behind.',
  CERT_REVOKED: (server) => `${server} needs a new certificate: ask its operator.`,
  ERR_TLS_CERT_ALTNAME_INVALID: () =>
    'Use a host name of the certificate in the URL, or ask the operator for a certificate for this one.',
}

/** The longest list of host names of a certificate in a message. */
const MAX_NAMES = 200

function reasonOf(cause: unknown, code: string): string {
  const { message, cert } = cause as { message: string; cert?: { subjectaltname?: unknown } }
  if (code !== 'ERR_TLS_CERT_ALTNAME_INVALID' || cert === undefined) return message.replace(/\.$/, '')
  const names = String(cert.subjectaltname ?? '').replaceAll(/\b(DNS|IP Address):/g, '')
  if (names === '') return 'it contains no host name'
  return `it is for ${names.length > MAX_NAMES ? `${names.slice(0, MAX_NAMES)}...` : names}`
}
