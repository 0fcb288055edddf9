import { BadRequestError } from '../../errors.js'
import type { Image } from '../image.js'
import { getImage } from '../records.js'
import { ImportFault } from './import-fault.js'
import type { ImportRun } from './run.js'
import { WrongDataError } from './stage.js'

/** What there is left to try. */
export interface Chances {
  /** How often a failed import may still be started again. */
  retriesLeft: number
  /** Whether the data may be downloaded here, if the server cannot. */
  canDownload: boolean
  /** Whether the record may be replaced by another one. */
  canReplace: boolean
}

/** The next attempt: the same again, with the data downloaded here, or the same with another record. */
export type NextAttempt = 'again' | 'download' | 'replace'

/** What to try after an attempt that failed; undefined for nothing. */
export function nextAttempt(
  error: unknown,
  { retriesLeft, canDownload, canReplace }: Chances,
): NextAttempt | undefined {
  if (error instanceof WrongDataError) return canReplace ? 'replace' : undefined
  const hasFailed = error instanceof ImportFault && error.mayPass
  if (hasFailed && retriesLeft > 0) return 'again'
  // The server refuses URLs that its operator does not allow.
  const isRefused = error instanceof BadRequestError && error.isFromService
  return (hasFailed || isRefused) && canDownload ? 'download' : undefined
}

/** How often, and after which pause, is looked whether an image can be imported into. A failed one can be a moment later. */
const POLLS = 5
const PAUSE = 1000

/**
 * The image after an import into it failed, as soon as another one may be started.
 *
 * @returns the image as it was seen last. One that is still `importing` stays so forever.
 */
export async function settledImage({ service, clock, signal }: ImportRun, imageId: string): Promise<Image> {
  for (let poll = 0; ; poll++) {
    const image = await getImage(service, imageId, { signal })
    // The lock of the ended import is there a moment longer than its task.
    const isSettled = image.status !== 'importing' && !image.os_glance_import_task
    if (isSettled || poll >= POLLS) return image
    await clock.sleep(PAUSE, signal)
  }
}
