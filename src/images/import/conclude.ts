import {
  AbortedError,
  type Advice,
  GlanceTasksError,
  ImportError,
  UnknownOutcomeError,
  WaitTimeoutError,
} from '../../errors.js'
import { withTimeout } from '../../http/deadline.js'
import { deleteRecord } from '../records.js'
import { withAdvice } from '../with-advice.js'
import { ImportFault } from './import-fault.js'
import { existingImageOf } from './import-method.js'
import { explainImportRefusal } from './refusal.js'
import type { ImportRun } from './run.js'
import { tasksOf } from './start-import.js'

/** How far an import has come. */
export interface ImportState {
  /** The image's id, as soon as there is one. */
  imageId: string | undefined
  /** Whether this import made the image record. */
  isNew: boolean
  /**
   * - `nothing`: there is certainly no record of this import.
   * - `record`: there is a record, or may be one.
   * - `starting`: the import may have been started.
   * - `running`: it was started.
   */
  reached: 'nothing' | 'record' | 'starting' | 'running'
  taskId: string | undefined
  /** The tasks that the image had before the import was started. */
  earlier: ReadonlySet<string>
}

/** An import that has a record. */
type Begun = ImportState & { imageId: string }

/**
 * The error with which an import ends. A record that the import made is deleted before, unless something still uses it.
 * Otherwise the error names it, and says how to continue.
 */
export async function conclude(run: ImportRun, progress: ImportState, error: unknown): Promise<unknown> {
  const { imageId, reached } = progress
  if (imageId === undefined || reached === 'nothing') {
    if (!(error instanceof AbortedError)) return explainImportRefusal(error)
    return interruptedBefore(run, error)
  }
  const begun = { ...progress, imageId }
  if (error instanceof ImportFault) return error.isOver ? failed(run, begun, error) : goesOn(begun, error)
  if (!(error instanceof GlanceTasksError)) return error
  if (reached === 'running') return goesOn(begun, error)
  if (reached === 'starting' && error instanceof UnknownOutcomeError) return error
  if (reached === 'starting' && error instanceof AbortedError) return interruptedStart(run, begun, error)
  // Whatever else ends the start of an import is a refusal.
  return notStarted(run, begun, explainImportRefusal(error) as GlanceTasksError)
}

/** The end of an import that the user interrupted before it changed anything. */
function interruptedBefore({ options }: ImportRun, { cause }: AbortedError): AbortedError {
  const imageId = existingImageOf(options)
  const isResumed = options.source === undefined && options.method === undefined
  if (imageId === undefined || !isResumed) return new AbortedError('Interrupted. Nothing was created.', { cause })
  const remedy = { kind: 'resume_import', imageId } as const
  return new AbortedError('Interrupted. Nothing was changed.', { cause, hint: 'Resume the import.', remedy })
}

/** What has become of a record. */
type Fate = { is: 'deleted' | 'absent' | 'kept' } | { is: 'undeletable'; why: string }

/** How long the deletion of a record may take, in milliseconds. */
const CLEAN_UP = 60_000
/** The same if the user has interrupted the import, and nobody wants to wait. */
const LAST_CLEAN_UP = 3000

async function cleanUp(run: ImportRun, { imageId, isNew }: Begun): Promise<Fate> {
  if (!isNew || run.options.keepFailed) return { is: 'kept' }
  const isInterrupted = run.signal?.aborted === true
  try {
    return await withTimeout(
      run.clock,
      isInterrupted ? LAST_CLEAN_UP : CLEAN_UP,
      isInterrupted ? undefined : run.signal,
      async (signal): Promise<Fate> => {
        const end = await deleteRecord(run, imageId, signal)
        return typeof end === 'string' ? { is: end } : { is: 'undeletable', why: end.message }
      },
    )
  } catch (error) {
    if (!(error instanceof AbortedError)) throw error
    return { is: 'undeletable', why: 'there was no response in time.' }
  }
}

