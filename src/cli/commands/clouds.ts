import type { Command } from 'commander'
import type { Description } from '../../config/describe.js'
import { pathOf } from '../../config/layers/layer.js'
import type { CloudSelection } from '../../config/resolve.js'
import { UsageError } from '../../errors.js'
import type { JsonObject, JsonValue } from '../../http/json.js'
import { formatRecord, formatRecords, isStructured } from '../../output/index.js'
import type { Context } from '../context.js'
import { cloudSelections } from '../options/cloud-options.js'
import type { CommonOptions } from '../options/common-options.js'
import { outputOptions, refuseShell } from '../options/formatting.js'
import { warning } from '../terminal/say.js'
import { write } from '../terminal/stdout.js'

const EXAMPLES = `
Examples:
  glance-tasks clouds
  glance-tasks clouds prod                      # each setting and its source
  glance-tasks clouds prod -f json | jq .sources
  glance-tasks clouds -f value -c name`

const LIST_COLUMNS = ['name', 'auth_type', 'region', 'file']
const SETTING_COLUMNS = ['setting', 'value', 'source']
const OBJECT_KEYS = ['name', 'settings', 'sources']

/** `glance-tasks clouds [NAME]` */
export function define(command: Command, context: Context): void {
  command
    .argument('[name]', 'the cloud to show (default: list all clouds)')
    .addHelpText('after', EXAMPLES)
    .action((name: string | undefined) => clouds(context, name, command.optsWithGlobals()))
}

async function clouds(context: Context, name: string | undefined, options: CommonOptions): Promise<void> {
  refuseShell(options)
  const selections = cloudSelections({ ...options })
  const [selection = {}] = selections
  const names = selections.flatMap(({ cloud }) => cloud ?? [])
  const [wanted, other] = new Set(name === undefined ? names : [name, ...names])
  if (other !== undefined) {
    throw new UsageError('clouds accepts one cloud only.', { hint: `Omit ${wanted} or ${other}.` })
  }
  if (wanted === undefined) await showAll(context, selection, options)
  else await showOne(context, { ...selection, cloud: wanted }, options)
}

async function showAll(context: Context, selection: CloudSelection, options: CommonOptions): Promise<void> {
  const { summariseClouds } = await import('../../config/cloud-summaries.js')
  const { clouds: found, warnings } = await summariseClouds(selection, context)
  for (const text of warnings) warning(context, options, text)
  const records = found.map((summary): JsonObject => ({ ...summary }))
  await write(
    context.stdout,
    await formatRecords(options.format, LIST_COLUMNS, records, outputOptions(context, options)),
  )
}

async function showOne(context: Context, selection: CloudSelection, options: CommonOptions): Promise<void> {
  const { resolveCloud } = await import('../../config/resolve.js')
  const { settings, warnings } = await resolveCloud(selection, context)
  for (const text of warnings) warning(context, options, text)
  const { describeCloud } = await import('../../config/describe.js')
  const description = await describeCloud(settings)
  await write(context.stdout, await formatDescription(context, description, options))
}

/** json, jsonl and yaml get one object, nested like clouds.yaml. The other formats get one row per setting. */
async function formatDescription(context: Context, description: Description, options: CommonOptions): Promise<string> {
  const output = outputOptions(context, options)
  if (isStructured(options.format))
    return formatRecord(options.format, OBJECT_KEYS, { ...description } as JsonObject, output)
  return formatRecords(options.format, SETTING_COLUMNS, settingRows(description), output)
}

function settingRows({ settings, sources }: Description): JsonObject[] {
  const rows = [...leavesOf(settings, [])].map(({ keys, value }): JsonObject => {
    const setting = pathOf(keys)
    return { setting, value, source: sources[setting] ?? null }
  })
  const order = Object.keys(sources)
  return rows.sort((a, b) => order.indexOf(String(a.setting)) - order.indexOf(String(b.setting)))
}

function* leavesOf(holder: object, above: string[]): Generator<{ keys: string[]; value: JsonValue }> {
  for (const [key, value] of Object.entries(holder)) {
    const keys = [...above, key]
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) yield* leavesOf(value, keys)
    else yield { keys, value }
  }
}
