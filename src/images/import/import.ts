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
 * Imports an image: creates its record, uploads its data if the source is local, starts the import and, with `wait`, waits
 * for its end. Each step survives lost responses. With `imageId` it resumes an interrupted import at any step.
 *
 * If the import fails, a record that this call created is deleted, unless the options say to keep it or something still uses
 * it. Then the error names it.
 *
 * @throws ImportError if the import failed; WaitTimeoutError; UnknownOutcomeError if it is unknown whether a request was
 *   executed; TaskStateError if nothing can be imported into the image; UsageError for options that cannot be used;
 *   AbortedError; the errors of Service.request.
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

/** Warns at the start if a checksum can probably not be verified. */
function warnOfChecksum(run: ImportRun, { method }: ImportIntent): void {
  const { checksum } = run.options
  if (checksum === undefined || method === 'glance-direct' || isComputedByServers(checksum.algorithm)) return
  const { algorithm } = checksum
  notify(run, `The ${algorithm} can probably not be verified: servers compute md5, and usually sha512.`)
}
