import { NotFoundError, type Remedy, TaskStateError, withHint } from '../../errors.js'
import { methodOf } from '../../tasks/import-task.js'
import { hasEnded, type Task } from '../../tasks/task.js'
import { type Image, isBeingUploaded } from '../image.js'
import { getImage } from '../records.js'
import type { ImportMethod, ImportSource } from './import-options.js'
import type { ImportRun } from './run.js'

/** The next step for an existing image. */
export type ResumeStep =
  /** Start an import, after an upload if there is a source to upload and nothing is staged. */
  | { do: 'start'; needsUpload: boolean }
  /** An import is running. */
  | { do: 'follow'; task: Task }
  /** The last import has ended. Its result decides. */
  | { do: 'check'; task: Task }
  /** The image is already active. */
  | { do: 'nothing'; task: Task | undefined }

/** The import to resume. */
export interface ResumeRequest {
  method: ImportMethod
  source: ImportSource | undefined
  /** The tasks of the image, newest first. */
  tasks: readonly Task[]
}

/**
 * Decides how to resume the import of an existing image.
 *
 * @throws TaskStateError if nothing can be imported into it.
 */
export function resumeStepFor(image: Image, { method, source, tasks }: ResumeRequest): ResumeStep {
  const imports = tasks.filter(({ type }) => type === 'api_image_import')
  const running = imports.find((task) => !hasEnded(task) && isOf(task, image))
  if (running) return { do: 'follow', task: running }
  const [last] = imports
  if (image.status === 'active') {
    if (method === 'copy-image') return { do: 'start', needsUpload: false }
    return last && decides(last) ? { do: 'check', task: last } : { do: 'nothing', task: last }
  }
  if (method === 'copy-image') throw unusable(image, 'Only an active image can be copied.')
  if (image.status === 'queued') {
    if (method === 'glance-download') return { do: 'start', needsUpload: false }
    if (source !== undefined) return { do: 'start', needsUpload: !(source instanceof URL) }
    if (last) return { do: 'check', task: last }
    throw unusable(image, 'No import into it is running. Specify the source of its data.')
  }
  if (image.status === 'uploading') {
    if (source instanceof URL || method === 'glance-download')
      throw unusable(
        image,
        'It already contains uploaded data. Import this data without another source, or delete the image.',
      )
    requireStaged(image, source?.size)
    return { do: 'start', needsUpload: false }
  }
  if (image.status === 'importing') throw unusable(image, STUCK, { kind: 'delete_image', imageId: image.id })
  throw unusable(image, 'Nothing can be imported into it.')
}

const STUCK = 'No task of this import is running, and the server does not allow another one. Delete the image.'

/** Whether the result of an ended import also holds for an active image. After a failed one, another import may have succeeded. */
function decides(task: Task): boolean {
  return task.status === 'success' || methodOf(task) === 'copy-image'
}

/** The maximum number of polls during an upload by another client, and the time between them in milliseconds. */
const UPLOAD_POLLS = 10
const UPLOAD_PAUSE = 1000

const NOT_CREATED =
  'Check the ID. If the ID comes from an interrupted import, the record was not created. Start a new import.'

/** The image whose import to resume. The server notices an interrupted upload only after a moment. */
export async function imageToResume({ service, clock, signal }: ImportRun, imageId: string): Promise<Image> {
  for (let poll = 0; ; poll++) {
    const image = await getImage(service, imageId, { signal }).catch((error) => {
      throw error instanceof NotFoundError && error.isFromService ? withHint(error, NOT_CREATED) : error
    })
    if (!isBeingUploaded(image) || poll >= UPLOAD_POLLS) return image
    await clock.sleep(UPLOAD_PAUSE, signal)
  }
}

/** The image names the task of a running import. A task whose process died never ends, and another one may follow it. */
function isOf(task: Task, { os_glance_import_task: current }: Image): boolean {
  return typeof current !== 'string' || current === '' || current === task.id
}

/** @throws TaskStateError if other data is staged, or an upload is running. */
function requireStaged(image: Image, size: number | undefined): void {
  if (isBeingUploaded(image)) {
    throw new TaskStateError(`Image ${image.id} is uploading: an upload to it is running.`, {
      hint: 'Wait until it ends. If none is running, delete the image.',
      remedy: { kind: 'delete_image', imageId: image.id },
    })
  }
  if (size === undefined || size === image.size) return
  throw unusable(image, `It contains data from another upload: ${image.size} bytes, not ${size}. Delete the image.`, {
    kind: 'delete_image',
    imageId: image.id,
  })
}

function unusable({ id, status }: Image, hint: string, remedy?: Remedy): TaskStateError {
  return new TaskStateError(`Image ${id} is ${status}.`, { hint, remedy })
}
