import {
  CertificateError,
  ConnectionError,
  type GlanceTasksError,
  TimeoutError,
  UnexpectedAnswerError,
} from '../errors.js'
import type { Fetcher } from '../http/transfer/download.js'
import { isHere } from '../http/transfer/this-machine.js'
import { type ProbedUrl, probeUrl } from '../images/probe-url.js'
import { filterReason } from '../images/url-filter.js'
import type { ProbeSource } from './explain.js'
import type { SourceFacts } from './facts.js'
import { ProbedHosts, type Resolve } from './probed-hosts.js'

/** The User-Agent of Glance's downloader. The number differs from server to server. */
const GLANCE_AGENT = 'Python-urllib/3.11'

/** The timeout of each request, in milliseconds. */
const TIMEOUT = 15_000

/** How a probe sees the network. Tests pass their own. */
export interface ProbeContext {
  /**
   * Whether the cloud is on this machine. If it is not, a loopback or link-local address refers to another machine in the cloud. Here,
   * it would be a service that the owner of the task, who chose the URL, may not reach. Default: it is.
   */
  isCloudHere?: ((signal?: AbortSignal) => Promise<boolean>) | undefined
  resolve?: Resolve | undefined
  /** The timeout of each request, in milliseconds. */
  timeout?: number | undefined
}

/** Requests URLs from this machine: with this program's User-Agent, and with the User-Agent of Glance's downloader. */
export function sourceProbe(fetch: Fetcher, context: ProbeContext = {}): ProbeSource {
  const { isCloudHere = async () => true, resolve, timeout = TIMEOUT } = context
  return async (url, signal) => {
    const hosts = new ProbedHosts(() => isCloudHere(signal), resolve)
    const addresses = await hosts.addressesOf(url.hostname).catch(() => [])
    hosts.throwIfRefused()
    // Another user may have chosen the URL. A target that Glance refuses may be a service that only this machine can reach.
    const how = { signal, timeout, follow: (to: URL) => isFollowed(to, url), lookup: hosts.lookup }
    const [probed, asGlance] = await Promise.all([
      probeUrl(fetch, url, how),
      probeUrl(fetch, url, { ...how, userAgent: GLANCE_AGENT }),
    ])
    hosts.throwIfRefused()
    const isDualStack = new Set(addresses.map(({ family }) => family)).size > 1
    return { ...factsOf(probed), statusForGlance: asGlance.status, isDualStack }
  }
}

/** Whether Glance follows a redirect, also from https: to http:. Its filter allows the target, or has allowed its host and port. */
function isFollowed(to: URL, first: URL): boolean {
  return (filterReason(to.href) === undefined && !isHere(to.hostname)) || to.host === first.host
}

function factsOf(probed: ProbedUrl): SourceFacts {
  const { url, status, failure, redirects, length, contentEncoding, recognised } = probed
  return {
    url,
    status,
    failure: failure && { kind: kindOf(failure, status), text: failure.message },
    redirects,
    size: length === undefined ? undefined : Number(length),
    format: recognised?.format,
    compression: recognised?.compression ?? contentEncoding,
    problem: recognised?.problem,
  }
}

function kindOf(error: GlanceTasksError, status: number | undefined): NonNullable<SourceFacts['failure']>['kind'] {
  if (error instanceof CertificateError) return 'certificate'
  if (error instanceof UnexpectedAnswerError) return 'redirect'
  if (error instanceof TimeoutError) return 'stalled'
  if (status !== undefined && status < 400) return 'cut_short'
  return error instanceof ConnectionError && error.reason === 'ENOTFOUND' ? 'unresolvable' : 'unreachable'
}
