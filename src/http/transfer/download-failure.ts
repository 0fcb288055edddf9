import { CertificateError, ConnectionError, GlanceTasksError, TimeoutError } from '../../errors.js'
import { type ProxyOptions, proxyFor } from '../connection/proxy.js'
import { failureOf, NOT_HTTP } from '../failure.js'
import { proxyFailureOf } from '../proxy-failure.js'

/**
 * Converts an error of the network layer to one that names the host, with advice for a foreign server instead of the services of
 * a cloud.
 *
 * @param sent whether a part of the request may have been sent.
 */
export function downloadFailureOf(
  error: unknown,
  url: URL,
  proxies: ProxyOptions | undefined,
  sent: boolean,
): GlanceTasksError {
  if (error instanceof GlanceTasksError && !(error instanceof TimeoutError)) return error
  const proxy = proxyFor(url, proxies ?? {})
  const failure = proxy ? proxyFailureOf(error, url, proxy, sent) : failureOf(error, url, sent)
  if (failure instanceof CertificateError) {
    const { message, cause, reason } = failure
    return new CertificateError(message, {
      cause,
      reason,
      hint: 'Set NODE_EXTRA_CA_CERTS to a file with its CA certificate, or use another URL.',
    })
  }
  if (failure instanceof ConnectionError && !proxy) {
    const { message, cause, reason } = failure
    const hint = reason === 'ENOTFOUND' ? failure.hint : 'Check the URL, the server and the network.'
    return new ConnectionError(message, { cause, reason, sent, hint })
  }
  return failure
}

/** The error for a body that ended too early, with the number of bytes that had arrived. Other errors are returned unchanged. */
export function interruptedDownload(
  error: GlanceTasksError,
  { host }: URL,
  received: number,
  length: number | undefined,
): GlanceTasksError {
  if (!(error instanceof ConnectionError)) return error
  const of = length === undefined ? '' : ` of ${length}`
  const what = error.reason === NOT_HTTP ? 'sent a response that is not HTTP' : 'closed the connection'
  return new ConnectionError(`${host} ${what} after ${received}${of} bytes.`, {
    cause: error.cause,
    reason: error.reason,
    sent: true,
    hint: 'Try again. If it happens again, the server limits its downloads, or the network in between is unstable.',
  })
}
