import { type Remedy, TaskStateError } from '../../errors.js'
import { hasEnded, type Task } from '../../tasks/task.js'
import type { Image } from '../image.js'
import type { ImportMethod, ImportSource } from './import-options.js'

/** The next step for an existing image. */
export type ResumeStep =
  /** Start an import, after an upload if there is a source to upload and nothing is staged. */
  | { do: 'start'; needsUpload: boolean }
  /** An import runs. */
  | { do: 'follow'; task: Task }
  /** The image is active already. */
  | { do: 'nothing'; task: Task | undefined }

/** The import that is to be resumed. */
export interface ResumeRequest {
  method: ImportMethod
  source: ImportSource | undefined
  /** The tasks of the image, newest first. */
  tasks: readonly Task[]
}

/**
 * How to resume the import of an existing image, whatever interrupted it.
 *
 * @throws TaskStateError if nothing can be imported into it.
 */
export function resumeStepFor(image: Image, { method, source, tasks }: ResumeRequest): ResumeStep {
  const imports = tasks.filter(({ type }) => type === 'api_image_import')
  const running = imports.find((task) => !hasEnded(task) && isOf(task, image))
  if (running) return { do: 'follow', task: running }
  if (image.status === 'active') {
    return method === 'copy-image' ? { do: 'start', needsUpload: false } : { do: 'nothing', task: imports[0] }
  }
  if (method === 'copy-image') throw unusable(image, 'Only an active image can be copied.')
  if (image.status === 'queued') {
    if (source === undefined) throw unusable(image, 'No import into it runs. Name the source of its data.')
    return { do: 'start', needsUpload: !(source instanceof URL) }
  }
  if (image.status === 'uploading') {
    if (source instanceof URL)
      throw unusable(image, 'Its data were uploaded: import these, without a URL; or delete it.')
    return { do: 'start', needsUpload: !isStaged(image, source?.size) }
  }
  if (image.status === 'importing') throw unusable(image, STUCK, { kind: 'delete_image', imageId: image.id })
  throw unusable(image, 'Nothing can be imported into it.')
}

const STUCK = 'No task of this import is running, and the server does not allow another one. Delete it.'

/** While a task imports, the image names it. A task that died stays unfinished forever, and another one may follow it. */
function isOf(task: Task, { os_glance_import_task: current }: Image): boolean {
  return typeof current !== 'string' || current === '' || current === task.id
}

/** @throws TaskStateError if other data are staged, or an upload is under way. */
function isStaged(image: Image, size: number | undefined): boolean {
  if (typeof image.size !== 'number') throw unusable(image, 'An upload to it is running.')
  if (size === undefined || size === image.size) return true
  throw unusable(image, `Other data were uploaded to it: ${image.size} bytes, not ${size}. Delete it.`, {
    kind: 'delete_image',
    imageId: image.id,
  })
}

function unusable({ id, status }: Image, hint: string, remedy?: Remedy): TaskStateError {
  return new TaskStateError(`Image ${id} is ${status}.`, { hint, remedy })
}
