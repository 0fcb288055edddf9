import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import {
  CertificateError,
  ConfigurationError,
  ConnectionError,
  UnexpectedAnswerError,
  UsageError,
} from '../../src/errors.js'
import { ProxyFault } from '../../src/http/connection/proxy.js'
import { failureOf } from '../../src/http/failure.js'
import { proxyFailureOf } from '../../src/http/proxy-failure.js'
import { isPermanent, isTransient } from '../../src/http/retry.js'

it('too little memory for WebAssembly has its own message and is permanent', () => {
  const thrown = new RangeError(
    'WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance',
  )
  const error = failureOf(thrown, new URL('http://glance.example.org/'), false)
  expect(error).toMatchObject({ code: 'memory', hint: expect.stringContaining('ulimit -v') })
  expect(isTransient(error)).toBe(false)
})

it('an answer that is too long is not a network error, and is not requested again', () => {
  const thrown = Object.assign(new Error('Response size exceeded'), { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' })
  const url = new URL('http://glance.example.org/v2/tasks')
  for (const error of [failureOf(thrown, url, true), proxyFailureOf(thrown, url, new URL('http://proxy'), true)]) {
    expect(error).toBeInstanceOf(UnexpectedAnswerError)
    expect(error.message).toBe('glance.example.org sent a response of more than 32 MiB.')
    expect(error).toMatchObject({
      isLasting: true,
      cause: thrown,
      hint: expect.stringContaining('Request fewer tasks'),
    })
    expect(isTransient(error)).toBe(false)
  }
})

const HTTP = new URL('http://glance.example.org:9292/v2/tasks')
const HTTPS = new URL('https://glance.example.org/v2/tasks')
const withCode = (code: string, message = 'the cause') => Object.assign(new Error(message), { code })

describe('a failure of the network', () => {
  it.each<[string, string]>([
    ['ENOTFOUND', 'the host name is unknown'],
    ['EAI_AGAIN', 'name server'],
    ['ECONNREFUSED', 'refused'],
    ['UND_ERR_CONNECT_TIMEOUT', 'the connection timed out'],
    ['ECONNRESET', 'closed the connection'],
    ['EPIPE', 'closed the connection'],
    ['ECONNABORTED', 'closed the connection'],
    ['UND_ERR_SOCKET', 'closed the connection'],
    ['EHOSTUNREACH', 'there is no route to it'],
    ['EPROTONOSUPPORT', '(EPROTONOSUPPORT)'],
  ])('%s names the host and what happened', (code, what) => {
    for (const sent of [true, false]) {
      const thrown = withCode(code)
      const error = failureOf(thrown, HTTP, sent)
      expect(error).toBeInstanceOf(ConnectionError)
      expect(error).toMatchObject({ reason: code, sent, cause: thrown })
      expect(error.message).toMatch(/^glance\.example\.org:9292 /)
      expect(error.message).toContain(what)
      expect(error.hint).toBeTruthy()
    }
  })

  it.each<[string, URL, string, boolean]>([
    ['ENOTFOUND', HTTP, 'glance.example.org', true],
    ['ENOTFOUND', HTTPS, 'http://', false],
    ['ECONNREFUSED', HTTP, '9292', true],
    ['ECONNREFUSED', HTTPS, 'http://', false],
    ['ECONNRESET', HTTP, 'https://', true],
    ['EPIPE', HTTP, 'https://', true],
    ['ECONNABORTED', HTTP, 'https://', true],
    ['UND_ERR_SOCKET', HTTP, 'https://', true],
    ['EHOSTUNREACH', HTTP, 'https://', false],
    ['EHOSTUNREACH', HTTP, 'Check the network', true],
    ['ECONNRESET', HTTP, 'Check the network', true],
    ['ECONNRESET', HTTPS, 'http://', true],
    ['EHOSTUNREACH', HTTPS, 'http://', false],
    ['EPROTONOSUPPORT', HTTPS, 'http://', true],
  ])('%s at %s: whether the hint names %s: %s', (code, url, what, named) => {
    const { hint = '' } = failureOf(withCode(code), url, false)
    expect(hint.includes(what)).toBe(named)
  })

  it.each([
    ['EAI_AGAIN', HTTP, 'Check the name server of this machine, and the VPN.'],
    [
      'EHOSTUNREACH',
      HTTP,
      'Check the network: the VPN, the firewall, and the address that glance.example.org resolves to.',
    ],
    [
      'ENETUNREACH',
      HTTPS,
      'Check the network: the VPN, the firewall, and the address that glance.example.org resolves to.',
    ],
    ['ETIMEDOUT', new URL('http://10.0.0.1'), 'Check the network: the VPN and the firewall.'],
    ['UND_ERR_CONNECT_TIMEOUT', new URL('http://[::1]'), 'Check the network: the VPN and the firewall.'],
    [
      'ECONNABORTED',
      HTTP,
      'If the service uses TLS, begin its URL with https://. Check the network and any proxies between this machine and glance.example.org:9292.',
    ],
  ])('%s has a remedy for what failed', (code, url, hint) => {
    expect(failureOf(withCode(code), url, false)).toMatchObject({ hint, remedy: { kind: 'diagnose' } })
  })

  it('after TLS worked does not suggest http, but a client certificate', () => {
    const { hint } = failureOf(withCode('ECONNRESET'), HTTPS, true)
    expect(hint).toContain('client certificate')
    expect(hint).not.toContain('http://')
  })

  it.each<[string, URL, boolean]>([
    ['EHOSTUNREACH', HTTP, true],
    ['ECONNRESET', HTTP, true],
    ['ENOTFOUND', HTTP, false],
    ['ECONNREFUSED', HTTP, false],
  ])('%s at %s: whether a diagnosis helps: %s', (code, url, helps) => {
    expect(failureOf(withCode(code), url, false).remedy).toEqual(helps ? { kind: 'diagnose' } : undefined)
  })

  it('of several addresses has the code of the first one, and a wrapped error has the code of its cause', () => {
    const several = Object.assign(new AggregateError([withCode('ECONNREFUSED'), withCode('EHOSTUNREACH')]))
    const wrapped = new TypeError('fetch failed', { cause: withCode('ECONNRESET') })
    expect(failureOf(several, HTTP, false)).toMatchObject({ reason: 'ECONNREFUSED' })
    expect(failureOf(wrapped, HTTP, false)).toMatchObject({ reason: 'ECONNRESET' })
    expect(failureOf(Object.assign(new Error('x'), { code: 7, cause: withCode('EPIPE') }), HTTP, false)).toMatchObject({
      reason: 'EPIPE',
    })
  })

  // In Jest, the errors of Node are of another context.
  it.each([new Error(), runInNewContext('new Error()')])('of an answer that is not HTTP says so', (fault) => {
    const details = { code: 'HPE_INVALID_CONSTANT', name: 'HTTPParserError', data: 'X-Auth-Token: …' }
    const error = failureOf(Object.assign(fault, details), HTTP, true)
    // The bytes may repeat a secret of the request.
    expect(error.cause).not.toHaveProperty('data')
    expect(error).toMatchObject({ reason: 'NOT_HTTP', sent: true, hint: expect.stringContaining('https://') })
    expect(error.message).toContain('not HTTP')
  })

  it.each([
    [new Error('The cable is cut.'), 'The cable is cut.'],
    [runInNewContext("new Error('The cable is cut.')"), 'The cable is cut.'],
    ['only a text', 'only a text.'],
    [undefined, 'undefined.'],
    [null, 'null.'],
  ])('without a code says what was thrown: %s', (thrown, end) => {
    const error = failureOf(thrown, HTTP, true)
    expect(error).toMatchObject({ code: 'connection', reason: undefined })
    expect(error.message).toMatch(/^glance\.example\.org:9292 /)
    expect(error.message.endsWith(`: ${end}`)).toBe(true)
  })

  it('that was already converted is returned unchanged', () => {
    const known = new UsageError('no')
    expect(failureOf(known, HTTP, true)).toBe(known)
    expect(proxyFailureOf(known, HTTP, new URL('http://proxy'), true)).toBe(known)
  })

  it.each([[new RangeError('Invalid array length')], [new Error('WebAssembly.instantiate(): Out of memory')]])(
    'that only looks like too little memory is none: %s',
    (thrown) => {
      expect(failureOf(thrown, HTTP, false).code).toBe('connection')
    },
  )
})

describe('a failure of certificates', () => {
  const OS_CACERT = 'OS_CACERT'
  it.each<[string, string]>([
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', OS_CACERT],
    ['SELF_SIGNED_CERT_IN_CHAIN', OS_CACERT],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', OS_CACERT],
    ['EPROTO', 'http://'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'http://'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'cert and key'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'TLS 1.2'],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'TLS 1.2'],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'OS_CERT and OS_KEY'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'OS_CERT and OS_KEY'],
  ])('%s, before the request left, says what to look at', (code, hint) => {
    const thrown = withCode(code, 'why it is so.')
    const error = failureOf(thrown, HTTPS, false)
    expect(error).toBeInstanceOf(CertificateError)
    expect(error).toMatchObject({ reason: code, cause: thrown, hint: expect.stringContaining(hint) })
    expect(error.message).toContain(code)
    if (hint === OS_CACERT) expect(error.message).toMatch(/glance\.example\.org.*: why it is so\.$/)
    expect(isTransient(error)).toBe(false)
  })

  it.each<[string, string]>([
    ['CERT_HAS_EXPIRED', 'Check the clock of this machine. If it is right, glance.example.org needs a new certificate'],
    ['CERT_NOT_YET_VALID', 'Check the clock'],
    ['CERT_REVOKED', 'a new certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'Use a host name of the certificate'],
  ])('%s does not ask for the authority, which is not what is missing', (code, hint) => {
    const error = failureOf(withCode(code, 'why it is so.'), HTTPS, false)
    expect(error).toBeInstanceOf(CertificateError)
    expect(error).toMatchObject({ reason: code, hint: expect.stringContaining(hint), remedy: undefined })
    expect(error.message).toBe(`The certificate of glance.example.org is not trusted (${code}): why it is so.`)
  })

  it.each([
    ['DNS:other.example.org, IP Address:10.0.0.1', 'it is for other.example.org, 10.0.0.1.'],
    [undefined, 'it contains no host name.'],
    [`DNS:${'x'.repeat(500)}`, `it is for ${'x'.repeat(200)}....`],
  ])('of another host says which: %s', (subjectaltname, why) => {
    const thrown = Object.assign(withCode('ERR_TLS_CERT_ALTNAME_INVALID'), { cert: { subjectaltname } })
    expect(failureOf(thrown, HTTPS, false).message).toMatch(new RegExp(`: ${why}$`))
  })

  it('of our own is a mistake in the settings', () => {
    const error = failureOf(withCode('ERR_OSSL_X509_KEY_VALUES_MISMATCH'), HTTPS, false)
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toContain('ERR_OSSL_X509_KEY_VALUES_MISMATCH')
    expect(error.hint).toContain('PEM')
  })

  it.each<[string, string]>([
    ['EPROTO', 'connection'],
    ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'connection'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'certificate'],
    ['CERT_HAS_EXPIRED', 'certificate'],
  ])('%s, after the request left, is one of the %s', (code, kind) => {
    expect(failureOf(withCode(code), HTTPS, true)).toMatchObject({ code: kind, reason: code })
  })
})

