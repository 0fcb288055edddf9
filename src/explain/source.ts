import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import {
  CertificateError,
  ConnectionError,
  type GlanceTasksError,
  TimeoutError,
  UnexpectedAnswerError,
} from '../errors.js'
import type { Fetcher } from '../http/transfer/download.js'
import { type ProbedUrl, probeUrl } from '../images/probe-url.js'
import { filterReason, isLocal } from '../images/url-filter.js'
import type { ProbeSource } from './explain.js'
import type { SourceFacts } from './facts.js'

/** The User-Agent of Glance's downloader. The number differs from server to server. */
const GLANCE_AGENT = 'Python-urllib/3.11'

/** The timeout of each request, in milliseconds. */
const TIMEOUT = 15_000

/** The addresses of a host. */
export type Resolve = (host: string) => Promise<readonly { family: number; address: string }[]>

const resolveHost: Resolve = (host) => lookup(host, { all: true })

/** Requests URLs from this machine: with this program's User-Agent, and with the User-Agent of Glance's downloader. */
export function sourceProbe(fetch: Fetcher, resolve: Resolve = resolveHost, timeout = TIMEOUT): ProbeSource {
  return async (url, signal) => {
    // Another user may have chosen the URL. A target that Glance refuses may be a service that only this machine can reach.
    const how = { signal, timeout, follow: (to: URL) => isFollowed(to, url) }
    const [probed, asGlance, isDualStack] = await Promise.all([
      probeUrl(fetch, url, how),
      probeUrl(fetch, url, { ...how, userAgent: GLANCE_AGENT }),
      hasBothKinds(url, resolve),
    ])
    return { ...factsOf(probed), statusForGlance: asGlance.status, isDualStack }
  }
}

/**
 * A probe that does not request a loopback or link-local address, unless the cloud is on this machine. Such an address means the
 * machine of the cloud. Here, it would be another service, and the owner of the task, who chose the URL, may not reach that one.
 */
export function notHere(
  probe: ProbeSource,
  isCloudHere: (signal?: AbortSignal) => Promise<boolean>,
  resolve: Resolve = resolveHost,
): ProbeSource {
  return async (url, signal) => {
    if ((await leadsHere(url.hostname, resolve)) && !(await isCloudHere(signal))) {
      throw new Error(`${url.hostname} is a loopback or link-local address, which means another machine for the cloud.`)
    }
    return probe(url, signal)
  }
}

async function leadsHere(host: string, resolve: Resolve): Promise<boolean> {
  if (isLocal(host)) return true
  const addresses = isIP(host.replace(/^\[|\]$/g, '')) === 0 ? await resolve(host).catch(() => []) : []
  return addresses.some(({ address }) => isLocal(address))
}

/** Whether Glance follows a redirect, also from https: to http:. Its filter allows the target, or has allowed its host and port. */
function isFollowed(to: URL, first: URL): boolean {
  return filterReason(to.href) === undefined || to.host === first.host
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

async function hasBothKinds(url: URL, resolve: Resolve): Promise<boolean> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0) return false
  // The request reports a host name that cannot be resolved.
  const addresses = await resolve(host).catch(() => [])
  return new Set(addresses.map(({ family }) => family)).size > 1
}
