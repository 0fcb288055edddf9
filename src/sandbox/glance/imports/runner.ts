import type { Quota } from '../images/quota.js'
import { TIME_TO_LIVE } from '../tasks/runner.js'
import type { TaskRow, TaskStore } from '../tasks/store.js'
import { type DataSources, fetchData } from './fetch-data.js'
import {
  beginImport,
  copyMetadata,
  failEveryStore,
  failImport,
  fillStore,
  type ImportOfImage,
  isDownloadMethod,
  refuseImport,
  skipStore,
  unlock,
} from './image-changes.js'
import { type ImportRun, isBroken } from './run.js'

/** What the runner needs. */
export interface ImportRunnerOptions extends DataSources {
  tasks: TaskStore
  quota: Quota
}

const MINUTE = 60_000_000
const INTERNAL_ERROR = 'Task failed due to Internal Error'

/** What an import does at one time. */
interface Step extends ImportOfImage {
  row: TaskRow
}

/**
 * Runs image imports without timers: each request first brings every import to the current time. An import waits
 * (`pending`), gets its data (`fetching`), copies them into one store after the other (`copying`), and unlocks the image
 * some time after its task has ended (`unlocking`).
 */
export class ImportRunner {
  readonly #options: ImportRunnerOptions
  /** The ids of tasks. */
  readonly #running = new Set<string>()

  constructor(options: ImportRunnerOptions) {
    this.#options = options
  }

  /** Adds a task and starts its import. */
  start(row: TaskRow, run: ImportRun): void {
    const { tasks, downloads } = this.#options
    tasks.add({ ...row, run })
    if (run.source.kind === 'url') downloads.start(row.id, run.source.uri)
    this.resume(row.id)
  }

  /** Continues an import that has not ended. */
  resume(id: string): void {
    if (this.#options.tasks.get(id)?.run) this.#running.add(id)
  }

  /** Brings every import to the given time, in microseconds. */
  advance(now: number): void {
    for (const id of this.#running) {
      const row = this.#options.tasks.get(id)
      while (row?.run && row.run.next !== null && row.run.next <= now) {
        if (!this.#step(row, row.run, row.run.next)) break
      }
      if (!row?.run) this.#running.delete(id)
    }
  }

  /** @returns false if the import has to wait for a download. */
  #step(row: TaskRow, run: ImportRun, at: number): boolean {
    const { tasks, images } = this.#options
    const image = images.get(row.imageId ?? '')
    if (run.phase === 'unlocking') {
      if (image) unlock(images, image)
      tasks.update(row, { run: undefined })
    } else if (!image) {
      // Glance notices that an image was deleted when it changes the image next.
      tasks.update(row, { ...failedAt(at), run: undefined })
      this.#options.downloads.remove(row.id)
    } else {
      const step = { row, run, images, image, at }
      if (run.phase === 'fetching') return this.#fetch(step)
      if (run.phase === 'pending') this.#begin(step)
      else this.#copy(step)
    }
    return true
  }

  #begin(step: Step): void {
    const { row, run, at } = step
    beginImport(step)
    const violation = this.#violation(step)
    if (violation !== undefined) {
      refuseImport(step)
      this.#options.tasks.update(row, { ...failedAt(at), message: violation, run: undefined })
      return
    }
    this.#options.tasks.update(row, { status: 'processing', updatedAt: at })
    this.#go(step, { phase: 'fetching', next: run.fetchTime === null ? null : at + run.fetchTime })
  }

  /** Glance checks the quotas when the image is marked as importing already. */
  #violation({ row, run, image }: Step): string | undefined {
    const { quota } = this.#options
    const delta = Math.floor((image.size ?? 0) / 2 ** 20)
    if (run.method === 'glance-direct') return quota.violation('image_size_total', row.owner, delta)
    return quota.violation('image_stage_total', row.owner, delta) ?? quota.violation('image_count_uploading', row.owner)
  }

  #fetch(step: Step): boolean {
    const { row, run, image } = step
    const fetched = fetchData(this.#options, row.id, image, run.source)
    if (fetched === 'running') return false
    this.#options.downloads.remove(row.id)
    const at = Math.max(step.at, fetched.endedAt ?? 0)
    if (!fetched.data) {
      failImport({ ...step, at })
      this.#end({ ...step, at }, failedAt(at))
      return true
    }
    const { images } = step
    images.keepData(image, fetched.data)
    const replaced = fetched.original && copyMetadata({ ...step, at }, fetched.original)
    this.#go(step, { phase: 'copying', ...(replaced && { replaced }), ...copyFrom(at, run) })
    return true
  }

  /** Reports the progress of a copy, once a minute and at its end. */
  #copy(step: Step): void {
    const { row, run, images, image, at } = step
    const store = String(run.stores[run.tried])
    const data = images.data(image.id) ?? Buffer.alloc(0)
    const fails = isBroken(store) || (run.failsByChance && run.tried === 0)
    const share = run.copyTime === 0 ? 1 : (at - run.copyingSince) / run.copyTime
    // Glance writes the message after it has copied something, so an empty image has no message.
    if (data.length > 0 && !fails) {
      const message = `Copied ${Math.floor((share * data.length) / 2 ** 20)} MiB`
      this.#options.tasks.update(row, { message, updatedAt: at })
    }
    if (share < 1) this.#go(step, { next: nextReport(run, at) })
    else if (fails) this.#failStore(step, store)
    else this.#fillStore(step, store, data)
  }

  #fillStore(step: Step, store: string, data: Buffer): void {
    const { run } = step
    run.tried += 1
    run.filled.push(store)
    fillStore(step, store, data)
    this.#goOn(step)
  }

  #failStore(step: Step, store: string): void {
    const { run, at } = step
    run.tried += 1
    if (run.allMustSucceed) {
      failImport(step, store)
      this.#end(step, failedAt(at))
    } else {
      skipStore(step, store)
      this.#goOn(step)
    }
  }

  /** Goes on with the next store, or ends the task if there is none. */
  #goOn(step: Step): void {
    const { run, image, at } = step
    if (run.tried < run.stores.length) {
      this.#go(step, copyFrom(at, run))
    } else if (image.status === 'active') {
      this.#end(step, { ...endedAt(at), status: 'success', result: { image_id: image.id } })
    } else {
      failEveryStore(step)
      // Glance fails once more when it deletes the downloaded file, and never unlocks the image.
      if (isDownloadMethod(run)) this.#options.tasks.update(step.row, { ...failedAt(at), run: undefined })
      else this.#end(step, failedAt(at))
    }
  }

  #end(step: Step, changes: Partial<TaskRow>): void {
    this.#options.tasks.update(step.row, changes)
    this.#go(step, { phase: 'unlocking', next: step.at + step.run.unlockTime })
  }

  #go({ row, run }: Step, changes: Partial<ImportRun>): void {
    this.#options.tasks.update(row, { run: { ...run, ...changes } })
  }
}

/** What changes in a run when the copy into the next store begins. */
function copyFrom(at: number, run: ImportRun): Pick<ImportRun, 'copyingSince' | 'next'> {
  return { copyingSince: at, next: nextReport({ ...run, copyingSince: at }, at) }
}

/** When a copy reports its progress next: after a minute, or at its end. */
function nextReport({ copyingSince, copyTime }: ImportRun, at: number): number {
  return Math.min(at + MINUTE, copyingSince + copyTime)
}

function endedAt(at: number): Partial<TaskRow> {
  return { updatedAt: at, expiresAt: at + TIME_TO_LIVE }
}

function failedAt(at: number): Partial<TaskRow> {
  return { ...endedAt(at), status: 'failure', message: INTERNAL_ERROR }
}
