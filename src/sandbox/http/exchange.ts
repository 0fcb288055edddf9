/** One request as the sandbox's services see it: read to the end, its target split. */
export interface Exchange {
  method: string
  /** What was asked for, as it was sent: path and query, or a whole URL, as proxies are asked. */
  target: string
  /** What stands before the service's own path: `http://127.0.0.1:41234`, and a prefix such as `/identity`. */
  base: string
  /** The path below the service's prefix as it was sent, still percent-encoded. */
  path: string
  /** What follows `?`, as it was sent. */
  query: string
  /** Names in lower case. */
  headers: Record<string, string | undefined>
  body: Buffer
  /** The SHA-256 fingerprint of the client's certificate, where it showed one. */
  clientCertificate?: string | undefined
}

/** What a service answers. */
export interface Reply {
  status: number
  /** The reason phrase. Keystone and Glance write theirs differently (`NOT FOUND`, `Not Found`). */
  reason: string
  headers: Record<string, string>
  body: string | Buffer
}

/** What both services' CORS middleware makes of an OPTIONS that nothing else answers. */
export const PREFLIGHT: Reply = { status: 200, reason: 'OK', headers: {}, body: '' }

/** The start of a URL up to its host, as Glance builds `Location` from it: a path prefix gets lost. */
export function originOf(exchange: Exchange): string {
  return new URL(exchange.base).origin
}
