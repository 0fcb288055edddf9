import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** One request as a scripted server sees it. */
export interface Asked {
  method: string
  /** Path and query. */
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
}

/** What it answers: JSON, or `drop` to close the connection without an answer, or `hang` to leave it open. */
export type Told =
  | { status?: number; headers?: Record<string, string>; json?: unknown; text?: string; body?: string | Buffer }
  | 'drop'
  | 'hang'

/** A server on loopback that answers by a script, for what no sane service does. It lives as long as the test. */
export async function serve(script: (asked: Asked, count: number) => Told | Promise<Told>) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const entry = await read(request)
    asked.push(entry)
    reply(response, await script(entry, asked.length))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked }
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const url = new URL(request.url ?? '/', 'http://any')
  const { method = '', headers } = request
  return { method, path: request.url ?? '', query: url.searchParams, headers, body: Buffer.concat(chunks).toString() }
}

function reply(response: ServerResponse, told: Told): void {
  if (told === 'hang') return
  if (told === 'drop') return void response.destroy()
  const { status = 200, headers = {}, json, text = JSON.stringify(json), body = text } = told
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}
