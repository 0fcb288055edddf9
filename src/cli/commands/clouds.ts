import type { Command } from 'commander'
import type { Description } from '../../config/describe.js'
import { pathOf } from '../../config/layers/layer.js'
import type { CloudSelection } from '../../config/resolve.js'
import { UsageError } from '../../errors.js'
import type { JsonObject, JsonValue } from '../../http/json.js'
import {
  type Column,
  columnsFor,
  NAME,
  PROSE,
  type Row,
  type Selection,
  selectColumns,
  TEXT,
} from '../../output/columns.js'
import { type AnyFormat, isStructured } from '../../output/format.js'
import type { Context } from '../context.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import { cloudSelections } from '../options/cloud-options.js'
import { type CommonOptions, type CommonPlan, commonPlan } from '../options/common-options.js'
import { refuseShell } from '../options/formatting.js'
import type { SeveralOptions } from '../options/several-clouds.js'
import { withPager } from '../pager/with-pager.js'
import { printRow, printRows } from '../terminal/print-rows.js'
import { warning } from '../terminal/say.js'

const HELP: CommandHelp = {
  examples: [
    'glance-tasks clouds',
    'glance-tasks clouds prod          # each setting and its source',
    'glance-tasks clouds prod -f json | jq .sources',
    'glance-tasks clouds -f value -c name',
  ],
  details: [
    'With -f json or yaml, the command prints one cloud as an object {"name","settings","sources"}. "settings" is nested as in clouds.yaml, with secrets as "***". "sources" contains the source of each setting by its path, such as auth.username.',
  ],
  pages: ['configuration.md'],
}

const LIST_COLUMNS = columnsFor({ name: NAME, auth_type: TEXT, region: PROSE, file: PROSE })
// One cloud: a row per setting, or one object.
const SETTING_COLUMNS = columnsFor({ setting: NAME, value: PROSE, source: PROSE })
const OBJECT_COLUMNS = columnsFor({ name: TEXT, settings: TEXT, sources: TEXT })

/** `glance-tasks clouds [NAME]` */
export function define(command: Command, context: Context): void {
  addHelp(command, HELP)
  command
    .argument('[name]', 'the cloud to show; default: list all clouds')
    .action((name: string | undefined) => withPager(context, parse(name, command.optsWithGlobals()), run))
}

/** Which clouds to show, and how. */
export interface CloudsCommandPlan extends CommonPlan {
  /** The cloud to show; with `isAll`, only the options that decide which files are read. */
  selection: CloudSelection
  isAll: boolean
  columns: Selection
}

/** @throws UsageError */
export function parse(name: string | undefined, options: CommonOptions): CloudsCommandPlan {
  refuseShell(options)
  // A script whose variable is empty must not get another cloud.
  if (name === '') throw new UsageError('NAME must not be empty.', { hint: 'Omit NAME to list all clouds.' })
  const selections = cloudSelections(options)
  const [selection = {}] = selections
  const names = selections.flatMap(({ cloud }) => cloud ?? [])
  const [cloud, other] = new Set(name === undefined ? names : [name, ...names])
  if (other !== undefined) {
    throw new UsageError('clouds accepts only one cloud.', { hint: `Omit ${cloud} or ${other}.` })
  }
  const isAll = cloud === undefined
  const common = commonPlan(options)
  const columns = selectColumns(columnsOf(isAll, common.format), options.column)
  return { ...common, selection: isAll ? selection : { ...selection, cloud }, isAll, columns }
}

function columnsOf(isAll: boolean, format: AnyFormat): Column[] {
  if (isAll) return LIST_COLUMNS
  return isStructured(format) ? OBJECT_COLUMNS : SETTING_COLUMNS
}

/** The columns of -c: those of the list, or of one cloud. */
export function columns(options: CommonOptions & SeveralOptions, [name]: readonly string[]): string[] {
  const isAll = name === undefined && options.osCloud === undefined
  return columnsOf(isAll, options.format).map((column) => column.name)
}

/** Prints all clouds, or the settings of one. */
export async function run(context: Context, plan: CloudsCommandPlan): Promise<void> {
  if (plan.isAll) await showAll(context, plan)
  else await showOne(context, plan)
}

async function showAll(context: Context, plan: CloudsCommandPlan): Promise<void> {
  const { summariseClouds } = await import('../../config/cloud-summaries.js')
  const { clouds, warnings } = await summariseClouds(plan.selection, context)
  for (const text of warnings) warning(context, plan, text)
  await printRows(
    context,
    plan,
    clouds.map((summary) => ({ ...summary })),
  )
}

/** json, jsonl and yaml get one object, nested like clouds.yaml. The other formats get one row per setting. */
async function showOne(context: Context, plan: CloudsCommandPlan): Promise<void> {
  const { resolveCloud } = await import('../../config/resolve.js')
  const { settings, warnings } = await resolveCloud(plan.selection, context)
  for (const text of warnings) warning(context, plan, text)
  const { describeCloud } = await import('../../config/describe.js')
  const description = await describeCloud(settings)
  if (isStructured(plan.format)) await printRow(context, plan, { ...description } as JsonObject)
  else await printRows(context, plan, settingRows(description))
}

function settingRows({ settings, sources }: Description): Row[] {
  const values = new Map(leavesOf(settings, []))
  // The sources have the order of the documents.
  return Object.entries(sources).map(([setting, source]) => ({ setting, value: values.get(setting), source }))
}

function* leavesOf(holder: object, above: string[]): Generator<[path: string, value: JsonValue]> {
  for (const [key, value] of Object.entries(holder)) {
    const keys = [...above, key]
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) yield* leavesOf(value, keys)
    else yield [pathOf(keys), value]
  }
}
