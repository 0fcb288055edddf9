import { truncated } from '../../http/plain-text.js'
import { methodOf, storesOf } from '../../tasks/import-task.js'
import { sentence } from '../../tasks/sentence.js'
import { messageOf } from '../../tasks/task.js'
import { verify } from '../checksum.js'
import { type Image, storeNames } from '../image.js'
import { getImage } from '../records.js'
import type { EndedImport } from './follow-import.js'
import { ImportFault } from './import-fault.js'
import type { ImportRun } from './run.js'

/** What is known about the data before the import. */
export interface KnownData {
  /** Their checksum was compared during the upload. */
  isVerified: boolean
  /** The format that the image should have. */
  diskFormat?: string | undefined
}

/** The result of an ended import. */
export interface ImportResult {
  image: Image
  warnings: string[]
}

/**
 * Checks the result of an ended import: a task can succeed although a store does not have the image.
 *
 * @throws ImportFault
 */
export async function checkResult(
  run: ImportRun,
  { task, image: seen }: EndedImport,
  known: KnownData,
): Promise<ImportResult> {
  if (task.status === 'failure') {
    const reason = truncated(messageOf(task).trim()) || 'the server gives no reason'
    const method = methodOf(task)
    throw new ImportFault(`The import of image ${seen.id} failed: ${sentence(reason)}`, {
      isTransient: true,
      hint: method === 'copy-image' ? 'The image itself has not changed. Copy it again.' : undefined,
      // After a failed download, an image is importing only for a moment.
      isStuck: method === 'glance-direct' && seen.status === 'importing',
    })
  }
  const image = await active(run, seen)
  const missing = missingStores(storesOf(task), image)
  const warnings = missing.map((store) => `The store ${store} does not have image ${image.id}.`)
  if (missing.length > 0 && !run.options.allowPartial) {
    throw new ImportFault(`The import of image ${image.id} succeeded, but not for all stores: ${missing.join(', ')}.`, {
      isTransient: true,
    })
  }
  if (!known.isVerified) checkChecksum(run, image, known)
  return { image, warnings }
}

/** The number of polls until the image is active, and the time between them: the members of a cluster do not see a change at the same time. */
const POLLS = 5
const PAUSE = 2000

async function active({ service, clock, signal }: ImportRun, seen: Image): Promise<Image> {
  let image = seen
  for (let poll = 0; image.status !== 'active' && poll < POLLS; poll++) {
    await clock.sleep(PAUSE, signal)
    image = await getImage(service, seen.id, { signal })
  }
  if (image.status === 'active') return image
  throw new ImportFault(`The task succeeded, but image ${image.id} is ${image.status}.`)
}

/** The stores that should have the image and do not. A failed store stays listed until a later import into it succeeds. */
function missingStores(wanted: readonly string[], { os_glance_failed_import: failed, stores }: Image): string[] {
  const present = typeof stores === 'string' ? storeNames(stores) : wanted
  const missing = new Set(wanted.filter((store) => !present.includes(store)))
  for (const store of storeNames(failed)) if (wanted.includes(store) || wanted.length === 0) missing.add(store)
  return [...missing]
}

/** Compares the expected checksum, if there is one, with those of the server. @throws ImportFault */
export function checkChecksum(
  { options: { checksum } }: Pick<ImportRun, 'options'>,
  image: Image,
  known: KnownData,
): void {
  if (checksum === undefined) return
  const verdict = verify(checksum, image, known.diskFormat)
  const { algorithm, hex } = checksum
  if (verdict.is === 'wrong') {
    throw new ImportFault(`The ${algorithm} of image ${image.id} is ${verdict.actual}, not ${hex.toLowerCase()}.`, {
      code: 'checksum',
      hint: 'The source does not have the expected data. Check the checksum and the source.',
    })
  }
  if (verdict.is === 'unknown') {
    throw new ImportFault(`The ${algorithm} of image ${image.id} could not be verified: ${verdict.why}.`, {
      code: 'checksum',
      isKept: true,
      hint: 'The image exists. Use a checksum of an algorithm that the server computes, or upload the data from here.',
    })
  }
}
