import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'

/** One request that a fake cloud got. */
export interface Seen {
  method: string
  url: string
  headers: IncomingHttpHeaders
  /** Parsed, where it is JSON. */
  body: unknown
  /** The fingerprint of the certificate that the client showed. */
  certificate?: string | undefined
}

export interface Reply {
  status?: number
  headers?: Record<string, string>
  body?: unknown
  /** Leave the request without an answer. */
  hang?: boolean
}

/** A Keystone and a Glance on one loopback port, as far as a test needs them. */
export interface FakeCloud {
  url: string
  seen: Seen[]
  /** The requests to a path, the query left aside. */
  to(path: string): Seen[]
  /** How many tokens were given. */
  logins(): number
}

export interface FakeCloudOptions {
  /** Answers before the usual answers do. */
  answer?(request: Seen, cloud: FakeCloud): Reply | undefined | Promise<Reply | undefined>
  /** The catalog of a token; by default a public image endpoint in RegionOne at this server. */
  catalog?(url: string): unknown[]
  /** Seconds that a token lives. Default 3600. */
  life?: number
  /** The server's clock, in milliseconds. */
  now?(): number
  /** Serve https with this. */
  tls?: ServerOptions
}

/** Tokens are `token-1`, `token-2`, …: what is asked with any other gets 401. */
export async function fakeCloud(options: FakeCloudOptions = {}): Promise<FakeCloud> {
  const server: Server = options.tls ? createSecureServer(options.tls) : createServer()
  const cloud: FakeCloud = {
    url: '',
    seen: [],
    to: (path) => cloud.seen.filter(({ url }) => url.split('?')[0] === path),
    logins: () => count,
  }
  let count = 0
  server.on('request', async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const { method = '', url = '', headers } = request
    const { socket } = request
    const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : undefined
    const seen: Seen = { method, url, headers, body: parsed(text), certificate }
    cloud.seen.push(seen)
    const reply = (await options.answer?.(seen, cloud)) ?? usual(seen)
    if (reply.hang) return
    const body = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {})
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
    response.end(body)
  })

  const usual = ({ method, url, headers }: Seen): Reply => {
    if (method === 'POST' && url.endsWith('/auth/tokens')) {
      count++
      return tokenReply(`token-${count}`, options, cloud.url)
    }
    const token = Number(/^token-(\d+)$/.exec(String(headers['x-auth-token']))?.[1])
    if (!(token >= 1 && token <= count)) return { status: 401, body: { message: 'This server could not verify you.' } }
    return { body: { tasks: [] } }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  cloud.url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`
  return cloud
}

/** Keystone's answer with a token. */
export function tokenReply(token: string, options: FakeCloudOptions, url: string): Reply {
  const { life = 3600, now = Date.now, catalog = publicImage } = options
  return {
    status: 201,
    headers: { 'x-subject-token': token },
    body: {
      token: {
        issued_at: new Date(now()).toISOString(),
        expires_at: new Date(now() + life * 1000).toISOString(),
        project: { id: 'project-id', name: 'demo' },
        catalog: catalog(url),
      },
    },
  }
}

const publicImage = (url: string) => [
  {
    type: 'image',
    name: 'glance',
    endpoints: [{ interface: 'public', region: 'RegionOne', region_id: 'RegionOne', url }],
  },
]

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
