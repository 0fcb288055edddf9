import type { ImportPhase } from '../../images/import/import-options.js'
import type { Task } from '../../tasks/task.js'
import type { ImportRow } from '../import/rows.js'

/**
 * Shows what happens while a command waits. The command emits events; each renderer shows them in its own way: a spinner,
 * lines, JSON lines, or nothing.
 */
export interface Progress {
  emit(event: ProgressEvent): void
  /** Ends the display. No event follows. */
  stop(): void
}

/** What happens while a command waits. The first event is `started`. */
export type ProgressEvent =
  | StartedEvent
  | StatusEvent
  | CountsEvent
  | RetryEvent
  | NoteEvent
  | UploadEvent
  | TaskEndedEvent
  | ImageEndedEvent

/** What the command waits for. */
export interface StartedEvent {
  event: 'started'
  /** The tasks that are known already. */
  taskIds: readonly string[]
  /** The image of the tasks, if it is known already. */
  imageId?: string | undefined
  /** How many tasks or images the command waits for. */
  total: number
  of: 'tasks' | 'images'
  /** Milliseconds; 0: no timeout. */
  timeout: number
}

/** Where a task is. */
export interface TaskOrigin {
  cloud: string
  region: string | undefined
}

/** The entry of a file of images that an event is about. */
interface Entry {
  /** The name of the image in the file; undefined unless the command imports a file of images. */
  name?: string | undefined
}

/** A task was seen for the first time, or its status or its message changed. */
export interface StatusEvent extends TaskOrigin, Entry {
  event: 'status'
  /** The task as it was last seen. It may lack the keys that a list omits. */
  task: Task
  /** Undefined the first time. */
  previous: TaskState | undefined
  /** The state of the image, if this command imports it. */
  step?: ImportStep | undefined
}

/** What changes in a task. */
export interface TaskState {
  status: string
  message: string
}

/** The state of an import. */
export interface ImportStep {
  imageId: string
  phase: ImportPhase | 'started'
  /** The stores that do not have the image yet. */
  storesLeft: readonly string[]
  copiedMiB?: number | undefined
  /** The size of the image in bytes, if it is known. */
  size?: number | null | undefined
  /** When the import was started, as a value of the clock's `monotonic()`. */
  startedAt: number
}

/** How many tasks or images there are of each status or outcome. Emitted after each poll. */
export interface CountsEvent {
  event: 'counts'
  counts: Readonly<Record<string, number>>
}

/** A request failed, and the command tries again. */
export interface RetryEvent extends Partial<TaskOrigin>, Entry {
  event: 'retry'
  error: Error
  /** 1 after the first failure. */
  attempt: number
  /** Milliseconds until the next attempt. */
  delay: number
}

/** A message for the user. */
export interface NoteEvent extends Entry {
  event: 'note'
  text: string
  imageId?: string | undefined
  /** Whether `retry` events already say the same. */
  repeatsRetry?: boolean | undefined
  /** A detail of one of several imports, which a person need not see. */
  isDetail?: boolean | undefined
}

/** More data of an image have been sent. */
export interface UploadEvent extends Entry {
  event: 'upload'
  imageId: string
  bytes: number
  /** Undefined if the size is unknown. */
  total: number | undefined
  /** Bytes per second during the last seconds; undefined in the first second. */
  rate: number | undefined
  /** Milliseconds since the upload began. */
  elapsed: number
  /** Whether the upload is over. */
  isOver: boolean
}

/** A task ended, in success or in failure. */
export interface TaskEndedEvent extends TaskOrigin, Entry {
  event: 'task_ended'
  task: Task
  imageId?: string | undefined
  /** Milliseconds since the command began to wait for it. */
  elapsed: number
}

/** One image of a file is done. */
export interface ImageEndedEvent {
  event: 'image_ended'
  row: ImportRow
  /** How many images are done, with this one. */
  done: number
}
