import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { AbortedError, CertificateError, ConnectionError, type GlanceTasksError, TimeoutError } from '../errors.js'
import type { Fetcher } from '../http/download.js'
import { type ProbedUrl, probeUrl } from '../images/probe-url.js'
import type { LookAtSource } from './explain.js'
import type { SourceFacts } from './facts.js'

/** As Glance's downloader calls itself; the number differs from server to server. */
const GLANCE_AGENT = 'Python-urllib/3.11'

/** How many bytes a source must send to count as one that does. */
const ENOUGH = 65_536

/** The addresses of a host. */
export type Resolve = (host: string) => Promise<readonly { family: number }[]>

const resolveHost: Resolve = (host) => lookup(host, { all: true })

/** Looks at URLs as this machine sees them: once as itself, and once as Glance's downloader. */
export function sourceLook(fetch: Fetcher, resolve: Resolve = resolveHost): LookAtSource {
  return async (url, signal) => {
    const [probed, isDualStack] = await Promise.all([probeUrl(fetch, url, { signal }), hasBothKinds(url, resolve)])
    const isAnswered = probed.status !== undefined && probed.status < 400
    const asGlance = isAnswered ? await readAsGlance(fetch, url, signal) : {}
    return { ...factsOf(probed), isDualStack, ...asGlance }
  }
}

function factsOf(probed: ProbedUrl): SourceFacts {
  const { url, status, failure, redirects, length, isHtml, contentEncoding, recognised } = probed
  return {
    url,
    status,
    failure: failure && { kind: kindOf(failure), text: failure.message },
    redirects,
    size: length === undefined ? undefined : Number(length),
    isHtml,
    format: recognised?.format,
    compression: recognised?.compression ?? contentEncoding,
    problem: recognised?.problem,
  }
}

function kindOf(error: GlanceTasksError): NonNullable<SourceFacts['failure']>['kind'] {
  if (error instanceof CertificateError) return 'certificate'
  if (error instanceof TimeoutError) return 'stalled'
  return error instanceof ConnectionError && error.reason === 'ENOTFOUND' ? 'unresolvable' : 'unreachable'
}

/** Reads the first bytes the way Glance does: a plain GET, with the name of Python's downloader. */
async function readAsGlance(
  fetch: Fetcher,
  url: URL,
  signal: AbortSignal | undefined,
): Promise<Pick<SourceFacts, 'statusForGlance' | 'failure'>> {
  let statusForGlance: number | undefined
  try {
    const download = await fetch(url, { userAgent: GLANCE_AGENT, signal })
    statusForGlance = download.status
    let received = 0
    // Ending the loop closes the connection.
    for await (const chunk of download.body) {
      received += chunk.length
      if (received >= ENOUGH) break
    }
    return { statusForGlance }
  } catch (error) {
    if (error instanceof AbortedError) throw error
    const text = error instanceof Error ? error.message : String(error)
    const kind = error instanceof TimeoutError ? 'stalled' : 'cut_short'
    return { statusForGlance, failure: { kind, text } }
  }
}

async function hasBothKinds(url: URL, resolve: Resolve): Promise<boolean> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0) return false
  // Whether the host can be found at all is seen by the request.
  const addresses = await resolve(host).catch(() => [])
  return new Set(addresses.map(({ family }) => family)).size > 1
}