/** The end of an import whose task was certainly not started. */
async function notStarted(run: ImportRun, begun: Begun, error: GlanceTasksError): Promise<GlanceTasksError> {
  const { imageId } = begun
  const fate = await cleanUp(run, begun)
  const isGone = fate.is === 'deleted' || fate.is === 'absent'
  if (error instanceof UnknownOutcomeError) {
    // The record appeared after all, and is gone; one that is absent may still appear.
    return fate.is === 'deleted' && error.cause instanceof GlanceTasksError ? error.cause : error
  }
  if (error instanceof AbortedError && isGone) {
    return new AbortedError(`Interrupted. The image record ${imageId} was deleted.`, { cause: error.cause })
  }
  // Nothing was changed.
  if (isGone || (fate.is === 'kept' && !begun.isNew && !(error instanceof AbortedError))) return error
  const message = error instanceof AbortedError ? 'Interrupted.' : error.message
  return withAdvice(error, `${message} ${fateOf(fate, imageId)}`, adviceOf(fate, imageId))
}

/** The end of an import that the user interrupted while it was being started. */
async function interruptedStart(run: ImportRun, begun: Begun, { cause }: AbortedError): Promise<AbortedError> {
  const { imageId, earlier } = begun
  const tasks = await withTimeout(run.clock, LAST_CLEAN_UP, undefined, (signal) =>
    tasksOf(run.service, imageId, signal),
  ).catch(() => [])
  const task = tasks.find(({ id }) => !earlier.has(id))
  if (task) return goesOn({ ...begun, taskId: task.id }, new AbortedError(undefined, { cause })) as AbortedError
  return new AbortedError(`Interrupted while the import into image ${imageId} was being started. It may continue.`, {
    cause,
    sent: true,
    hint: 'Resume it.',
    remedy: { kind: 'resume_import', imageId },
  })
}

/** The error for an import that continues on the server. */
function goesOn({ imageId, taskId }: Begun, error: GlanceTasksError | ImportFault): GlanceTasksError {
  const task = taskId === undefined ? '' : `, task ${taskId}`
  const advice: Advice = { hint: 'Follow it again.', remedy: { kind: 'resume_import', imageId, taskId } }
  const message = `${error instanceof AbortedError ? 'Interrupted.' : error.message} The import continues: image ${imageId}${task}.`
  if (error instanceof ImportFault) {
    return new ImportError(message, { ...advice, code: error.code, imageId, taskId, isRecordKept: true })
  }
  if (error instanceof AbortedError) return new AbortedError(message, { ...advice, cause: error.cause, sent: true })
  if (error instanceof WaitTimeoutError)
    return new WaitTimeoutError(message, error.taskIds, { ...advice, cause: error.cause })
  return withAdvice(error, message, advice)
}

/** The error for an import that has ended, and not as it should. */
async function failed(run: ImportRun, begun: Begun, fault: ImportFault): Promise<ImportError> {
  const { imageId, taskId } = begun
  const { code, hint } = fault
  const of = { code, imageId, taskId }
  if (fault.isDeleted) return new ImportError(fault.message, { ...of, hint, isRecordKept: false })
  if (fault.isKept) return new ImportError(fault.message, { ...of, hint, isRecordKept: true })
  const fate = await cleanUp(run, begun)
  const isRecordKept = fate.is === 'kept' || fate.is === 'undeletable'
  if (!isRecordKept) return new ImportError(fault.message, { ...of, hint, isRecordKept })
  const { hint: fateHint, remedy } = adviceOf(fate, imageId)
  const message = `${fault.message} ${fateOf(fate, imageId)}`
  return new ImportError(message, {
    ...of,
    hint: hint ?? fateHint,
    remedy: hint === undefined ? remedy : undefined,
    isRecordKept,
  })
}

function fateOf(fate: Fate, imageId: string): string {
  if (fate.is === 'undeletable') return `The image record ${imageId} could not be deleted: ${fate.why}`
  return `Image ${imageId} is kept.`
}

function adviceOf(fate: Fate, imageId: string): Advice {
  if (fate.is === 'undeletable') return { hint: 'Delete it.', remedy: { kind: 'delete_image', imageId } }
  return { hint: 'Import into it again.', remedy: { kind: 'resume_import', imageId } }
}
