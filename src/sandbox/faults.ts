import { UsageError } from '../errors.js'
import type { Clock } from '../http/clock.js'
import type { Reply } from './http/exchange.js'

/** The service that a request goes to: Keystone or Glance. */
export type ServiceName = 'identity' | 'image'

/** What happens to a request instead of, or in addition to, its normal answer. */
export type Fault =
  /** Answers with an error status, like a proxy. The request is not executed. */
  | { kind: 'status'; status: number }
  /** Resets the connection. The request is not executed. */
  | { kind: 'reset' }
  /** Carries out the request, then resets the connection instead of sending the answer. */
  | { kind: 'lost' }
  /** Never answers. The request is not executed. */
  | { kind: 'hang' }
  /** Delays the answer by this many milliseconds. */
  | { kind: 'slow'; delay: number }
  /** Sends this answer. The request is not executed. */
  | ({ kind: 'answer' } & SandboxAnswer)
  /** Carries out the request, and sends what `change` returns instead of its answer. */
  | { kind: 'change'; change(answer: Required<SandboxAnswer>): SandboxAnswer | Promise<SandboxAnswer> }

/** An answer that is sent unchanged, except that the sandbox adds `Content-Length`. */
export interface SandboxAnswer {
  status: number
  /** Default none. */
  headers?: Record<string, string>
  /** Default empty. */
  body?: string | Buffer
}

/** A request, as a fault chooser gets it. */
export interface FaultyRequest {
  service: ServiceName
  method: string
  /** Path and query as sent; the whole URL if the client sent one, as clients of a proxy do. */
  path: string
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>
  body: Buffer
  /** The SHA-256 fingerprint of the client's certificate, with TLS. A client need not have one. */
  clientCertificate?: string | undefined
}

/** Chooses the fault of a request; undefined for none. */
export type FaultChooser = (request: FaultyRequest) => Fault | undefined | Promise<Fault | undefined>

/** Whether the service executes the request despite the fault. */
export function isCarriedOut({ kind }: Fault): boolean {
  return kind === 'slow' || kind === 'lost' || kind === 'change'
}

interface Rule {
  fault: Fault
  share: number
  service: ServiceName | undefined
}

const EXAMPLE = 'For example: 503:0.1,reset:0.05,slow:2s,lost:0.1@image'

/**
 * Parses a list such as `503:0.1,reset:0.05,slow:2s,slow:500ms:0.3,lost:0.1@image`. Each entry has a fault, the share of
 * requests that it affects (default: all) and the service that it affects (default: both).
 *
 * @throws UsageError
 */
export function parseFaults(text: string, clock: Pick<Clock, 'random'>): FaultChooser {
  const rules = text.split(',').map((part) => parseRule(part.trim()))
  return ({ service }) => {
    for (const rule of rules) {
      if (rule.service !== undefined && rule.service !== service) continue
      if (clock.random() < rule.share) return rule.fault
    }
    return undefined
  }
}

function parseRule(text: string): Rule {
  const [what = '', service] = text.split('@')
  if (service !== undefined && service !== 'identity' && service !== 'image') {
    throw new UsageError(`The sandbox has no service ${JSON.stringify(service)}; it has identity and image.`, {
      hint: EXAMPLE,
    })
  }
  const [kind = '', ...details] = what.split(':')
  const fault = faultOf(kind, kind === 'slow' ? details.shift() : undefined)
  const share = details.shift() ?? '1'
  const good = /^(0(\.\d+)?|\.\d+|1(\.0+)?)$/.test(share)
  if (!fault || !good || details.length > 0) {
    throw new UsageError(`${JSON.stringify(text)} is not a fault.`, { hint: EXAMPLE })
  }
  return { fault, share: Number(share), service }
}

function faultOf(kind: string, duration: string | undefined): Fault | undefined {
  if (/^[45]\d\d$/.test(kind)) return { kind: 'status', status: Number(kind) }
  if (kind === 'reset' || kind === 'lost' || kind === 'hang') return { kind }
  const delay = kind === 'slow' ? parseDelay(duration ?? '') : undefined
  return delay === undefined ? undefined : { kind: 'slow', delay }
}

function parseDelay(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text) ?? []
  return number === undefined ? undefined : Number(number) * (unit === 'ms' ? 1 : 1000)
}

const REASONS: Record<number, [string, string]> = {
  401: ['Unauthorized', 'You need to log in.'],
  403: ['Forbidden', 'Request forbidden by administrative rules.'],
  429: ['Too Many Requests', 'You have sent too many requests in a given amount of time.'],
  500: ['Internal Server Error', 'An internal server error occurred.'],
  502: ['Bad Gateway', 'The server returned an invalid or incomplete response.'],
  503: ['Service Unavailable', 'No server is available to handle this request.'],
  504: ['Gateway Time-out', "The server didn't respond in time."],
}

/** An error answer as HAProxy writes it, which is a common proxy for Glance. */
export function proxyReply(status: number): Reply {
  const [reason, text] = REASONS[status] ?? ['Error', 'The request failed.']
  return {
    status,
    reason,
    headers: {
      'Cache-Control': 'no-cache',
      'Content-Type': 'text/html',
      ...((status === 429 || status === 503) && { 'Retry-After': '1' }),
    },
    body: `<html><body><h1>${status} ${reason}</h1>\n${text}\n</body></html>\n`,
  }
}
