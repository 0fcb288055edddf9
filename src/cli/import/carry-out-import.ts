import { GlanceTasksError, ImportError } from '../../errors.js'
import type { Image } from '../../images/image.js'
import type { ImportEvent, ImportOptions, ImportSource } from '../../images/import/import-options.js'
import type { Task } from '../../tasks/task.js'
import type { CloudConnection } from '../cloud-connection.js'
import type { Context } from '../context.js'
import type { WaitPlan } from '../options/wait-options.js'
import { type FailureCause, findCause } from './failure-cause.js'
import { existingImage, type ImportSpec, imageOfRegion } from './plan.js'

/** A task that was started and never read. */
export type StartedTask = { id: string; type: string; image_id: string; status?: undefined }

/** The outcome of an import. */
export interface ImportOutcome {
  imageId: string | undefined
  /** The task as it was last read; undefined if none was started. */
  task: Task | StartedTask | undefined
  warnings: readonly string[]
  /** Why it failed, timed out or was interrupted. */
  error?: GlanceTasksError
  /** The most probable cause of a failed task, whose message often contains no reason. */
  cause?: FailureCause | undefined
}

/**
 * Imports an image. Does not throw for a failure of the import: the image and the task that are known until then are part of
 * the outcome.
 */
export async function carryOutImport(
  context: Context,
  { session }: CloudConnection,
  options: ImportOptions,
  show: (event: ImportEvent) => void,
): Promise<ImportOutcome> {
  const { importImage } = await import('../../images/import/import.js')
  let imageId: string | undefined
  let task: Task | StartedTask | undefined
  let image: Image | undefined
  const onEvent = (event: ImportEvent) => {
    if ('imageId' in event) imageId = event.imageId
    if (event.event === 'started') task = event.task
    if (event.event === 'status') [task, image] = [event.task, event.image]
    show(event)
  }
  try {
    const imported = await importImage(session, context, { ...options, onEvent, signal: context.signal })
    return { imageId: imported.image.id, task: imported.task ?? task, warnings: imported.warnings }
  } catch (error) {
    if (!(error instanceof GlanceTasksError)) throw error
    const { remedy } = error
    if (remedy?.kind === 'resume_import' && remedy.taskId !== undefined) {
      task ??= { id: remedy.taskId, type: 'api_image_import', image_id: remedy.imageId }
    }
    // What is deleted already need not be deleted.
    if (image && error instanceof ImportError && !error.isRecordKept) image = { ...image, status: 'deleted' }
    const cause =
      task?.status === 'failure' ? await findCause(context, session, task, image, options.fallback) : undefined
    return { imageId, task, warnings: [], error, cause }
  }
}

/** The image to import into or to copy. */
function imagesOf(spec: ImportSpec): Pick<ImportOptions, 'imageId' | 'fromRegion' | 'intoImageId'> {
  const { fromRegion } = spec
  if (fromRegion === undefined) return { imageId: existingImage(spec) }
  return { imageId: imageOfRegion(spec), fromRegion, intoImageId: existingImage(spec) }
}

/** The options of the library for an image. */
export function importOptionsOf(
  spec: ImportSpec,
  source: ImportSource | undefined,
  wait: WaitPlan | undefined,
): ImportOptions {
  const { method, name, diskFormat, containerFormat, visibility, property, tag, minDisk, minRam } = spec
  const { store, allStores, allowPartial, checksum, keepFailed, fallback, retryImport, stallTimeout } = spec
  const record = { name, diskFormat, containerFormat, visibility, properties: property, tags: tag, minDisk, minRam }
  const stores = { stores: store && [...new Set(store)], allStores, allowPartial }
  const safety = { checksum, keepFailed, fallback, retryImport, stallTimeout }
  return { source, method, ...imagesOf(spec), ...record, ...stores, ...safety, wait: wait !== undefined, ...wait }
}
