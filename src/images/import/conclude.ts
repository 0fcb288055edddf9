import {
  AbortedError,
  type Advice,
  GlanceTasksError,
  ImportError,
  NotFoundError,
  UnknownOutcomeError,
  WaitTimeoutError,
} from '../../errors.js'
import { withTimeout } from '../../http/deadline.js'
import { tasksOfImage } from '../../tasks/list/tasks-of-image.js'
import { sentence } from '../../tasks/sentence.js'
import { deleteRecord } from '../records.js'
import { withAdvice } from '../with-advice.js'
import { deletedText, ImportFault } from './import-fault.js'
import { existingImageOf } from './import-method.js'
import { explainImportRefusal } from './refusal.js'
import type { ImportRun } from './run.js'

/** How far an import has come. */
export interface ImportState {
  /** The ID of the image, as soon as it is known. */
  imageId: string | undefined
  /** Whether this import created the image record. */
  isNew: boolean
  /**
   * - `nothing`: this import has certainly created no record.
   * - `record`: it has created a record, or may have.
   * - `starting`: the import may have been started.
   * - `running`: the import was started.
   */
  reached: 'nothing' | 'record' | 'starting' | 'running'
  taskId: string | undefined
  /** The tasks that the image had before the import was started. */
  earlier: ReadonlySet<string>
}

/** An import that has a record. */
type StartedImport = ImportState & { imageId: string }

/**
 * Returns the error that ends an import. First deletes the record that the import created, unless something still uses it.
 * If the record is kept, the error names it and says how to continue.
 */
export async function conclude(run: ImportRun, progress: ImportState, error: unknown): Promise<unknown> {
  const { imageId, reached } = progress
  if (imageId === undefined || reached === 'nothing') {
    if (!(error instanceof AbortedError)) return explainImportRefusal(error)
    return interruptedBefore(run, error)
  }
  const started = { ...progress, imageId }
  if (error instanceof ImportFault) return error.isOver ? failed(run, started, error) : stillRunning(started, error)
  if (!(error instanceof GlanceTasksError)) {
    // A callback of the caller failed.
    if (reached === 'record') await cleanUp(run, started)
    return error
  }
  if (reached === 'running') return stillRunning(started, error)
  if (reached === 'starting' && error instanceof UnknownOutcomeError) return error
  if (reached === 'starting' && error instanceof AbortedError) return interruptedStart(run, started, error)
  // All other errors mean that the service refused the import.
  return notStarted(run, started, explainImportRefusal(error) as GlanceTasksError)
}

/** The error if the user interrupted the import before it changed anything. */
function interruptedBefore({ options }: ImportRun, { cause }: AbortedError): AbortedError {
  const imageId = existingImageOf(options)
  const isResumed = options.source === undefined && options.method === undefined
  if (imageId === undefined || !isResumed) return new AbortedError('Interrupted. Nothing was created.', { cause })
  const remedy = { kind: 'resume_import', imageId } as const
  return new AbortedError('Interrupted. Nothing was changed.', { cause, hint: 'Resume the import.', remedy })
}

/** The state of a record after an import. */
type RecordState = { is: 'deleted' | 'absent' | 'kept' } | { is: 'undeletable'; why: string }

/** How long the deletion of a record may take, in milliseconds. */
const CLEAN_UP = 60_000
/** The same after an interruption, when the user is waiting for the end. */
const LAST_CLEAN_UP = 3000

async function cleanUp(run: ImportRun, { imageId, isNew }: StartedImport): Promise<RecordState> {
  if (!isNew || run.options.keepFailed) return { is: 'kept' }
  const isInterrupted = run.signal?.aborted === true
  try {
    return await withTimeout(
      run.clock,
      isInterrupted ? LAST_CLEAN_UP : CLEAN_UP,
      isInterrupted ? undefined : run.signal,
      async (signal): Promise<RecordState> => {
        const end = await deleteRecord(run, imageId, signal)
        return typeof end === 'string' ? { is: end } : { is: 'undeletable', why: end.message }
      },
    )
  } catch (error) {
    if (!(error instanceof AbortedError)) throw error
    const isLate = isInterrupted || !run.signal?.aborted
    return { is: 'undeletable', why: isLate ? 'there was no response in time.' : 'the deletion was interrupted.' }
  }
}

