import type { Fetcher } from '../../http/transfer/download.js'
import type { Formats } from '../records.js'
import type { ImportSource } from './import-options.js'
import { preflight, throwIfFailed } from './preflight.js'
import { type ImportRun, notify } from './run.js'

/** What the checks before an import have found. */
export interface Checked {
  /** The formats for the record. */
  formats: Formats
  /** The source, with all data, also if it can be read only once and its first bytes were read. */
  source: ImportSource | undefined
}

/** The server takes the formats of an image of another region from there, and still wants some in the record before. */
export const ANY_FORMATS: Formats = { diskFormat: 'raw', containerFormat: 'bare' }

/**
 * Makes the checks of a preflight, before anything is created, and tells their warnings.
 *
 * @throws UsageError if the import cannot work; what preflight() throws.
 */
export async function checkFirst(run: ImportRun, fetch: Fetcher): Promise<Checked> {
  const { service, options, signal } = run
  const found = await preflight(service, fetch, { ...options, signal })
  throwIfFailed(found)
  for (const { check, status, detail } of found.checks) {
    // What is said of the format is said with it, below.
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
