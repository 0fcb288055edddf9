import type { Fetcher } from '../../http/transfer/download.js'
import type { Formats } from './create-record.js'
import type { ImportSource } from './import-options.js'
import { failureIn, preflight } from './preflight.js'
import { type ImportRun, notify } from './run.js'

/** The result of the checks before an import. */
export interface Checked {
  /** The formats for the record. */
  formats: Formats
  /** The source with all its data, even if it can be read only once and its first bytes have been read. */
  source: ImportSource | undefined
}

/** The server copies the formats of an image of another region, but requires some formats in the new record. */
export const ANY_FORMATS: Formats = { diskFormat: 'raw', containerFormat: 'bare' }

/**
 * Checks an import before anything is created, and reports the warnings.
 *
 * @throws UsageError if the import would certainly fail; the errors of preflight().
 */
export async function checkFirst(run: ImportRun, fetch: Fetcher): Promise<Checked> {
  const { service, options, signal } = run
  const found = await preflight(service, fetch, { ...options, signal })
  const failure = failureIn(found)
  if (failure) throw failure
  for (const { check, status, detail } of found.checks) {
    // The format is reported below.
    if (status === 'warning' && check !== 'format') notify(run, detail)
  }
  const { diskFormat, containerFormat, why } = found.plan
  const formats = {
    diskFormat: diskFormat ?? options.diskFormat ?? ANY_FORMATS.diskFormat,
    containerFormat: containerFormat ?? options.containerFormat ?? ANY_FORMATS.containerFormat,
  }
  if (why !== undefined) run.emit({ event: 'format', ...formats, why })
  return { formats, source: found.source }
}
