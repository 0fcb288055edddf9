import { ExactNumber, type JsonObject, type JsonValue } from '../../http/json.js'
import type { ImportOptions } from '../../images/import/import-options.js'
import { failureIn, type Preflight, type PreflightPlan, preflight } from '../../images/import/preflight.js'
import { columnsFor, TEXT } from '../../output/columns.js'
import { isStructured } from '../../output/format.js'
import { formatRow, formatRows } from '../../output/index.js'
import { fetcherFor } from '../../session/http-client.js'
import type { CloudConnection } from '../cloud-connection.js'
import { sessionOptions } from '../connect.js'
import type { Context } from '../context.js'
import { outputOptions } from '../options/formatting.js'
import { printRow, printRows, type RowsPlan } from '../terminal/print-rows.js'
import { write } from '../terminal/stdout.js'

/**
 * Checks an import without creating anything, and prints what it would do and what the checks found: both for people and in
 * JSON, only the checks in formats that have lines.
 *
 * @throws UsageError if the import cannot work; what the checks throw.
 */
export async function dryRun(
  context: Context,
  plan: RowsPlan,
  { session }: CloudConnection,
  options: ImportOptions,
): Promise<void> {
  const fetch = fetcherFor(sessionOptions(context, plan))
  const found = await preflight(session, fetch, { ...options, signal: context.signal })
  await printFound(context, plan, found, options)
  const failure = failureIn(found)
  if (failure) throw failure
}

async function printFound(
  context: Context,
  plan: RowsPlan,
  { plan: planned, checks }: Preflight,
  options: ImportOptions,
): Promise<void> {
  const does = planRow(planned, options)
  if (plan.columns.isChosen) return printRows(context, plan, checks)
  if (isStructured(plan.format)) return printRow(context, plan, { plan: does, checks })
  if (plan.format !== 'table') return printRows(context, plan, checks)
  const output = outputOptions(context, plan)
  const columns = columnsFor(Object.fromEntries(Object.keys(does).map((key) => [key, TEXT])))
  const fields = await formatRow('table', does, { columns, isChosen: false }, output)
  await write(context.stdout, fields + (await formatRows('table', checks, plan.columns, output)))
}

/** What an import would do, in the words of the API. */
export function planRow(
  planned: PreflightPlan,
  { imageId, fromRegion, intoImageId, name, allStores }: ImportOptions,
): JsonObject {
  const { method, source, stores, diskFormat, containerFormat, size, virtualSize } = planned
  const row: Record<string, JsonValue | undefined> = {
    name,
    image_id: imageId,
    from_region: fromRegion,
    into_image_id: intoImageId,
    method,
    source,
    stores,
    all_stores: allStores,
    disk_format: diskFormat,
    container_format: containerFormat,
    size: exact(size),
    virtual_size: exact(virtualSize),
  }
  return Object.fromEntries(Object.entries(row).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined))
}

function exact(size: number | bigint | undefined): JsonValue | undefined {
  return typeof size === 'bigint' ? new ExactNumber(String(size)) : size
}
