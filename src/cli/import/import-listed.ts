import { AbortedError, GlanceTasksError, ImportError } from '../../errors.js'
import type { Fetcher } from '../../http/transfer/download.js'
import { isBeingUploaded } from '../../images/image.js'
import type { ImportSource } from '../../images/import/import-options.js'
import { findImage } from '../../images/records.js'
import { type CloudConnection, cloudAndRegion } from '../cloud-connection.js'
import type { Context } from '../context.js'
import { openSource } from '../input/image-source.js'
import type { ListedImage } from '../input/images-file.js'
import type { WaitPlan } from '../options/wait-options.js'
import type { Progress } from '../progress/events.js'
import { ImportEvents } from '../progress/import-events.js'
import { carryOutImport, type ImportOutcome, importOptionsOf } from './carry-out-import.js'
import { findExisting } from './existing.js'
import type { FailureCause } from './failure-cause.js'
import { existingImage, type ImportSpec, imageOfRegion } from './plan.js'
import type { ImportRow } from './rows.js'

/** The result for one image of a file. */
export interface ListedResult {
  image: ListedImage
  row: ImportRow
  error?: unknown
  cause?: FailureCause | undefined
}

/** What the imports of all images share. */
export interface SharedByAll {
  context: Context
  connection: CloudConnection
  /** The ID of the project; undefined for a login without one. */
  owner: string | undefined
  wait: WaitPlan
  retries: number | undefined
  fetch: Fetcher
  progress: Progress
}

/** Imports an image, unless the cloud has it already. A failure is part of the result. */
export async function importListed(shared: SharedByAll, image: ListedImage): Promise<ListedResult> {
  const { context, connection, owner } = shared
  const { source } = image.plan
  try {
    const existing = await findExisting(context, connection, image.plan, owner)
    if (existing.is === 'there') {
      return { image, row: rowOf(image, 'skipped', { imageId: existing.imageId, message: existing.why }) }
    }
    const opened = source && (await openSource(context, source))
    try {
      return await importOver(shared, image, opened?.source, existing.is === 'left' ? existing.records : [])
    } finally {
      opened?.close()
    }
  } catch (error) {
    if (!(error instanceof GlanceTasksError)) throw error
    return { image, error, row: rowOf(image, 'failed', { message: error.message, code: error.code }) }
  }
}

/** Imports an image, into a record that an earlier run left, if there is one that can be used. */
async function importOver(
  shared: SharedByAll,
  image: ListedImage,
  source: ImportSource | undefined,
  records: readonly string[],
): Promise<ListedResult> {
  const { context, connection, wait, retries, fetch, progress } = shared
  const attempt = async (spec: ImportSpec, notes: string[]) => {
    const options = importOptionsOf(spec, source, wait)
    const events = new ImportEvents(progress, context, { ...cloudAndRegion(connection), name: image.name })
    const outcome = await carryOutImport(context, connection, { ...options, retries, fetch }, events.show)
    return { isUnusable: outcome.error?.code === 'task_state', ...resultOf(image, outcome, notes, existingImage(spec)) }
  }
  const notes: string[] = []
  for (const record of records) {
    const { isUnusable, ...result } = await attempt(intoRecord(image.plan.spec, record), [
      'Completed the import that an earlier run started.',
    ])
    // Another run may upload it: another image would be a second one of this name.
    if (!isUnusable || (await isBusy(shared, record))) return result
    notes.push(`An earlier run left image ${record}, which cannot be used: ${result.row.message}`)
  }
  const { isUnusable: _, ...result } = await attempt(image.plan.spec, notes)
  return result
}

async function isBusy({ context, connection }: SharedByAll, imageId: string): Promise<boolean> {
  const image = await findImage(connection.session, imageId, { signal: context.signal })
  return image !== undefined && isBeingUploaded(image)
}

/** The spec for an existing record, which has its name and properties already. */
function intoRecord(spec: ImportSpec, image: string): ImportSpec {
  const { name, diskFormat, containerFormat, visibility, property, tag, minDisk, minRam, keepFailed, ...rest } = spec
  const source = imageOfRegion(spec) ?? spec.source
  return { ...rest, ...(source !== undefined && { source }), image }
}

function resultOf(
  image: ListedImage,
  { imageId, task, warnings, error, cause }: ImportOutcome,
  notes: readonly string[],
  existing: string | undefined,
): ListedResult {
  const ids = { imageId: error ? (imageLeftBy(error) ?? existing) : imageId, taskId: task?.id }
  if (error) {
    const message = [error.message, cause?.summary].filter(Boolean).join(' ')
    return { image, error, cause, row: rowOf(image, 'failed', { ...ids, message, code: error.code }) }
  }
  return { image, row: rowOf(image, 'imported', { ...ids, message: [...warnings, ...notes].join(' ') }) }
}

/** The image that a failed import made, unless it was deleted. */
function imageLeftBy(error: GlanceTasksError): string | undefined {
  const { remedy } = error
  if (remedy?.kind === 'resume_import' || remedy?.kind === 'delete_image') return remedy.imageId
  return error instanceof ImportError && error.isRecordKept ? error.imageId : undefined
}

interface RowDetails {
  imageId?: string | undefined
  taskId?: string | undefined
  message: string
  code?: string
}

function rowOf(
  { name }: ListedImage,
  outcome: ImportRow['outcome'],
  { imageId, taskId, message, code }: RowDetails,
): ImportRow {
  return { name, outcome, image_id: imageId ?? null, task_id: taskId ?? null, message, seconds: 0, code }
}

export function notStarted(image: ListedImage, error: unknown): ListedResult {
  const { message, code } = error as GlanceTasksError
  const reason = error instanceof AbortedError ? 'interrupted' : message
  return { image, error, row: rowOf(image, 'failed', { message: `Not started: ${reason}`, code }) }
}
