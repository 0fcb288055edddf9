/** A request as the sandbox's services get it: complete, and with its target split. */
export interface Exchange {
  method: string
  /** The request target as sent: path and query, or a whole URL, as clients send it to a proxy. */
  target: string
  /** The URL before the service's own path: `http://127.0.0.1:41234`, with a prefix such as `/identity`. */
  base: string
  /** The path below the service's prefix as sent, still percent-encoded. */
  path: string
  /** The query after `?` as sent. */
  query: string
  /** Names in lower case. */
  headers: Record<string, string | undefined>
  body: Buffer
  /** The SHA-256 fingerprint of the client's certificate, if it sent one. */
  clientCertificate?: string | undefined
}

/** A service's answer. */
export interface Reply {
  status: number
  /** The reason phrase: Keystone writes `NOT FOUND`, Glance `Not Found`. */
  reason: string
  headers: Record<string, string>
  body: string | Buffer
}

/** The answer of both services' CORS middleware to an OPTIONS request that nothing else answers. */
export const PREFLIGHT: Reply = { status: 200, reason: 'OK', headers: {}, body: '' }

/** The URL up to the host. Glance builds `Location` from it, so a path prefix is lost. */
export function originOf(exchange: Exchange): string {
  return new URL(exchange.base).origin
}
