import { UsageError } from '../errors.js'
import type { Reply } from './http/exchange.js'

/** Which of the two services a request goes to. */
export type ServiceName = 'identity' | 'image'

/** What a request meets instead of, or before, its answer. */
export type Fault =
  /** An error status, in the words of a proxy. The request is not carried out. */
  | { kind: 'status'; status: number }
  /** The connection is reset before the request is carried out. */
  | { kind: 'reset' }
  /** The request is carried out, and the connection is reset before its answer is sent. */
  | { kind: 'lost' }
  /** No answer ever comes. The request is not carried out. */
  | { kind: 'hang' }
  /** The answer is late, by so many milliseconds. */
  | { kind: 'slow'; delay: number }
  /** This is answered, as it is. The request is not carried out. */
  | ({ kind: 'answer' } & SandboxAnswer)
  /** The request is carried out, and its answer changed before it is sent, which may take its time. */
  | { kind: 'change'; change(answer: Required<SandboxAnswer>): SandboxAnswer | Promise<SandboxAnswer> }

/** An answer that is sent as it is: `Content-Length` alone is added. */
export interface SandboxAnswer {
  status: number
  /** Default none. */
  headers?: Record<string, string>
  /** Default empty. */
  body?: string | Buffer
}

/** A request, as a function that chooses faults sees it. */
export interface FaultyRequest {
  service: ServiceName
  method: string
  /** Path and query as they were sent; the whole URL where the sandbox was asked as proxies are. */
  path: string
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>
  body: Buffer
  /** The SHA-256 fingerprint of the client's certificate. With TLS it is asked for one, and free to have none. */
  clientCertificate?: string | undefined
}

/** Chooses what a request meets, and may take its time; undefined: nothing. */
export type FaultChooser = (request: FaultyRequest) => Fault | undefined | Promise<Fault | undefined>

/** Whether the service does what it is asked to all the same. */
export function isCarriedOut({ kind }: Fault): boolean {
  return kind === 'slow' || kind === 'lost' || kind === 'change'
}

interface Rule {
  fault: Fault
  share: number
  service: ServiceName | undefined
}

const EXAMPLE = 'For example: --fault 503:0.1,reset:0.05,slow:2s,lost:0.1@image'

/**
 * Reads a list such as `503:0.1,reset:0.05,slow:2s,slow:500ms:0.3,lost:0.1@image`: what happens, to what share of the
 * requests (default all), and to which service's (default both).
 *
 * @throws UsageError
 */
export function parseFaults(text: string, random: () => number): FaultChooser {
  const rules = text.split(',').map((part) => parseRule(part.trim()))
  return ({ service }) => {
    for (const rule of rules) {
      if (rule.service !== undefined && rule.service !== service) continue
      if (random() < rule.share) return rule.fault
    }
    return undefined
  }
}

function parseRule(text: string): Rule {
  const [what = '', service] = text.split('@')
  if (service !== undefined && service !== 'identity' && service !== 'image') {
    throw new UsageError(`${JSON.stringify(service)} is no service of the sandbox; identity and image are.`, {
      hint: EXAMPLE,
    })
  }
  const [kind = '', ...details] = what.split(':')
  const fault = faultOf(kind, kind === 'slow' ? details.shift() : undefined)
  const share = details.shift() ?? '1'
  const good = /^(0(\.\d+)?|\.\d+|1(\.0+)?)$/.test(share)
  if (!fault || !good || details.length > 0) {
    throw new UsageError(`${JSON.stringify(text)} is no fault.`, { hint: EXAMPLE })
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

/** An error status in the words of HAProxy, which stands before many a Glance. */
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
