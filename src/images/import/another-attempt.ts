import { BadRequestError } from '../../errors.js'
import type { Image } from '../image.js'
import { getImage } from '../records.js'
import { ImportFault } from './import-fault.js'
import type { ImportRun } from './run.js'
import { WrongDataError } from './stage.js'

/** Which further attempts are possible. */
export interface PossibleAttempts {
  /** How often a failed import may still be started again. */
  retriesLeft: number
  /** Whether the data may be downloaded here, if the server cannot. */
  canDownload: boolean
  /** Whether the record may be replaced by another one. */
  canReplace: boolean
}

/** The next attempt: the same again, with data that are downloaded here, or with another record. */
export type NextAttempt = 'again' | 'download' | 'replace'

/** What to try after an attempt that failed; undefined for nothing. */
export function nextAttempt(
  error: unknown,
  { retriesLeft, canDownload, canReplace }: PossibleAttempts,
): NextAttempt | undefined {
  if (error instanceof WrongDataError) return canReplace ? 'replace' : undefined
  const hasFailed = error instanceof ImportFault && error.isTransient
  if (hasFailed && retriesLeft > 0) return 'again'
  // The server refuses URLs that its operator does not allow.
  const isRefused = error instanceof BadRequestError && error.isFromService
  return (hasFailed || isRefused) && canDownload ? 'download' : undefined
}

/** The maximum number of polls, and the time between them. An image can be imported into shortly after its failed import. */
const POLLS = 5
const PAUSE = 1000

/**
 * Polls an image after a failed import into it, until another import can be started.
 *
 * @returns the image as it was last read. If it is still `importing`, it stays so forever.
 */
export async function settledImage({ service, clock, signal }: ImportRun, imageId: string): Promise<Image> {
  for (let poll = 0; ; poll++) {
    const image = await getImage(service, imageId, { signal })
    // The image stays locked for a moment after the task of its import has ended.
    const isSettled = image.status !== 'importing' && !image.os_glance_import_task
    if (isSettled || poll >= POLLS) return image
    await clock.sleep(PAUSE, signal)
  }
}