describe('a failure at a proxy', () => {
  const proxy = new URL('http://me:hunter2@proxy.example.org:3128')
  const refusal = (status: number) => new ProxyFault('refused', { status })

  it('that rejects the request is permanent, and nothing was sent', () => {
    const error = proxyFailureOf(refusal(403), HTTPS, proxy, true)
    expect(error).toMatchObject({ code: 'connection', sent: false })
    expect(isPermanent(error)).toBe(true)
    expect(error.message).toMatch(/glance\.example\.org .*proxy\.example\.org:3128.* 403\.$/)
    expect(error.hint).toContain('no_proxy')
    expect(error.hint).not.toContain('PASSWORD')
  })

  it('that requires a login has a hint where to set it', () => {
    const open = new URL('http://proxy.example.org:3128')
    expect(proxyFailureOf(refusal(407), HTTPS, open, false).hint).toContain('https_proxy to http://USER:PASSWORD@')
    expect(proxyFailureOf(refusal(407), HTTP, open, false).hint).toContain('http_proxy to http://USER:PASSWORD@')
    expect(proxyFailureOf(refusal(407), HTTP, proxy, false).hint).toContain(
      'rejects the user and the password of http_',
    )
  })

  it('that fails otherwise names the proxy and keeps the details', () => {
    for (const sent of [true, false]) {
      const thrown = withCode('ECONNRESET', 'reset (403)')
      const error = proxyFailureOf(thrown, HTTP, proxy, sent)
      expect(error).toMatchObject({ reason: 'ECONNRESET', sent, cause: thrown })
      expect(error.message).toContain('glance.example.org:9292, through the proxy proxy.example.org:3128,')
      expect(error.hint).toContain('http_proxy')
      expect(isPermanent(error)).toBe(false)
    }
  })

  it.each([
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'The certificate of H is not trusted', 'cacert'],
    [
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'The TLS handshake with H failed',
      'the proxy proxy.example.org:3128 opens tunnels',
    ],
    ['EPROTO', 'The TLS handshake with H failed', 'the proxy proxy.example.org:3128 opens tunnels'],
  ])('%s in a tunnel names the proxy, which may have answered instead of the server', (code, message, hint) => {
    const error = proxyFailureOf(withCode(code), HTTPS, proxy, false)
    expect(error).toBeInstanceOf(CertificateError)
    expect(error.message.replace('glance.example.org, through the proxy proxy.example.org:3128,', 'H')).toContain(
      message,
    )
    expect(error.hint).toContain(hint)
  })

  const secure = new URL('https://proxy.example.org:3128')
  const atProxy = (code: string) => new ProxyFault('broken', { cause: withCode(code) })
  const NO_CERT = 'This program sends no client certificate to a proxy. Use another proxy, or ask its operator.'
  it.each([
    ['opening a tunnel', HTTPS, atProxy('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), false],
    // The request is plain HTTP, so the certificate can only be for the proxy.
    ['a forwarded request', HTTP, withCode('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), true],
  ])('that requires a client certificate is named: %s', (_, url, thrown, sent) => {
    expect(proxyFailureOf(thrown, url, secure, sent)).toMatchObject({
      code: 'certificate',
      message: expect.stringMatching(/^The proxy proxy\.example\.org:3128 requires a client certificate, or /),
      hint: NO_CERT,
    })
  })

  it.each([
    ['CERT_HAS_EXPIRED', 'Check the clock of this machine. If it is right, proxy.example.org:3128 needs'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'Set NODE_EXTRA_CA_CERTS'],
  ])('with the certificate fault %s of its own has the remedy for it', (code, hint) => {
    const error = proxyFailureOf(atProxy(code), HTTPS, secure, false)
    expect(error.message).toContain(`The certificate of the proxy proxy.example.org:3128 is not trusted (${code})`)
    expect(error.hint).toContain(hint)
  })

  it('that inspects TLS is suspected if the certificate is not trusted', () => {
    const { message } = proxyFailureOf(withCode('SELF_SIGNED_CERT_IN_CHAIN'), HTTPS, proxy, false)
    expect(message).toMatch(/: the cause\. If the proxy inspects TLS, it is a certificate of the proxy\.$/)
    expect(proxyFailureOf(withCode('CERT_HAS_EXPIRED'), HTTPS, proxy, false).message).not.toContain('inspects')
  })

  it('never shows the password of the proxy', () => {
    for (const thrown of [refusal(403), refusal(407), withCode('ECONNREFUSED')]) {
      const { message, hint } = proxyFailureOf(thrown, HTTPS, proxy, false)
      expect(`${message} ${hint}`).not.toContain('hunter2')
    }
  })
})
