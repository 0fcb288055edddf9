import { formatJson, type JsonValue, parseJson } from '../http/json.js'
import type { CommonOptions } from './common-options.js'
import type { Context } from './context.js'
import { write } from './stdout.js'

/** Prints the request that a create would send: as JSON or YAML where that is asked for, else as HTTP shows it. */
export async function printRequest(
  context: Context,
  { format, indent }: CommonOptions,
  body: string,
  requestId: string,
): Promise<void> {
  const headers = { 'Content-Type': 'application/json', 'X-Openstack-Request-ID': requestId }
  const request: JsonValue = { method: 'POST', path: '/v2/tasks', headers, body: parseJson(body) }
  if (format === 'json') return write(context.stdout, `${formatJson(request, indent ? 2 : undefined)}\n`)
  if (format === 'jsonl') return write(context.stdout, `${formatJson(request)}\n`)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  await write(context.stdout, `POST /v2/tasks\n${lines.join('\n')}\n\n${formatJson(request.body as JsonValue, 2)}\n`)
}
