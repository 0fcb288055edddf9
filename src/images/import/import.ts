import type { Clock } from '../../http/clock.js'
import type { Service } from '../../http/service.js'
import { anySignal } from '../../http/signal.js'
import { fetcher } from '../../http/transfer/download.js'
import { isComputedByServers } from '../checksum.js'
import { conclude } from './conclude.js'
import { type ImportIntent, intentOf } from './import-intent.js'
import type { Imported, ImportOptions } from './import-options.js'
import { ImportWork } from './import-work.js'
import { type ImportRun, notify } from './run.js'

/**
 * Imports an image: creates its record, uploads its data if they come from here, starts the import and, with `wait`,
 * follows it to its end. Each step survives lost answers. With `imageId` it resumes an interrupted import,
 * wherever it was.
 *
 * If the import fails, a record that this call made is deleted, unless it is to be kept or something still uses it. Then
 * the error names it.
 *
 * @throws ImportError if the import failed; WaitTimeoutError; UnknownOutcomeError if it cannot be known whether a step was
 *   carried out; TaskStateError if nothing can be imported into the image; UsageError for options that cannot be used;
 *   AbortedError; what Service.request throws.
 */
export async function importImage(service: Service, clock: Clock, options: ImportOptions): Promise<Imported> {
  const intent = intentOf(options)
  // What is still open at the end ends with it, such as a download that was not needed.
  const end = new AbortController()
  const callers = anySignal(options.signal, service.closed)
  const { signal, forget } = anySignal(callers.signal, end.signal)
  const run: ImportRun = {
    service,
    clock,
    options: { ...options, source: intent.source },
    signal,
    emit: (event) => options.onEvent?.(event),
  }
  const work = new ImportWork(run, intent, options.fetch ?? fetcher({ userAgent: 'glance-tasks' }))
  warnOfChecksum(run, intent)
  try {
    return await work.run()
  } catch (error) {
    throw await conclude(run, work.progress, error)
  } finally {
    end.abort()
    forget()
    callers.forget()
  }
}

/** Says at once that a checksum will not be verified, if that is likely. */
function warnOfChecksum(run: ImportRun, { method }: ImportIntent): void {
  const { checksum } = run.options
  if (checksum === undefined || method === 'glance-direct' || isComputedByServers(checksum.algorithm)) return
  const { algorithm } = checksum
  notify(run, `The ${algorithm} can probably not be verified: servers compute md5, and most often sha512.`)
}
