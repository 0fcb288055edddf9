import { formatJson, type JsonObject, type JsonValue, parseJson } from '../../http/json.js'
import { formatOne, isStructured } from '../../output/index.js'
import { escapeJson } from '../../output/text.js'
import type { Task } from '../../tasks/task.js'
import type { Context } from '../context.js'
import type { CommonOptions } from '../options/common-options.js'
import { outputOptions } from '../options/formatting.js'
import { write } from './stdout.js'

/** Prints the request of a create: in the format of -f if that is json, jsonl or yaml, otherwise as HTTP. */
export async function printRequest(
  context: Context,
  options: CommonOptions,
  body: string,
  requestId: string,
): Promise<void> {
  const headers = { 'Content-Type': 'application/json', 'X-Openstack-Request-ID': requestId }
  const content: JsonValue = parseJson(body)
  if (isStructured(options.format)) {
    const request: JsonObject = { method: 'POST', path: '/v2/tasks', headers, body: content }
    const output = { ...outputOptions(context, options), origin: false, long: true }
    // The formats can write any object, although their types expect a task.
    return write(context.stdout, await formatOne(options.format, request as JsonObject & Task, output))
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`)
  await write(context.stdout, `POST /v2/tasks\n${lines.join('')}\n${escapeJson(formatJson(content, 2))}\n`)
}
