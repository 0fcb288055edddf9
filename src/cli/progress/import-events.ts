import type { Clock } from '../../http/clock.js'
import type { ImportEvent, ImportStatus } from '../../images/import/import-options.js'
import { hasEnded, type Task } from '../../tasks/task.js'
import type { ImportStep, Progress, TaskOrigin } from './events.js'
import { TaskChanges } from './task-changes.js'
import { UploadMeter } from './upload-meter.js'

/** What the events of one import are about. */
export interface ImportSubject extends TaskOrigin {
  /** The name of the image, if it is one of a file of images. */
  name?: string | undefined
}

/** Turns the steps of one import into events of the progress. */
export class ImportEvents {
  readonly #progress: Progress
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #subject: ImportSubject
  readonly #changes = new TaskChanges()
  readonly #noted = new Set<string>()
  #upload: { imageId: string; meter: UploadMeter } | undefined
  /** When the task was started, or when the upload or the search for the task began. */
  #startedAt: number
  #step = ''

  constructor(progress: Progress, clock: Pick<Clock, 'monotonic'>, subject: ImportSubject) {
    this.#progress = progress
    this.#clock = clock
    this.#subject = subject
    this.#startedAt = clock.monotonic()
  }

  readonly show = (event: ImportEvent): void => {
    const { name, cloud, region } = this.#subject
    if (event.event !== 'upload') this.#endUpload()
    switch (event.event) {
      case 'upload':
        this.#showUpload(event.imageId, event.bytes, event.total)
        break
      case 'format':
        this.#note(event.why, name !== undefined)
        break
      case 'record': {
        const text = `image ${event.imageId}: ${event.isNew ? 'creating' : 'found'}`
        this.#progress.emit({ event: 'note', name, text, imageId: event.imageId, isDetail: name !== undefined })
        break
      }
      case 'started':
        this.#startedAt = this.#clock.monotonic()
        this.#showTask(event.task, { imageId: event.imageId, phase: 'started', storesLeft: [] })
        break
      case 'status':
        this.#showStatus(event)
        break
      case 'retry': {
        const { error, attempt, delay } = event
        this.#progress.emit({ event: 'retry', name, cloud, region, error, attempt, delay })
        break
      }
      case 'notice':
        if (event.about === 'retry') this.#progress.emit({ event: 'note', name, text: event.text, repeatsRetry: true })
        else this.#note(event.text)
        break
    }
  }

  /** The checks may have said it already. */
  #note(text: string, isDetail = false): void {
    const { name } = this.#subject
    if (!this.#noted.has(text)) this.#progress.emit({ event: 'note', name, text, isDetail })
    this.#noted.add(text)
  }

  #showUpload(imageId: string, bytes: number, total: number | undefined): void {
    const now = this.#clock.monotonic()
    // An import that is tried again begins a new upload.
    if (this.#upload && bytes < this.#upload.meter.bytes) this.#upload = undefined
    this.#upload ??= { imageId, meter: new UploadMeter(now, total) }
    this.#upload.meter.add(now, bytes)
    this.#emitUpload(false)
  }

  #endUpload(): void {
    if (this.#upload) this.#emitUpload(true)
    this.#upload = undefined
  }

  #emitUpload(isOver: boolean): void {
    if (!this.#upload) return
    const { imageId, meter } = this.#upload
    const { bytes, total, rate, elapsed } = meter
    this.#progress.emit({ event: 'upload', name: this.#subject.name, imageId, bytes, total, rate, elapsed, isOver })
  }

  #showStatus({ imageId, task, image, phase, storesLeft, copiedMiB, elapsed }: ImportStatus): void {
    this.#startedAt = this.#clock.monotonic() - elapsed
    this.#showTask(task, { imageId, phase, storesLeft, copiedMiB, size: image.size })
  }

  /** Emits the state of the task if it or the step changed, and its end. */
  #showTask(task: Task, step: Omit<ImportStep, 'startedAt'>): void {
    const { name, cloud, region } = this.#subject
    const key = JSON.stringify(step)
    const change = this.#changes.of(task)
    if (!change.isChanged && key === this.#step) return
    this.#step = key
    const startedAt = this.#startedAt
    const whole = { ...step, startedAt }
    this.#progress.emit({ event: 'status', name, cloud, region, task, previous: change.previous, step: whole })
    // If there are several images, their counts come from import/many.ts.
    if (name === undefined) this.#progress.emit({ event: 'counts', counts: { [task.status]: 1 } })
    if (!hasEnded(task)) return
    const elapsed = this.#clock.monotonic() - startedAt
    this.#progress.emit({ event: 'task_ended', name, cloud, region, task, imageId: step.imageId, elapsed })
  }
}