/** The error if the task was certainly not started. */
async function notStarted(run: ImportRun, started: StartedImport, error: GlanceTasksError): Promise<GlanceTasksError> {
  const { imageId } = started
  const record = await cleanUp(run, started)
  const isGone = record.is === 'deleted' || record.is === 'absent'
  if (error instanceof UnknownOutcomeError) {
    // The record did exist, and is deleted now. A record that does not exist may still appear.
    return record.is === 'deleted' && error.cause instanceof GlanceTasksError ? error.cause : error
  }
  if (error instanceof AbortedError && isGone) {
    return new AbortedError(`Interrupted. The image record ${imageId} was deleted.`, { cause: error.cause })
  }
  if (record.is === 'absent' && error instanceof NotFoundError) {
    return withAdvice(error, deletedText(imageId), { hint: 'Another client deleted it. Import the image again.' })
  }
  // Nothing was changed.
  if (isGone || (record.is === 'kept' && !started.isNew && !(error instanceof AbortedError))) return error
  const message = error instanceof AbortedError ? 'Interrupted.' : sentence(error.message)
  return withAdvice(error, `${message} ${recordStateText(record, imageId)}`, adviceOf(record, imageId))
}

/** The error if the user interrupted the import while it was being started. */
async function interruptedStart(
  run: ImportRun,
  started: StartedImport,
  { cause }: AbortedError,
): Promise<AbortedError> {
  const { imageId, earlier } = started
  const tasks = await withTimeout(run.clock, LAST_CLEAN_UP, undefined, (signal) =>
    tasksOfImage(run.service, imageId, signal),
  ).catch(() => [])
  const task = tasks.find(({ id }) => !earlier.has(id))
  if (task) return stillRunning({ ...started, taskId: task.id }, new AbortedError(undefined, { cause })) as AbortedError
  return new AbortedError(`Interrupted while starting the import into image ${imageId}. The import may continue.`, {
    cause,
    sent: true,
    hint: 'Resume it.',
    remedy: { kind: 'resume_import', imageId },
  })
}

/** The error for an import that continues on the server. */
function stillRunning({ imageId, taskId }: StartedImport, error: GlanceTasksError | ImportFault): GlanceTasksError {
  const task = taskId === undefined ? '' : `, task ${taskId}`
  const advice: Advice = { hint: 'Wait for it again.', remedy: { kind: 'resume_import', imageId, taskId } }
  const message = `${error instanceof AbortedError ? 'Interrupted.' : sentence(error.message)} The import continues: image ${imageId}${task}.`
  if (error instanceof ImportFault) {
    return new ImportError(message, { ...advice, code: error.code, imageId, taskId, isRecordKept: true })
  }
  if (error instanceof AbortedError) return new AbortedError(message, { ...advice, cause: error.cause, sent: true })
  if (error instanceof WaitTimeoutError)
    return new WaitTimeoutError(message, error.taskIds, { ...advice, cause: error.cause })
  return withAdvice(error, message, advice)
}

/** The error if the import has ended and failed. */
async function failed(run: ImportRun, started: StartedImport, fault: ImportFault): Promise<ImportError> {
  const { imageId, taskId } = started
  const { code, hint } = fault
  const of = { code, imageId, taskId }
  if (fault.isDeleted) return new ImportError(fault.message, { ...of, hint, isRecordKept: false })
  if (fault.isKept) return new ImportError(fault.message, { ...of, hint, isRecordKept: true })
  const record = await cleanUp(run, started)
  const isRecordKept = record.is === 'kept' || record.is === 'undeletable'
  if (!isRecordKept) return new ImportError(fault.message, { ...of, hint, isRecordKept })
  const { hint: recordHint, remedy } = fault.isStuck ? deletion(imageId) : adviceOf(record, imageId)
  const message = `${fault.message} ${recordStateText(record, imageId)}`
  return new ImportError(message, {
    ...of,
    hint: hint ?? recordHint,
    remedy: hint === undefined ? remedy : undefined,
    isRecordKept,
  })
}

function recordStateText(record: RecordState, imageId: string): string {
  if (record.is === 'undeletable') return `The image record ${imageId} could not be deleted: ${record.why}`
  return `Image ${imageId} is kept.`
}

function adviceOf(record: RecordState, imageId: string): Advice {
  if (record.is === 'undeletable') return deletion(imageId)
  return { hint: 'Import into it again.', remedy: { kind: 'resume_import', imageId } }
}

function deletion(imageId: string): Advice {
  return { hint: 'Delete it.', remedy: { kind: 'delete_image', imageId } }
}
