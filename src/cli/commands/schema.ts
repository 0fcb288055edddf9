import type { Command } from 'commander'
import { isJsonObject, type JsonObject, type JsonValue } from '../../http/json.js'
import {
  type Column,
  columnsFor,
  NAME,
  PROSE,
  type Row,
  type Selection,
  selectColumns,
  TEXT,
  WORD,
} from '../../output/columns.js'
import { type AnyFormat, isStructured } from '../../output/format.js'
import { rawJson } from '../../output/value-text.js'
import { type CloudPlan, withCloud } from '../connect.js'
import type { Context } from '../context.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import { cloudOf } from '../options/cloud-options.js'
import { type CommonOptions, commonPlan } from '../options/common-options.js'
import { refuseShell } from '../options/formatting.js'
import { withPager } from '../pager/with-pager.js'
import { printRow, printRows } from '../terminal/print-rows.js'

const HELP: CommandHelp = {
  examples: [
    'glance-tasks schema',
    `glance-tasks schema -f json | jq -r '.properties.status.enum[]'`,
    'glance-tasks schema -f value -c property,type',
  ],
  details: [
    'The command requests /v2/schemas/task. It needs no admin role. With -f json or yaml, it prints the schema as the server sends it. The other formats have one row per property.',
  ],
  pages: ['output.md'],
}

// A row per property, or the schema as one object.
const PROPERTY_COLUMNS = columnsFor({ property: NAME, type: TEXT, values: PROSE, read_only: WORD, description: PROSE })
const SCHEMA_COLUMNS = columnsFor({ name: TEXT, properties: TEXT })

/** `glance-tasks schema` */
export function define(command: Command, context: Context): void {
  addHelp(command, HELP)
  command.action(() => withPager(context, parse(command.optsWithGlobals()), run))
}

/** Whose schema to print, and how. */
export interface SchemaPlan extends CloudPlan {
  columns: Selection
}

/** @throws UsageError */
export function parse(options: CommonOptions): SchemaPlan {
  refuseShell(options)
  const common = commonPlan(options)
  const columns = selectColumns(columnsIn(common.format), options.column)
  return { ...common, cloud: cloudOf(options, 'schema'), columns }
}

function columnsIn(format: AnyFormat): Column[] {
  return isStructured(format) ? SCHEMA_COLUMNS : PROPERTY_COLUMNS
}

/** The columns of -c. */
export function columns(options: CommonOptions): string[] {
  return columnsIn(options.format).map(({ name }) => name)
}

/** Prints the schema. */
export async function run(context: Context, plan: SchemaPlan): Promise<void> {
  await withCloud(context, plan, async ({ tasks }) => {
    const schema = await tasks.schema({ signal: context.signal })
    if (isStructured(plan.format)) await printRow(context, plan, schema)
    else await printRows(context, plan, propertyRows(schema))
  })
}

function propertyRows({ properties }: JsonObject): Row[] {
  return Object.entries(isJsonObject(properties) ? properties : {}).map(([property, rules]) => {
    const { type, enum: values, readOnly, description } = isJsonObject(rules) ? rules : {}
    return { property, type: listed(type), values: listed(values), read_only: readOnly ?? false, description }
  })
}

/** Several types, or the values of an enumeration, as one text. */
function listed(value: JsonValue | undefined): JsonValue | undefined {
  return Array.isArray(value)
    ? value.map((item) => (typeof item === 'string' ? item : rawJson(item))).join(', ')
    : value
}
