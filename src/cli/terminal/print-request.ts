import { formatJson, type JsonObject, type JsonValue, parseJson } from '../../http/json.js'
import { selectionOf } from '../../output/columns.js'
import { formatRow, isStructured } from '../../output/index.js'
import { escapeJson } from '../../output/text.js'
import type { Context } from '../context.js'
import type { CommonPlan } from '../options/common-options.js'
import { outputOptions } from '../options/formatting.js'
import type { PrintPlan } from './print-tasks.js'
import { write } from './stdout.js'

/** Prints the request of a create: in the format of -f if that is json, jsonl or yaml, otherwise as HTTP. */
export async function printRequest(
  context: Context,
  plan: CommonPlan & Pick<PrintPlan, 'chosen'>,
  body: string,
  requestId: string,
): Promise<void> {
  const headers = { 'Content-Type': 'application/json', 'X-Openstack-Request-ID': requestId }
  const content: JsonValue = parseJson(body)
  if (isStructured(plan.format)) {
    const request: JsonObject = { method: 'POST', path: '/v2/tasks', headers, body: content }
    // Without -c, these formats write all keys.
    const selection = selectionOf(plan.chosen, () => [])
    return write(context.stdout, await formatRow(plan.format, request, selection, outputOptions(context, plan)))
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`)
  await write(context.stdout, `POST /v2/tasks\n${lines.join('')}\n${escapeJson(formatJson(content, 2))}\n`)
}
